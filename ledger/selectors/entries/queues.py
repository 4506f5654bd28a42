"""What waits for whom: the one rule behind the work pages, the list's filter and their numbers."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.rights.permissions import Role
from ledger.models import ProblemEntry, SupportingUnit
from ledger.states import IN_HAND, Action, Asked, EntryState

QUEUES = {
    "to_accept": "待受理",
    "to_assign": "待交办",
    "returned": "退单待重新交办",
    "to_acknowledge": "待签收",
    "to_handle": "待办理",
    "to_decide": "待批申请",
    "to_review": "挂账待复核",
    "to_support": "协办待反馈",
    "to_confirm": "待回访",
    "to_close": "待销号",
}
QUEUE_STATES = {
    "to_accept": EntryState.REGISTERED,
    "to_assign": EntryState.ACCEPTED,
    "returned": EntryState.ACCEPTED,
    "to_acknowledge": EntryState.ASSIGNED,
    "to_handle": EntryState.HANDLING,
    "to_review": EntryState.DEFERRED,
    "to_confirm": EntryState.COMPLETED,
    "to_close": EntryState.CONFIRMED,
}
# What the entries of a queue wait for. Handling is several steps, and a request has two answers: neither has the one.
STEPS = {
    "to_accept": Action.ACCEPT,
    "to_assign": Action.ASSIGN,
    "returned": Action.ASSIGN,
    "to_acknowledge": Action.ACKNOWLEDGE,
    "to_review": Action.RESUME_HANDLING,
    "to_support": Action.REPORT_PART,
    "to_confirm": Action.CONFIRM,
    "to_close": Action.CLOSE_OUT,
}
THEN = {"to_accept": "to_assign", "returned": "to_assign", "to_confirm": "to_close"}  # where one goes on
NOBODY = Q(pk__in=[])


def queue_q(queue: str, user: User, today: date) -> Q:
    """The entries that wait for this person in a queue of QUEUES; to be applied to rows visible to them."""
    if queue == "to_support":
        return supporting_q(user)
    if queue == "to_decide":
        return deciding_q(user)
    waiting = Q(state=QUEUE_STATES[queue])
    if queue in {"to_assign", "returned"}:
        waiting &= Q(return_count__gt=0) if queue == "returned" else Q(return_count=0)
    if queue == "to_review":
        waiting &= Q(deadline__lte=today)
    if queue in {"to_confirm", "to_close"}:
        waiting &= ~Q(handler=user) & ~Q(claimed_by=user)
    return waiting if user.sees_all else waiting & mine_q(queue, user)


def waiting_for(user: User, queue: str, today: date) -> QuerySet[ProblemEntry]:
    """The same entries. Each is one's own, or of one's own unit, so that none has to be asked who may see it."""
    if not user.is_active or not user.sees_business:
        return ProblemEntry.objects.none()
    return ProblemEntry.objects.filter(queue_q(queue, user, today))


def mine_q(queue: str, user: User) -> Q:
    """Whose turn it is in a queue, for someone who does not see all."""
    units = user.clerked_units
    receives = Q(unit__in=units) if units else NOBODY
    leads = Q(lead_unit__in=units) if units else NOBODY
    if queue in {"to_accept", "to_assign", "returned"}:
        return receives
    if queue in {"to_acknowledge", "to_handle"}:
        return leads | Q(handler=user)
    if queue == "to_review":
        return receives | leads | (overseen_q(user) if user.role == Role.LEADER else NOBODY)
    return receives | leads | (Q(registered_by=user) if queue == "to_confirm" else NOBODY)


def overseen_q(user: User) -> Q:
    """Registered or led by a unit of this leader's (`services.who.oversees`)."""
    return Q(lead_unit__in=user.scope_units()) | Q(unit__in=user.scope_units())


def deciding_q(user: User) -> Q:
    """Extensions and deferrals that this person may decide: never one's own, nor about one's own work."""
    waiting = ~Q(asked="") & ~Q(asked_by=user) & ~Q(handler=user)
    if user.sees_all:
        return waiting
    if user.role == Role.LEADER:
        return waiting & overseen_q(user)
    return waiting & Q(asked=Asked.EXTENSION, unit__in=user.clerked_units) if user.clerked_units else NOBODY


def supporting_q(user: User) -> Q:
    """Entries on which a part of one's own, or of the unit one clerks for, has not been reported."""
    parts = SupportingUnit.objects.filter(entry=OuterRef("pk"), result="")
    unit = Q(unit__in=user.clerked_units) if user.clerked_units else NOBODY
    return Q(state__in=IN_HAND) & Q(Exists(parts.filter(unit | Q(handler=user))))
