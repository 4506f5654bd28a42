"""The entries behind one number of the reconciliation, and that number at their head."""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from accounts.models import Unit, User
from common.periods import AnyPeriod
from ledger.models import ProblemEntry
from ledger.states import EntryState
from reports.figures import balance

RESOLVED_THEN = Case(
    When(state_then__in=EntryState.RESOLVED, then=Value(True)), default=Value(False), output_field=BooleanField()
)
OPENED = {*balance.PARTS, balance.OPENING, balance.CLOSING, balance.ADJUSTED}


def entries_behind(
    code: str, period: AnyPeriod, user: User, *, workstream: int | None, units: Callable[[str], Q] | None
) -> tuple[QuerySet, QuerySet]:
    """The entries that one part, of one place, counts for this person, some of them another unit's by now; and all
    entries as that list shows them, with `state_then` and `was_resolved`. `units` chooses by the unit in a column."""
    if code in (balance.OPENING, balance.CLOSING):
        day = period.end if code == balance.CLOSING else period.start - timedelta(days=1)
        every: QuerySet = ProblemEntry.objects.as_of(day)
        places, rule = ["unit_then"], Q(state_then__in=EntryState.OPEN)
    else:
        parts = (balance.MOVED_IN, balance.MOVED_OUT, balance.REOPENED) if code == balance.ADJUSTED else (code,)
        every, places, rule = balance.touched(period), sorted({balance.PARTS[part][1] for part in parts}), Q()
        for part in parts:
            rule |= balance.PARTS[part][0].q
    rows = every.filter(rule)
    if workstream is not None:
        rows = rows.filter(workstream=workstream or None)
    if units is not None:
        rows = rows.filter(reduce(or_, map(units, places)))
    if not user.sees_all:
        rows = rows.filter(reduce(or_, (Q(**{f"{place}__in": user.scope_units()}) for place in places)))
    return rows.annotate(was_resolved=RESOLVED_THEN), every.annotate(was_resolved=RESOLVED_THEN)


def net(rows: QuerySet, units: Q | None) -> tuple[int, int, int]:
    """Of adjusted entries: moved in, moved out, reopened, as seen from some units; None for all."""
    here = None if units is None else set(Unit.objects.filter(units).values_list("pk", flat=True))
    found = [0, 0, 0]
    for was, then, revived in rows.order_by().values_list(
        "unit_was", "unit_then", Case(When(balance.REVIVED.q, then=Value(True)), default=Value(False))
    ):
        inside = [here is None or place in here for place in (then, was)]
        if revived:
            found[2] += inside[0]
        elif was != then:
            found[0] += inside[0]
            found[1] += inside[1]
    return found[0], found[1], found[2]


__all__ = ["OPENED", "entries_behind", "net"]
