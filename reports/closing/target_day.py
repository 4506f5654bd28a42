"""The target day, frozen by a job when it is over: this year's ledger as it stood, with its list.

Source: docs/domain.md, “On the target day the rate is frozen with its list”. What is entered or corrected afterwards
moves the rate of that day as the records give it now; what was frozen stays, and the page tells both.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.rights.scope import Audience
from common.periods import local_date
from common.rows.database import insert_rows
from jobs.guards import no_guard
from jobs.services import enqueue
from ledger.models import ActionPlan, ProblemEntry
from ledger.states import EntryState
from reports.days.populations import Population
from reports.days.rates import Rates
from reports.models import TargetEntry, TargetLine, TargetResult

KIND = "reports.target_day"
COUNTS = ("registered", "carried", "rejected", "duplicate", "completed", "resolved", "deferred")
LISTED = ("result", "entry", "number", "title", "workstream", "unit", "state", "is_carried")
Place = tuple[int, int | None]  # unit, workstream


def missing_days(today: date) -> list[tuple[int, date, int]]:
    """Target days that are over and not frozen: the plan's year, its day and target."""
    frozen = set(TargetResult.objects.values_list("year", "day"))
    plans = ActionPlan.objects.filter(target_on__lt=today).order_by("year")
    return [row for row in plans.values_list("year", "target_on", "target_percent") if row[:2] not in frozen]


def request_target_days(*, today: date) -> list[str]:
    """Asks for the freezing of target days that are over; one that waits already is joined."""
    return [str(enqueue(kind=KIND, key=f"{KIND}:{day}").key) for _, day, _ in missing_days(today)]


def freeze_target_days(*, now: datetime, guard: Callable[[], None] = no_guard) -> list[str]:
    """Freezes every target day that is over; which ones were."""
    days = missing_days(local_date(now))
    return [str(day) for year, day, target in days if freeze(year, day, target, now, guard)]


def freeze(year: int, day: date, target: int, now: datetime, guard: Callable[[], None] = no_guard) -> bool:
    """Writes one target day down, all of it or nothing; False when it stands already."""
    rows = list(ledger_on(day))
    try:
        with transaction.atomic():
            guard()
            result = TargetResult.objects.create(year=year, day=day, target=target, frozen_at=now)
            insert_rows(TargetEntry, LISTED, ((result.pk, *row) for row in rows))
            TargetLine.objects.bulk_create(lines_of(result, rows))
    except IntegrityError:
        return False
    return True


def ledger_on(day: date) -> Iterator[tuple]:
    """This year's ledger at the end of a day, read once: everything frozen is counted from these very rows."""
    rows = ProblemEntry.objects.as_of(day).in_ledger_of(day).order_by("pk")
    columns = ("pk", "number", "title", "workstream", "unit_then", "state_then", "registered_on")
    for *row, registered_on in rows.values_list(*columns).iterator(chunk_size=5000):
        yield (*row, registered_on < date(day.year, 1, 1))


def lines_of(result: TargetResult, rows: list[tuple]) -> Iterator[TargetLine]:
    found: dict[Place, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for _, _, _, workstream, unit, state, is_carried in rows:
        counts = found[unit, workstream]
        for name, holds in (
            ("registered", True),
            ("carried", is_carried),
            ("rejected", state == EntryState.REJECTED),
            ("duplicate", state == EntryState.DUPLICATE),
            ("completed", state in EntryState.DONE),
            ("resolved", state in EntryState.RESOLVED),
            ("deferred", state == EntryState.DEFERRED),
        ):
            counts[name] += holds
    for (unit, workstream), counts in found.items():
        yield TargetLine(result=result, unit_id=unit, workstream_id=workstream, **counts)


def result_of(year: int) -> TargetResult | None:
    """What was frozen of the target day the year's plan names now; an earlier day it named stays on its own page."""
    named = ActionPlan.objects.filter(year=year).values("target_on")[:1]
    return TargetResult.objects.filter(year=year, day__in=named).first()


def frozen_rates(result: TargetResult, user: Audience, by: str = "") -> dict[Any, Rates]:
    """What this person is shown of it: in all (None), or by `unit` or `workstream`."""
    rows = TargetLine.objects.visible_to(user).filter(result=result).order_by()
    sums = {f"sum_{name}": Sum(name) for name in COUNTS}
    grouped = rows.values(*([by] if by else [])).annotate(**sums) if by else [rows.aggregate(**sums)]
    return {
        (row[by] if by else None): Rates(
            **{name: row[f"sum_{name}"] or 0 for name in COUNTS}, target=result.target, population=Population.YEAR
        )
        for row in grouped
    }
