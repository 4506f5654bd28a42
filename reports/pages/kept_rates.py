"""Both rates at the end of a half-year, or today, from the stored tally: for ledgers too long to be counted anew.

A list shows no more than “10000+” of such a ledger, so that the two cannot disagree; the page says as of when.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from common.periods import Period, local_date
from ledger.states import EntryState
from reports.days.rates import Counters, RateTable, table_of
from reports.figures import balance
from reports.models import Adjustment, Tally

Level = Tally.Level
CODES = (
    balance.RATED,
    balance.RATED_DONE,
    balance.RATED_RESOLVED,
    balance.RATED_REJECTED,
    balance.RATED_DUPLICATE,
    balance.RATED_DEFERRED,
)
Row = tuple[str, int | None, int | None, str, int]  # level, unit, workstream, code, value


@dataclass(frozen=True)
class KeptRates:
    """`counted_at` is empty of a closed half-year: what was signed, and what moved since."""

    table: RateTable
    counted_at: datetime | None


def kept_rates(user: User, day: date, today: date, *, is_closed: bool) -> KeptRates | None:
    """None for any other day, a short ledger, or a tally not counted today."""
    half = Period.half_of(day)
    if day not in (half.end, today):
        return None
    levels = [Level.UNIT, Level.WORKSTREAM if user.sees_all else Level.CELL]
    wanted: dict[str, Any] = {"level__in": levels, "indicator__in": CODES}
    fields = ("level", "unit_id", "workstream_id", "indicator")
    kept = Tally.objects.of(half.code).visible_to(user).filter(**wanted).order_by()
    stored = list(kept.values_list(*fields, "value", "computed_at"))
    moment = max((row[-1] for row in stored), default=None)
    if moment is None or not (is_closed or local_date(moment) == today):
        return None
    rows: list[Row] = [row[:-1] for row in stored]
    if is_closed:
        moved = Adjustment.objects.visible_to(user).filter(**wanted, recount__close__book__code=half.code)
        rows += moved.filter(recount__close__reopening=None).order_by().values_list(*fields, "delta")
    by_unit, by_workstream = states_of(rows)
    if sum(sum(states.values()) for states in by_unit.values()) <= settings.LIST_COUNT_LIMIT:
        return None
    return KeptRates(table_of(day, user, by_unit, by_workstream), None if is_closed else moment)


def states_of(rows: list[Row]) -> tuple[Counters, Counters]:
    """As many entries in each state as make the stored counts; which of the open states an entry is in isn't kept."""
    by_unit: dict[int | None, Counter[str]] = defaultdict(Counter)
    by_workstream: dict[int | None, Counter[str]] = defaultdict(Counter)
    for level, unit, workstream, code, value in rows:
        (by_unit[unit] if level == Level.UNIT else by_workstream[workstream])[code] += value
    return told(by_unit), told(by_workstream)


def told(found: Counters) -> Counters:
    return defaultdict(Counter, {key: states(counts) for key, counts in found.items()})


def states(counts: Counter[str]) -> Counter[str]:
    done, resolved, deferred = (
        counts[code] for code in (balance.RATED_DONE, balance.RATED_RESOLVED, balance.RATED_DEFERRED)
    )
    return Counter(
        {
            EntryState.CLOSED: resolved,
            EntryState.COMPLETED: done - resolved,
            EntryState.DEFERRED: deferred,
            EntryState.HANDLING: counts[balance.RATED] - done - deferred,
            EntryState.REJECTED: counts[balance.RATED_REJECTED],
            EntryState.DUPLICATE: counts[balance.RATED_DUPLICATE],
        }
    )
