"""A closed period counted again: what moved since the recount before becomes adjustments, so that frozen + all of
them is what the records give today."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from common.periods import AnyPeriod, Period, local_date
from jobs.guards import no_guard
from jobs.models import Job, JobState
from ledger.models import ClosedPeriod, Correction, EntryEvent
from ledger.states import Action
from reports.closing.books import current_close
from reports.closing.digests import defined, version_of
from reports.figures.registry.dates import within
from reports.figures.requests import KIND, request_tally
from reports.figures.sequels import compute_sequels, store_sequels
from reports.figures.tallies import Cell, compute, hold
from reports.models import Adjustment, FrozenFigure, PeriodClose, Recount, Sequel

ATTEMPTS = 3
BATCH = 500


class CorrectedMeanwhileError(Exception):
    """Someone corrected a record of the period while it was counted: what was counted may hold half of it."""


def pending(close: PeriodClose) -> list[int]:
    """Corrections stated since the period was closed that no recount has taken up yet."""
    stated = Correction.objects.filter(period=close.book.code, made_at__gte=close.closed_at, recounts=None)
    return list(stated.order_by("pk").values_list("pk", flat=True))


def request_recounts(*, now: datetime) -> list[str]:
    """Asks for closed periods to be counted again: at once where a correction was stated or one of their resolved
    problems was opened again, else once a day.

    The daily count finds what changed without a word, such as a firm's kind or somebody's unit.
    """
    asked = []
    for close in PeriodClose.objects.filter(reopening=None).select_related("book").order_by("book__code"):
        code = close.book.code
        last = Job.objects.filter(kind=KIND, state=JobState.DONE, params__period=code).order_by("-id").first()
        counted_on = local_date(last.finished_at) if last and last.finished_at else None
        is_due = counted_on != local_date(now) or pending(close)
        if is_due or sequels_moved(Period.parse(code), last.started_at if last else None):
            request_tally(Period.parse(code))
            asked.append(code)
    return asked


def sequels_moved(period: Period, since: datetime | None) -> bool:
    """Whether a problem the period counts was opened again or resolved once more since it was counted, or whether
    nobody has counted that yet."""
    if since is None or not Sequel.objects.of(period.code).exists():
        return True
    confirmed = EntryEvent.objects.filter(within("happened_on", period), entry=OuterRef("entry"), action=Action.CONFIRM)
    again = Q(action=Action.REOPEN) | Q(action=Action.CONFIRM, entry__reopen_count__gt=0)
    events = EntryEvent.objects.filter(again, happened_on__gte=local_date(since), recorded_at__gte=since)
    return events.filter(Exists(confirmed)).exists()


def recount_closed(period: AnyPeriod, now: datetime, guard: Callable[[], None] = no_guard) -> Recount | None:
    """Counts a closed period again and keeps what moved, with the corrections that explain it; None if nothing did.

    What became of its resolved problems is no part of what was signed, and is stored as it is now.

    Raises:
        CorrectedMeanwhileError: corrections kept coming in; ask again later.
    """
    for _ in range(ATTEMPTS):
        close = current_close(period)
        if close is None:
            return None
        seen = pending(close)
        cells, sequels = compute(period, local_date(now)), compute_sequels(period)
        try:
            with transaction.atomic():
                made = keep(close, cells, seen, now, guard)
                store_sequels(period, sequels, now)
            return made
        except CorrectedMeanwhileError:
            continue
    raise CorrectedMeanwhileError(period.code)


@transaction.atomic
def keep(
    close: PeriodClose, cells: Iterable[Cell], seen: list[int], now: datetime, guard: Callable[[], None] = no_guard
) -> Recount | None:
    """One recount's adjustments, all or none.

    The row of the closed period is held: whoever corrects a record there holds it too, so that the corrections seen
    before counting are exactly those whose effect was counted, or else they differ now and it is counted again.

    Raises:
        CorrectedMeanwhileError: the corrections are not those seen before the count.
    """
    guard()
    period = Period.parse(close.book.code)
    hold(period)
    if not ClosedPeriod.objects.select_for_update().filter(code=period.code).exists() or current_close(period) != close:
        return None
    if pending(close) != seen:
        raise CorrectedMeanwhileError(period.code)
    moved = differences(close, cells)
    if not moved and not seen:
        return None
    made = Recount.objects.create(close=close, number=close.recounts.count() + 1, counted_at=now)
    made.corrections.set(seen)
    for adjustment in moved:
        adjustment.recount = made
    Adjustment.objects.bulk_create(moved, batch_size=BATCH)
    return made


def differences(close: PeriodClose, cells: Iterable[Cell]) -> list[Adjustment]:
    """Where the fresh count is not what was frozen and adjusted so far.

    Figures whose definition has changed since keep the frozen one and are not compared; nor are later figures.
    """
    same = {code for code, version in defined(close).items() if version == version_of(code)}
    told = adjusted(close)
    fresh = {(cell.indicator, cell.slot): cell for cell in cells if cell.indicator in same}
    moved = [
        Adjustment(
            indicator=cell.indicator,
            level=cell.level,
            workstream_id=cell.workstream,
            unit_id=cell.unit,
            slot=cell.slot,
            delta=cell.value - told.get(key, NOTHING).value,
        )
        for key, cell in fresh.items()
    ]
    gone = [
        Adjustment(
            indicator=cell.indicator,
            level=cell.level,
            workstream_id=cell.workstream,
            unit_id=cell.unit,
            slot=cell.slot,
            delta=-cell.value,
        )
        for key, cell in told.items()
        if key not in fresh and cell.indicator in same
    ]
    return sorted((one for one in moved + gone if one.delta), key=lambda one: (one.indicator, one.slot))


NOTHING = Cell("", "", None, None, 0)
PLACE = ("indicator", "level", "workstream_id", "unit_id")


def adjusted(close: PeriodClose) -> dict[tuple[str, str], Cell]:
    """Frozen values with every adjustment since, by figure and place."""
    frozen = FrozenFigure.objects.filter(close=close).order_by().values_list(*PLACE, "value")
    moved = Adjustment.objects.filter(recount__close=close).order_by().values_list(*PLACE).annotate(Sum("delta"))
    found: dict[tuple[str, str], Cell] = {}
    rows: list[tuple[Any, ...]] = [*frozen, *moved]
    for row in rows:
        cell = Cell(*row)
        before = found.get((cell.indicator, cell.slot), NOTHING).value
        found[cell.indicator, cell.slot] = replace(cell, value=before + cell.value)
    return found
