"""Whether anything was recorded in a span. One in which nothing was has no figures, no rates and no comparison.

What stands without a record of the span says nothing here: the park's calm, the plan's tasks, pairings, and what is
counted from a day before it; nor do entries carried over from before. Any figure else, any entry that came, went or
was moved, and any step taken with an entry do. Read from the stored tally and one look at the events.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, Q, QuerySet

from common.periods import AnyPeriod, local_date
from ledger.models import EntryEvent
from ledger.states import Action
from reports.days.from_events import scoped
from reports.days.rates import Rates, RateTable
from reports.figures import balance
from reports.figures.registry.indicators import CALM, INDICATORS
from reports.figures.registry.sources import within
from reports.figures.tallies import compute, store
from reports.models import PeriodBook, Tally

NO_DATA = "无数据"
STANDING = frozenset({CALM.code, "key_tasks", "paired_above_scale", "concentrated_resolved"})
FLOWS = (
    balance.REGISTERED,
    balance.RESOLVED,
    balance.EXCLUDED,
    balance.MOVED_IN,
    balance.MOVED_OUT,
    balance.REOPENED,
)
RECORDED = frozenset(INDICATORS) - STANDING | frozenset(FLOWS)  # what a value other than nought of says something


def figures_recorded(period: AnyPeriod, user: Any = None) -> QuerySet[Tally]:
    """The stored values that say something was recorded, of the whole office or of one's own units."""
    rows = Tally.objects.of(period.code).filter(indicator__in=RECORDED, value__gt=0).order_by()
    if user is None or user.sees_all:
        return rows.filter(level=Tally.Level.ALL)
    return rows.filter(level=Tally.Level.UNIT) & Tally.objects.visible_to(user)


def steps_taken(period: AnyPeriod, user: Any = None) -> QuerySet[EntryEvent]:
    """What was done with entries in the span; the calendar's own recounting of deadlines is nobody's step."""
    steps = EntryEvent.objects.filter(within("happened_on", period)).exclude(action=Action.RECOUNT)
    return scoped(steps, user).order_by()


def recorded(period: AnyPeriod, user: Any = None) -> Q:
    """The same question as a column of a statement that is read anyway; of a span that was counted."""
    return Q(Exists(figures_recorded(period, user))) | Q(Exists(steps_taken(period, user)))


def is_blank(period: AnyPeriod, user: Any = None, *, now: datetime | None = None) -> bool:
    """Whether this person's units recorded nothing in the span, in one statement.

    What never was counted is counted first; without `now`, nothing is known of it and it is not called blank.
    """
    facts = {"recorded": recorded(period, user), "counted": Exists(Tally.objects.of(period.code))}
    book = PeriodBook.objects.filter(code=period.code).values(**facts).first()
    if book and (book["recorded"] or book["counted"]):
        return not book["recorded"]
    if now is None:
        return False
    store(period, compute(period, local_date(now)), now)
    return is_blank(period, user)


def no_rates(table: RateTable) -> RateTable:
    """A table of a day at which there are no rates to be told."""
    none = Rates(target=table.target, population=table.all.population)
    return replace(table, all=none, by_unit={}, by_workstream={}, year=None)


def blank_words(period: AnyPeriod, *, is_current: bool) -> str:
    """“2024年上半年没有任何记录”, “2026年下半年还没有记录”."""
    return f"{period.label}{'还没有' if is_current else '没有任何'}记录"
