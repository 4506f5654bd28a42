"""The entries behind one number of the reconciliation, and that number at their head."""

from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from accounts.models import User
from common.periods import AnyPeriod
from ledger.models import ProblemEntry
from ledger.states import EntryState
from reports.figures import balance

RESOLVED_THEN = Case(
    When(state_then__in=EntryState.RESOLVED, then=Value(True)), default=Value(False), output_field=BooleanField()
)
OPENED = {*balance.PARTS, balance.OPENING, balance.CLOSING, balance.ADJUSTED}


def entries_behind(
    code: str, period: AnyPeriod, user: User, *, workstream: int | None, unit: int | None
) -> tuple[QuerySet, QuerySet]:
    """The entries that one part, of one place, counts for this person, some of them another unit's by now; and all
    entries as that list shows them, with `state_then` and `was_resolved`."""
    if code in (balance.OPENING, balance.CLOSING):
        day = period.end if code == balance.CLOSING else period.start - timedelta(days=1)
        every, places, rule = ProblemEntry.objects.as_of(day), ["unit_then"], Q(state_then__in=EntryState.OPEN)
    else:
        parts = (balance.MOVED_IN, balance.MOVED_OUT, balance.REOPENED) if code == balance.ADJUSTED else (code,)
        every, places, rule = balance.touched(period), sorted({balance.PARTS[part][1] for part in parts}), Q()
        for part in parts:
            rule |= balance.PARTS[part][0].q
    rows = every.filter(rule)
    if workstream is not None:
        rows = rows.filter(workstream=workstream or None)
    rows = rows.filter(of_place(places, unit)) if unit is not None else rows
    if not user.sees_all:
        rows = rows.filter(within_units(places, user))
    return rows.annotate(was_resolved=RESOLVED_THEN), every.annotate(was_resolved=RESOLVED_THEN)


def of_place(places: list[str], unit: int) -> Q:
    rule = Q()
    for place in places:
        rule |= Q(**{place: unit})
    return rule


def within_units(places: list[str], user: User) -> Q:
    rule = Q()
    for place in places:
        rule |= Q(**{f"{place}__in": user.scope_units()})
    return rule


def net(rows: QuerySet, user: User, unit: int | None) -> tuple[int, int, int]:
    """Of adjusted entries: moved in, moved out, reopened, as seen from the unit (or from one's own units)."""
    here: dict[str, Any] = {} if unit is None else {"unit": unit}
    units = None if user.sees_all else set(user.scope_units().values_list("pk", flat=True))
    found = [0, 0, 0]
    for was, then, revived in rows.order_by().values_list(
        "unit_was", "unit_then", Case(When(balance.REVIVED.q, then=Value(True)), default=Value(False))
    ):
        inside = [(not here or place == here["unit"]) and (units is None or place in units) for place in (then, was)]
        if revived:
            found[2] += inside[0]
        elif was != then:
            found[0] += inside[0]
            found[1] += inside[1]
    return found[0], found[1], found[2]


__all__ = ["OPENED", "entries_behind", "net"]
