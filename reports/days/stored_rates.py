"""Both rates of any day as they are kept: for ledgers too long to be counted anew at each look.

A list shows no more than “10000+” of such a ledger, so that the two cannot disagree; the page says as of when.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from common.periods import local_date
from ledger.states import EntryState
from reports.days.from_events import EARLIER, WITHIN, Group, rates_on, table_of
from reports.days.rates import RateTable
from reports.days.standings import is_kept, newest, standing
from reports.days.stored import Sums
from reports.models import LedgerDay, LedgerSteps


@dataclass(frozen=True)
class StoredRates:
    table: RateTable
    counted_at: datetime


def stored_rates(user: User, day: date, now: datetime) -> StoredRates | None:
    """None where the ledger is short enough to be counted, or its days are not kept up."""
    moment = newest()
    if moment is None or local_date(moment) < local_date(now) or not is_kept(moment, day, now):
        return None
    rows = LedgerDay.objects.visible_to(user).filter(split=LedgerDay.Split.WORKSTREAM)
    states = list(states_at(rows, day))
    if sum(group[-1] for group in states) <= settings.LIST_COUNT_LIMIT:
        return None
    made = LedgerSteps.objects.visible_to(user)
    return StoredRates(table_of(day, states, list(steps_at(made, day))), moment)


def rates_known(user: User, day: date, now: datetime) -> tuple[RateTable, datetime | None]:
    """The rates of a day: of a long ledger as they are kept, and since when; else counted from the events now."""
    kept = stored_rates(user, day, now)
    return (kept.table, kept.counted_at) if kept else (rates_on(day, user), None)


def states_at(rows: QuerySet[LedgerDay], day: date) -> Iterator[Group]:
    """As many entries in each state as make the kept sums; which of the open states one is in isn't kept."""
    sums = {f"sum_{name}": Sum(name) for name in Sums._fields}
    places = standing(rows, day).order_by().values("unit", "workstream", "cohort").annotate(**sums)
    for unit, workstream, cohort, *numbers in places.values_list("unit", "workstream", "cohort", *sums):
        kept = Sums(*numbers)
        for state, number in (
            (EntryState.CLOSED, kept.resolved),
            (EntryState.COMPLETED, kept.completed - kept.resolved),
            (EntryState.DEFERRED, kept.deferred),
            (EntryState.HANDLING, kept.total - kept.completed - kept.deferred),
            (EntryState.REJECTED, kept.rejected),
            (EntryState.DUPLICATE, kept.duplicate),
        ):
            if number:
                yield unit, workstream, state, cohort, number


def steps_at(rows: QuerySet[LedgerSteps], day: date) -> Iterator[Group]:
    """How often each step was made up to a day, this year's apart."""
    up_to, before = made_by(rows, day), made_by(rows, date(day.year - 1, 12, 31))
    for place, number in (up_to - before).items():
        yield *place, WITHIN, number
    for place, number in before.items():
        yield *place, EARLIER, number


def made_by(rows: QuerySet[LedgerSteps], day: date) -> Counter[tuple[int | None, int | None, str]]:
    """By unit, matter and action, from the beginning to the end of a day."""
    month = rows.filter(Q(is_opening=True) | Q(day__lte=day), month=day.replace(day=1)).order_by()
    places = month.values("unit", "workstream", "action").annotate(n=Sum("count"))
    rows_of = places.values_list("unit", "workstream", "action", "n")
    return Counter({(unit, workstream, action): number for unit, workstream, action, number in rows_of})
