"""The ledger's standing on the days a dashboard shows, counted with every tally and kept: pages only read it.

`rates_over` and `rates_on` count the same from the events at once; the tests hold all three together.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from common.periods import Period, local_date
from jobs.guards import no_guard
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.states import EntryState
from reports.days.changes import Changes, Place, changes_by_day, gathered
from reports.days.rates import DEFAULT_TARGET, Rates
from reports.models import Standing

Level = Standing.Level
WEEK = timedelta(days=7)
PACE_DAYS = 20  # working days: four weeks of late say how fast it goes
SPAN = timedelta(days=45)  # twenty working days and the longest holiday lie within it

Sums = tuple[int, int, int]  # total, completed, resolved


@dataclass(frozen=True, order=True)
class Stand:
    """One stored row."""

    day: date
    level: str
    unit: int | None
    workstream: int | None
    category: int | None
    total: int
    completed: int
    resolved: int

    @property
    def slot(self) -> str:
        return f"{self.level}:{self.unit or ''}:{self.workstream or self.category or ''}"

    def rates(self, target: int = DEFAULT_TARGET) -> Rates:
        return Rates(registered=self.total, completed=self.completed, resolved=self.resolved, target=target)


FIELDS = ("day", "level", "unit", "workstream", "category", "total", "completed", "resolved")


def month_ends(year: int, last: date) -> list[date]:
    return [end for end in (Period(date(year, month, 1), 1).end for month in range(1, 13)) if end <= last]


def full_days(year: int, last: date, calendar: WorkingCalendar) -> set[date]:
    """The days on which everything is kept: months' ends, the last day, and twenty working days before it."""
    return {date(year - 1, 12, 31), *month_ends(year, last), last, calendar.before(last, PACE_DAYS)}


