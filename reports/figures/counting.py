"""Counting a period and storing it: figures, shares, standings and what they have seen, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from common.periods import AnyPeriod, local_date
from jobs.guards import no_guard, silent
from reports.days.changes import Changes, changes_by_day
from reports.days.stored import store_days
from reports.figures.registry.sources import CONFIRMATIONS
from reports.figures.sequels import compute_sequels, store_sequels
from reports.figures.shares import compute_shares, store_shares
from reports.figures.tallies import codes_of, compute, hold, store
from reports.figures.watch import SOURCES, changed, marks
from reports.models import PeriodBook


@dataclass(frozen=True)
class Counted:
    """`stored` is False where the figures are frozen; `sources` are those that were counted."""

    stored: bool
    cells: int
    sources: list[str]


def recount(
    period: AnyPeriod,
    now: datetime,
    *,
    whole: bool = False,
    guard: Callable[[], None] = no_guard,
    tell: Callable[[int, str], None] = silent,
) -> Counted:
    """Counts what changed since the stored figures were counted, or all of it, and stores it.

    The marks are taken before counting: what changes meanwhile is seen next time. Figures somebody else stored
    meanwhile may be newer than the ones counted here, so then it starts over.
    """
    while True:
        before = PeriodBook.objects.filter(code=period.code).values_list("marks", flat=True).first() or {}
        seen = marks(now)
        sources = set(SOURCES) if whole else changed(before, seen)
        chosen = None if sources == set(SOURCES) else sources
        codes = None if chosen is None else codes_of(chosen)
        tell(0, f"正在统计 {period.label}")
        changes = changes_of(period, sources, local_date(now))
        cells = compute(period, local_date(now), sources=chosen, changes=changes)
        tell(1, f"正在按工作组、干警、产业统计 {period.label}")
        parts = compute_shares(period, sources=chosen)
        sequels = compute_sequels(period) if CONFIRMATIONS.key in sources else None
        tell(2, "正在保存")
        if changes is not None and period.is_half:
            store_days(changes, local_date(now), now, guard)  # before the marks say that it is done
        with transaction.atomic():
            guard()
            if hold(period).marks != before:
                continue
            stored = store(period, cells, now, codes=codes, marks=seen)
            if stored:
                store_shares(period, parts, now, codes)
            if sequels is not None:
                store_sequels(period, sequels, now)
        return Counted(stored, len(cells), sorted(sources))


def changes_of(period: AnyPeriod, sources: set[str], today: date) -> Changes | None:
    """The ledger's changes up to the period's end and today, read once for all; None where no event has come."""
    return changes_by_day(max(period.end, today)) if CONFIRMATIONS.key in sources else None
