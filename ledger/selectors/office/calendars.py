"""What the calendar's pages show."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from ledger.calendar import SATURDAY, working_calendar
from ledger.models import CalendarDay, CalendarVersion, CalendarYear, RuleChange

VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class Cell:
    """One day in a month's grid; `kind` is off, made_up, weekend or work."""

    day: date
    kind: str
    name: str
    is_today: bool


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[Cell | None]]
    working_days: int


@dataclass(frozen=True)
class YearPage:
    year: int
    years: list[int]
    notice: CalendarYear | None
    is_provisional: bool
    months: list[Month]
    working_days: int
    off: list[CalendarDay]
    made_up: list[CalendarDay]
    version: int
    versions: list[CalendarVersion]


def year_page(year: int, today: date) -> YearPage:
    """The twelve months of a year, where they come from, and the latest changes of the calendar."""
    calendar = working_calendar()
    own = {one.day: one for one in CalendarDay.objects.filter(day__year=year)}
    months = [month_of(year, number, own, today) for number in range(1, 13)]
    announced = {one.year: one for one in CalendarYear.objects.all()}
    first = min(announced, default=year)
    return YearPage(
        year=year,
        years=list(range(max(calendar.last_announced_year + 1, year), min(first, year) - 1, -1)),
        notice=announced.get(year),
        is_provisional=calendar.is_provisional(date(year, 1, 1)),
        months=months,
        working_days=sum(month.working_days for month in months),
        off=[day for day in own.values() if not day.is_working],
        made_up=[day for day in own.values() if day.is_working],
        version=calendar.version,
        versions=list(versions()[:VERSIONS_SHOWN]),
    )


def versions() -> QuerySet[CalendarVersion]:
    return CalendarVersion.objects.select_related("made_by").annotate(moved=Count("shifts"))


def rule_changes() -> QuerySet[RuleChange]:
    return RuleChange.objects.select_related("made_by").annotate(moved=Count("shifts"))


def month_of(year: int, number: int, own: dict[date, CalendarDay], today: date) -> Month:
    weeks = [
        [cell_of(day, own.get(day), today) if day.month == number else None for day in week]
        for week in Calendar().monthdatescalendar(year, number)
    ]
    working = sum(cell is not None and cell.kind in {"work", "made_up"} for week in weeks for cell in week)
    return Month(number, weeks, working)


def cell_of(day: date, own: CalendarDay | None, today: date) -> Cell:
    if own is not None:
        return Cell(day, "made_up" if own.is_working else "off", own.name, day == today)
    return Cell(day, "weekend" if day.weekday() >= SATURDAY else "work", "", day == today)