def curve_days(year: int, last: date) -> set[date]:
    """The days of the curve: weekly from New Year, months' ends and the last day."""
    start = date(year, 1, 1)
    return {start + n * WEEK for n in range((last - start).days // 7 + 1)} | {*month_ends(year, last), last}


def compute_standings(
    year: int, today: date, calendar: WorkingCalendar | None = None, changes: Changes | None = None
) -> list[Stand]:
    """The year's rows, from all events up to its end or today, in one statement; or from `changes` read before."""
    last = min(today, date(year, 12, 31))
    if last < date(year, 1, 1):
        return []
    full = full_days(year, last, calendar or working_calendar())
    changes = changes_by_day(last) if changes is None else changes
    ahead = sorted(changes)
    state: dict[Place, Counter[str]] = defaultdict(Counter)
    rows: list[Stand] = []
    for day in sorted(full | curve_days(year, last)):
        while ahead and ahead[0] <= day:
            for place, moved in changes[ahead.pop(0)].items():
                state[place].update(moved)
        rows.extend(stands(day, state, everything=day in full))
    return rows


def sums(states: Counter[str]) -> Sums:
    counted = sum(n for state, n in states.items() if state not in EntryState.EXCLUDED)
    return (
        counted,
        sum(states[state] for state in EntryState.DONE),
        sum(states[state] for state in EntryState.RESOLVED),
    )


def stands(day: date, state: dict[Place, Counter[str]], *, everything: bool) -> Iterator[Stand]:
    """The rows of a day; the whole is always among them, so that a year counted can be told from one that is not."""
    found: dict[tuple[str, int | None, int | None, int | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    found[Level.ALL, None, None, None] = [0, 0, 0]
    for (unit, matter, category), states in state.items():
        numbers = sums(states)
        keys: list[tuple[str, int | None, int | None, int | None]] = [
            (Level.ALL, None, None, None),
            (Level.UNIT, unit, None, None),
        ]
        if everything:
            keys += [
                (Level.WORKSTREAM, None, matter, None),
                (Level.CATEGORY, None, None, category),
                (Level.UNIT_WORKSTREAM, unit, matter, None),
                (Level.UNIT_CATEGORY, unit, None, category),
            ]
        for key in keys:
            found[key] = [was + more for was, more in zip(found[key], numbers, strict=True)]
    for key, numbers in found.items():
        if key[0] == Level.ALL or any(numbers):
            yield Stand(day, *key, *numbers)


def store_standings(year: int, rows: Iterable[Stand], now: datetime, guard: Callable[[], None] = no_guard) -> None:
    """Replaces a year's rows in one short transaction, like `tallies.store`."""
    made = [
        Standing(
            year=year,
            day=row.day,
            level=row.level,
            unit_id=row.unit,
            workstream_id=row.workstream,
            category_id=row.category,
            slot=row.slot,
            total=row.total,
            completed=row.completed,
            resolved=row.resolved,
            computed_at=now,
        )
        for row in sorted(rows, key=lambda row: (row.day, row.slot))
    ]
    with transaction.atomic():
        guard()
        Standing.objects.bulk_create(
            made,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["year", "day", "slot"],
            update_fields=["total", "completed", "resolved", "computed_at"],
        )
        Standing.objects.filter(year=year).exclude(computed_at=now).delete()


@dataclass(frozen=True)
class Standings:
    """What one person is shown of a year's standings, by units and matters in the last weeks before `until`."""

    until: date
    days: list[date]  # those kept, in order
    rows: list[Stand]
    whole: str  # the level whose rows make all this person is shown
    target: int
    computed_at: datetime | None
    signed: Collection[date] = ()  # days told as a closed half-year was signed

    @property
    def day(self) -> date:
        """The last day kept: how things stand is told as of it."""
        return self.days[-1] if self.days else self.until

    @cached_property
    def curve(self) -> dict[date, Rates]:
        """All that is shown, day by day."""
        found = self.added(row for row in self.rows if row.level == self.whole)
        return {day: found.get(day) or self.tell((0, 0, 0)) for day in self.days}

    def added(self, rows: Iterable[Stand], what: str = "day") -> dict[Any, Rates]:
        """Rows of the same day, unit, workstream or category together: someone may have several units."""
        found: dict[Any, list[int]] = {}
        for row in rows:
            was = found.setdefault(getattr(row, what), [0, 0, 0])
            found[getattr(row, what)] = [was[0] + row.total, was[1] + row.completed, was[2] + row.resolved]
        return {key: self.tell(numbers) for key, numbers in found.items()}

    def tell(self, numbers: Iterable[int]) -> Rates:
        total, completed, resolved = numbers
        return Rates(registered=total, completed=completed, resolved=resolved, target=self.target)

    def at(self, day: date) -> Rates:
        """All that is shown, as of the last day kept up to this one."""
        past = [kept for kept in self.days if kept <= day]
        return self.curve[past[-1]] if past else self.tell((0, 0, 0))

    def by(self, what: str, day: date | None = None) -> dict[int | None, Rates]:
        """By `unit`, `workstream` or `category`, as of the last day or another on which everything was kept."""
        levels = LEVELS_OF[what]
        return self.added((row for row in self.rows if row.day == (day or self.day) and row.level in levels), what)


LEVELS_OF = {
    "unit": {Level.UNIT},
    "workstream": {Level.WORKSTREAM, Level.UNIT_WORKSTREAM},
    "category": {Level.CATEGORY, Level.UNIT_CATEGORY},
}


def standings(user: User, year: int, until: date, now: datetime, *, target: int = DEFAULT_TARGET) -> Standings:
    """The year's standings up to a day as this person is shown them, counted first if they never were since."""
    kept = list(shown_rows(user, year, until))
    if not kept or local_date(kept[0][-1]) <= until < local_date(now):
        store_standings(year, compute_standings(year, local_date(now)), now)
        kept = list(shown_rows(user, year, until))
    rows = [Stand(*row[:-1]) for row in kept]
    if until < local_date(now) and all(row.day != until for row in rows):
        rows += rows_of(user, until)
    whole = Level.ALL if user.sees_all else Level.UNIT
    return Standings(
        until=until,
        days=sorted(row.day for row in rows if row.level == Level.ALL),
        rows=[row for row in rows if user.sees_all or row.level != Level.ALL],
        whole=whole,
        target=target,
        computed_at=kept[0][-1] if kept else None,
    )


def rows_of(user: User, day: date) -> list[Stand]:
    """This person's rows of a day that is not kept, counted at once: someone asks for days that end no month."""
    rows = list(stands(day, gathered(changes_by_day(day)), everything=True))
    if user.sees_all:
        return [row for row in rows if row.level in (Level.ALL, Level.UNIT, Level.WORKSTREAM, Level.CATEGORY)]
    mine = set(user.scope_units().values_list("pk", flat=True))
    return [row for row in rows if row.level == Level.ALL or row.unit in mine]


def shown_rows(user: User, year: int, until: date) -> Any:
    """This person's rows; those of the whole too, which also say for everyone which days were counted."""
    late = Q(day__gt=until - SPAN)
    if user.sees_all:
        mine = Q(level__in=[Level.UNIT, Level.WORKSTREAM, Level.CATEGORY]) & late
    else:
        mine = Q(unit__in=user.scope_units()) & (Q(level=Level.UNIT) | late)
    rows = Standing.objects.filter(Q(level=Level.ALL) | mine, year=year, day__lte=until)
    return rows.order_by().values_list(*FIELDS, "computed_at")
