"""每周通报: units by both rates, overdue entries, returns and extensions, as of a week's Sunday, from the events."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from accounts.models import Unit, User
from ledger.models import EntryEvent
from ledger.moves.facts import deadline_set
from ledger.moves.table import SETTING
from ledger.states import Action, EntryState
from reports.days.from_events import rates_on, scoped
from reports.days.populations import Population
from reports.days.rates import Rates, RateTable, percent_text
from reports.models import WeeklyLine, WeeklyTable

WEEK = timedelta(days=7)
NONE = Rates()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class WeekLine:
    """One unit's line; or, added up, all that somebody is shown."""

    unit: int | None
    name: str
    counted: int = 0
    completed: int = 0
    resolved: int = 0
    overdue: int = 0
    returned_week: int = 0
    returned: int = 0
    extended_week: int = 0
    extended: int = 0
    returned_late: int = 0  # of those of the week, entered since the last frozen table and dated before its end
    extended_late: int = 0
    rank: int | None = None

    @property
    def completion_text(self) -> str:
        return percent_text(self.completed, self.counted)

    @property
    def resolution_text(self) -> str:
        return percent_text(self.resolved, self.counted)

    @property
    def standing(self) -> tuple[Fraction, Fraction]:
        """What units are ranked by: 化解率, then 办结率, exactly."""
        whole = max(self.counted, 1)
        return Fraction(self.resolved, whole), Fraction(self.completed, whole)


NUMBERS = (
    "counted",
    "completed",
    "resolved",
    "overdue",
    "returned_week",
    "returned",
    "extended_week",
    "extended",
    "returned_late",
    "extended_late",
)


def week_lines(monday: date, last: date, user: User | None = None) -> tuple[list[WeekLine], int]:
    """The lines of a week as of its day `last`, in the units' order, and the target of the day in percent.

    Each line is a unit's own, so that the lines add up; one that other units belong to says 本级. Rates are those of
    this year's ledger, steps all there ever were. What was entered for a week that is frozen stands in no table yet:
    it is of the next one, and told beside.
    """
    now, before = rates_on(last, user), rates_on(monday - timedelta(days=1), user)
    overdue, late = overdue_by_unit(last, user), entered_late(monday, before, user)
    found = []
    for pk, name, own_name in Unit.objects.named().values_list("pk", "name", "own_name"):
        rates, was = now.by_unit.get(name, NONE), before.by_unit.get(name, NONE)
        year = now.over(Population.YEAR).by_unit.get(name, NONE)
        returned_late, extended_late = late.get(pk, (0, 0))
        one = WeekLine(
            unit=pk,
            name=own_name,
            counted=year.total,
            completed=year.completed,
            resolved=year.resolved,
            overdue=overdue[pk],
            returned_week=rates.returned - was.returned + returned_late,
            returned=rates.returned,
            extended_week=rates.extended - was.extended + extended_late,
            extended=rates.extended,
            returned_late=returned_late,
            extended_late=extended_late,
        )
        if any(getattr(one, number) for number in NUMBERS):
            found.append(one)
    return found, now.target


def entered_late(monday: date, before: RateTable, user: User | None) -> dict[int, tuple[int, int]]:
    """By unit, how many returns and extensions up to the end of the last frozen week it did not count: they were
    entered since. `before` are the rates on the eve of the week asked for."""
    table = WeeklyTable.objects.filter(monday__lt=monday).order_by("-monday").first()
    if table is None:
        return {}
    lines = WeeklyLine.objects.all() if user is None else WeeklyLine.objects.visible_to(user)
    sunday = table.monday + WEEK - timedelta(days=1)
    then = before if sunday == before.day else rates_on(sunday, user)
    was = {line.unit_id: (line.returned, line.extended) for line in lines.filter(table=table)}
    found = {}
    for pk, name in Unit.objects.values_list("pk", "name"):
        rates, (returned, extended) = then.by_unit.get(name, NONE), was.get(pk, (0, 0))
        found[pk] = (max(rates.returned - returned, 0), max(rates.extended - extended, 0))
    return found


def overdue_by_unit(day: date, user: User | None = None) -> Counter[int]:
    """How many entries were red at the end of a day, by the unit answerable then: as `ledger.lights.red_q` has it of
    today, with the deadline and the waiting of that day read from the events."""
    working = scoped(EntryEvent.objects.latest_by(day).filter(to_state__in=EntryState.WORKING), user)
    units = dict(working.order_by().values_list("entry", "unit"))
    steps = EntryEvent.objects.filter(
        entry__in=working.order_by().values("entry"), happened_on__lte=day, action__in=[*SETTING, Action.PAUSE]
    )
    deadlines: dict[int, date] = {}
    paused: set[int] = set()
    rows = steps.order_by("entry", "seq").values_list("entry", "action", "data")
    for entry, action, data in rows.iterator():
        if action == Action.PAUSE:
            paused.add(entry)
        else:
            if action != Action.RECOUNT:  # the calendar changes also while an entry waits
                paused.discard(entry)
            told = deadline_set(data)
            if told:
                deadlines[entry] = told
    return Counter(units[entry] for entry, until in deadlines.items() if until < day and entry not in paused)


def ranked(lines: Sequence[WeekLine]) -> list[WeekLine]:
    """Best first; who stands level shares a place, and who has nothing to count has none and stands last."""
    counting = sorted((line for line in lines if line.counted), key=lambda line: line.standing, reverse=True)
    places: list[WeekLine] = []
    for at, line in enumerate(counting, 1):
        level = places[-1].rank if places and places[-1].standing == line.standing else at
        places.append(placed(line, level))
    return [*places, *(line for line in lines if not line.counted)]


def placed(line: WeekLine, rank: int | None) -> WeekLine:
    return replace(line, rank=rank)


def added(lines: Iterable[WeekLine], name: str) -> WeekLine:
    """All together: an entry is answered for by one unit."""
    lines = list(lines)
    return WeekLine(None, name, *(sum(getattr(line, number) for line in lines) for number in NUMBERS))
