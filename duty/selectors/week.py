"""A week of the roster as a grid: headquarters down, days across."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from duty.models import WEEKDAYS, DutyShift, Half
from duty.selectors.gaps import EmptySeat, empty_seats
from duty.selectors.sittings import Sitting, shifts_shown, sittings
from duty.weeks import WEEK, days_of, sunday, week_words
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar


@dataclass(frozen=True)
class Day:
    day: date
    is_working: bool
    is_today: bool

    @property
    def name(self) -> str:
        return f"周{WEEKDAYS[self.day.weekday()]}"


@dataclass(frozen=True)
class Cell:
    """One headquarters on one day; `others` are people whom the reader does not know."""

    hq: Workstream
    day: Day
    sittings: list[Sitting]
    others: int
    empty: tuple[Half, ...]
    may_arrange: bool

    @property
    def says_something(self) -> bool:
        """Whether a phone has anything to show or to do here."""
        return bool(self.sittings or self.others or self.empty or self.may_arrange)

    @property
    def empty_words(self) -> str:
        return "全天没有人" if len(self.empty) == len(Half) else f"{self.empty[0].label}没有人" if self.empty else ""


@dataclass(frozen=True)
class Row:
    hq: Workstream
    cells: list[Cell]


@dataclass(frozen=True)
class WeekPage:
    week: date
    days: list[Day]
    rows: list[Row]
    gaps: list[Sitting]
    empty: list[EmptySeat]
    is_planned: bool
    is_over: bool
    may_arrange: bool  # somebody, on some day of this week

    @property
    def words(self) -> str:
        return week_words(self.week)

    @property
    def before(self) -> date:
        return self.week - WEEK

    @property
    def after(self) -> date:
        return self.week + WEEK

    @property
    def by_day(self) -> list[tuple[Day, list[Cell]]]:
        """The same day by day, as a phone shows it: only places of which there is something to say."""
        places = [[row.cells[at] for row in self.rows] for at in range(len(self.days))]
        return [(day, [one for one in here if one.says_something]) for day, here in zip(self.days, places, strict=True)]


def week_page(user: User, week: date, today: date, calendar: WorkingCalendar) -> WeekPage:
    rows = list(shifts_shown(DutyShift.objects.visible_to(user).of_days(week, sunday(week))))
    shown = sittings(rows)
    days = [Day(day, calendar.is_working(day), day == today) for day in days_of(week)]
    since = max(week, today)
    empty = empty_seats(since, sunday(week), calendar) if since <= sunday(week) else []
    everybody = people_by_cell(week)
    matters = list(Workstream.objects.visible_to(user))
    edits = user.can("duty.edit")
    by_cell: dict[tuple[int, date], list[Sitting]] = {}
    for one in shown:
        by_cell.setdefault((one.hq.pk, one.day), []).append(one)

    def cell(hq: Workstream, day: Day) -> Cell:
        here = by_cell.get((hq.pk, day.day), [])
        missing = tuple(seat.half for seat in empty if (seat.hq.pk, seat.day) == (hq.pk, day.day))
        others = len(everybody.get((hq.pk, day.day), set()) - {one.officer.pk for one in here})
        return Cell(hq, day, here, others, missing, edits and day.day >= today)

    return WeekPage(
        week=week,
        days=days,
        rows=[Row(hq, [cell(hq, day) for day in days]) for hq in matters],
        gaps=[one for one in shown if one.gap and one.day >= today],
        empty=empty,
        is_planned=bool(everybody),
        is_over=sunday(week) < today,
        may_arrange=edits and sunday(week) >= today,
    )


def people_by_cell(week: date) -> Mapping[tuple[int, date], set[int]]:
    """Who sits where, of all units: the page tells of those the reader does not know only how many."""
    found: dict[tuple[int, date], set[int]] = {}
    rows = DutyShift.objects.of_days(week, sunday(week)).order_by().values_list("workstream", "day", "officer")
    for hq, day, officer in rows:
        found.setdefault((hq, day), set()).add(officer)
    return found
