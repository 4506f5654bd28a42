"""Keeping how the ledger stood on every day: month by month, and only those months are written whose days changed."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Self

from django.db import transaction

from common.periods import Period
from common.rows.database import insert_rows
from jobs.guards import no_guard
from ledger.states import EntryState
from reports.days.changes import Changes, DayChanges, States, StepPlace, changes_by_day, turn
from reports.models import LedgerDay, LedgerMonth, LedgerSteps, PeriodBook

Split = LedgerDay.Split
VERSION = 1  # of what is kept: whoever changes it makes it one more, and all is written anew
BOOK = "ledger-days"  # the row held while days are written


class Sums(NamedTuple):
    """What is kept of a place: 计入, 办结, 化解, 不予受理, 重复, 挂账."""

    total: int = 0
    completed: int = 0
    resolved: int = 0
    rejected: int = 0
    duplicate: int = 0
    deferred: int = 0

    def plus(self, other: Iterable[int]) -> Self:
        return type(self)(*map(sum, zip(self, other, strict=True)))

    @classmethod
    def of(cls, states: Counter[str]) -> Self:
        return cls(
            sum(n for state, n in states.items() if state not in EntryState.EXCLUDED),
            sum(states[state] for state in EntryState.DONE),
            sum(states[state] for state in EntryState.RESOLVED),
            states[EntryState.REJECTED],
            states[EntryState.DUPLICATE],
            states[EntryState.DEFERRED],
        )


NONE = Sums()
COLUMNS = ("month", "day", "is_opening", "split", "unit", "workstream", "category", "cohort", *Sums._fields)
STEP_COLUMNS = ("month", "day", "is_opening", "unit", "workstream", "action", "count")
Key = tuple[str, int | None, int | None, int | None, str]  # split, unit, workstream, category, cohort


@dataclass(frozen=True)
class Month:
    """One month to be kept. `opening` and `steps` hold only until the next one is asked for."""

    first: date
    digest: str
    opening: States
    steps: Counter[StepPlace]
    days: list[tuple[date, DayChanges]]

    def rows(self) -> Iterator[tuple]:
        """What the month began with, then each day's changes."""
        for key, sums in split_up(self.opening):
            yield (self.first, self.first, True, *key, *sums)
        for day, changed in self.days:
            for key, sums in split_up(changed.states):
                yield (self.first, day, False, *key, *sums)

    def step_rows(self) -> Iterator[tuple]:
        for place, count in self.steps.items():
            yield (self.first, self.first, True, *place, count)
        for day, changed in self.days:
            for place, count in changed.steps.items():
                yield (self.first, day, False, *place, count)


def split_up(states: States) -> Iterator[tuple[Key, Sums]]:
    """The same entries divided each way; what comes to nothing is left out."""
    found: dict[Key, Sums] = defaultdict(Sums)
    for (unit, workstream, category, cohort), counts in states.items():
        sums = Sums.of(counts)
        for key in (
            (Split.WHOLE, None, None, None, cohort),
            (Split.UNIT, unit, None, None, cohort),
            (Split.WORKSTREAM, unit, workstream, None, cohort),
            (Split.CATEGORY, unit, None, category, cohort),
        ):
            found[key] = found[key].plus(sums)
    return ((key, sums) for key, sums in found.items() if any(sums))


def months(changes: Changes, today: date) -> Iterator[Month]:
    """Every month from the first change to today's."""
    ahead = sorted((day for day in changes if day <= today), reverse=True)
    if not ahead:
        return
    states: States = defaultdict(Counter)
    steps: Counter[StepPlace] = Counter()
    month, digest = Period(ahead[-1].replace(day=1), 1), str(VERSION)
    year = month.start.year
    while month.start <= today:
        year = turn(states, year, month.start.year)
        days = []
        while ahead and ahead[-1] <= month.end:
            days.append((ahead[-1], changes[ahead.pop()]))
        digest = digest_of(digest, days)
        yield Month(month.start, digest, states, steps, days)
        for _, changed in days:
            for place, moved in changed.states.items():
                states[place].update(moved)
            steps.update(changed.steps)
        month = month.shift(1)


def digest_of(before: str, days: Iterable[tuple[date, DayChanges]]) -> str:
    """SHA-256 of all changes up to a month's end, by that of the month before."""
    told = hashlib.sha256(before.encode())
    for day, changed in days:
        moved = sorted(
            f"{place} {state} {n}" for place, counts in changed.states.items() for state, n in counts.items() if n
        )
        steps = sorted(f"{place} {n}" for place, n in changed.steps.items())
        told.update(f"{day}{moved}{steps}".encode())
    return told.hexdigest()


def store_days(
    changes: Changes, today: date, now: datetime, guard: Callable[[], None] = no_guard, *, whole: bool = False
) -> list[date]:
    """Writes the months that are not kept as the changes give them; which those were.

    Whoever counted later has seen more: what was counted before that is not written any more.
    """
    known = {} if whole else kept_digests()
    fresh: dict[date, str] = {}
    rows: list[tuple] = []
    steps: list[tuple] = []
    for month in months(changes, today):
        fresh[month.first] = month.digest
        if known.get(month.first) != month.digest:
            rows.extend(month.rows())
            steps.extend(month.step_rows())
    changed = [first for first, digest in fresh.items() if known.get(first) != digest]
    gone = [first for first in known if first not in fresh]
    with transaction.atomic():
        guard()
        hold_days()
        if LedgerMonth.objects.filter(computed_at__gt=now).exists():
            return []
        if not whole and kept_digests() != known:
            return store_days(changes, today, now, guard)
        replace_months(changed, None if whole else [*changed, *gone], rows, steps)
        LedgerMonth.objects.exclude(month__in=fresh).delete()
        LedgerMonth.objects.bulk_create(
            [LedgerMonth(month=first, digest=digest, computed_at=now) for first, digest in fresh.items()],
            update_conflicts=True,
            unique_fields=["month"],
            update_fields=["digest", "computed_at"],
        )
    return changed


def replace_months(
    changed: list[date], dropped: list[date] | None, rows: Iterable[tuple], steps: Iterable[tuple]
) -> None:
    for model, names, fresh in ((LedgerDay, COLUMNS, rows), (LedgerSteps, STEP_COLUMNS, steps)):
        kept = model._base_manager.all()
        (kept if dropped is None else kept.filter(month__in=dropped)).delete()
        if changed:
            insert_rows(model, names, fresh)


def kept_digests() -> dict[date, str]:
    return dict(LedgerMonth.objects.values_list("month", "digest"))


def hold_days() -> None:
    """Days are written by one at a time: the row is held to the end of the transaction."""
    PeriodBook.objects.get_or_create(code=BOOK)
    PeriodBook.objects.select_for_update().get(code=BOOK)


def keep_days(today: date, now: datetime) -> None:
    """Counts the days from all events and writes what differs: of an office where nobody has counted yet."""
    store_days(changes_by_day(today), today, now)


__all__ = ["NONE", "Month", "Sums", "keep_days", "months", "store_days"]
