"""Counting a period and storing it: figures, shares, standings and what they have seen, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from common.periods import AnyPeriod, local_date
from jobs.guards import no_guard, silent
from reports.days.changes import Changes, changes_by_day
from reports.days.standings import Stand, compute_standings, store_standings
from reports.figures.sequels import compute_sequels, store_sequels
from reports.figures.shares import compute_shares, store_shares
from reports.figures.sources import CONFIRMATIONS
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
        changes = changes_of(period, sources)
        cells = compute(period, local_date(now), sources=chosen, changes=changes)
        tell(1, f"正在按工作组、干警、产业统计 {period.label}")
        parts = compute_shares(period, sources=chosen)
        sequels = compute_sequels(period) if CONFIRMATIONS.key in sources else None
        stands = standings_of(period, changes, local_date(now))
        tell(2, "正在保存")
        with transaction.atomic():
            guard()
            if hold(period).marks != before:
                continue
            stored = store(period, cells, now, codes=codes, marks=seen)
            if stored:
                store_shares(period, parts, now, codes)
            if sequels is not None:
                store_sequels(period, sequels, now)
            if stands is not None:
                store_standings(period.start.year, stands, now)
        return Counted(stored, len(cells), sorted(sources))


def changes_of(period: AnyPeriod, sources: set[str]) -> Changes | None:
    """The ledger's changes up to the end of the period's year, read once for all; None where no event has come."""
    return changes_by_day(date(period.end.year, 12, 31)) if CONFIRMATIONS.key in sources else None


def standings_of(period: AnyPeriod, changes: Changes | None, today: date) -> list[Stand] | None:
    """The ledger's days of a half-year's year; None where no event has come since, or the dashboard shows no such."""
    if not period.is_half or changes is None:
        return None
    return compute_standings(period.start.year, today, changes=changes)
