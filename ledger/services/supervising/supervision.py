"""督办单 issued: a leader presses a unit about an entry, by number and with a deadline.

Source of the rule: docs/domain.md, “The ledger's life”, Light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights.permissions import can
from common.idempotence import AlreadySavedError, differing, own_key, saved_before
from common.periods import local_date
from ledger.deadlines import beyond_reach
from ledger.models import NoticeKind, ProblemEntry, RobotEvent, SupervisionOrder
from ledger.services.errors import FieldsRefusedError, MoveRefusedError
from ledger.services.messages.notices import notify
from ledger.services.messages.robots import News, announce
from ledger.services.numbers import next_serials
from ledger.services.people.receiving import once_each, receivers_of, receiving
from ledger.services.supervising.papers import chinese
from ledger.states import EntryState

SERIES = "督"


def may_issue(entry: ProblemEntry, user: User) -> bool:
    """A leader who sees the entry, as long as a unit is still at work on it."""
    return can(user, "supervision.issue") and entry.state in EntryState.OPEN and entry.lead_unit_id is not None


@dataclass(frozen=True)
class Demand:
    """What a unit is pressed to do, and by which day it has to answer."""

    words: str
    deadline: date

    def check(self, day: date) -> None:
        faults = {}
        if not self.words.strip():
            faults["demand"] = "请写明督办要求"
        if self.deadline < day:
            faults["deadline"] = f"回复期限 {self.deadline:%Y-%m-%d} 早于今天，请改正"
        elif words := beyond_reach(self.deadline, day):
            faults["deadline"] = f"回复期限 {words}"
        if faults:
            raise FieldsRefusedError(faults)


def issue_order(
    *,
    entry: ProblemEntry,
    actor: User | None,
    at: datetime,
    demand: Demand,
    submission: UUID | None = None,
    tell: bool = True,
) -> SupervisionOrder:
    """Issues the next order of the year to the entry's lead unit; once for each `submission` key.

    No `actor` is the ladder of overdue entries, which tells about all its orders at once (`tell=False`).

    Raises:
        MoveRefusedError: not a leader of this entry, or nobody is at work on it.
        FieldsRefusedError: no demand, or a deadline before today.
        AlreadySavedError: the form has issued another order before.
    """
    made = issued_before(entry, actor, demand, submission)
    if made:
        return made
    demand.check(local_date(at))
    try:
        return write_order(entry, actor, at, demand, own_key(actor, submission), tell)
    except IntegrityError:
        made = issued_before(entry, actor, demand, submission)
        if made is None:
            raise
        return made


@transaction.atomic
def write_order(
    entry: ProblemEntry, actor: User | None, at: datetime, demand: Demand, submission: UUID | None, tell: bool
) -> SupervisionOrder:
    """The order to the unit that leads the entry now, and word of it to those who have to sign for it, together."""
    entry = ProblemEntry.objects.select_for_update(of=("self",)).select_related("unit", "lead_unit").get(pk=entry.pk)
    if (actor is not None and not may_issue(entry, actor)) or entry.lead_unit is None:
        raise MoveRefusedError(f"{entry.number} 不能督办：须由领导对已交办、未销号的问题签发")
    day = local_date(at)
    serial = next_serials(SERIES, day.year)[0]
    order = SupervisionOrder.objects.create(
        number=f"督〔{day.year}〕{serial}号",
        entry=entry,
        unit_id=entry.responsible_unit_id,  # `issue_order` has seen to it that a unit leads
        issued_by=actor,
        issued_on=day,
        deadline=demand.deadline,
        demand=demand.words.strip(),
        submission=submission,
    )
    if not tell:
        return order
    told = once_each([*receiving(entry), *receivers_of(order.unit)])
    words = f"{order.number} 督办 {entry.number} {entry.title}：{order.demand}"
    notify(told, NoticeKind.REMINDED, entry, words, by=actor, at=at)
    announce_orders([order], at)
    return order


def announce_orders(orders: Sequence[SupervisionOrder], at: datetime) -> None:
    """Tells the groups that orders were issued."""
    news = [
        News(order.unit_id, f"· {order.number} {order.unit} {order.entry.number}，{chinese(order.deadline)}前回复")
        for order in orders
    ]
    announce(RobotEvent.ORDER, "签发督办单 {n} 份", news, at)


def issued_before(
    entry: ProblemEntry, actor: User | None, demand: Demand, submission: UUID | None
) -> SupervisionOrder | None:
    """The order that this leader's form has issued.

    Raises:
        AlreadySavedError: what came now is about another entry, or demands something else.
    """
    made = saved_before(SupervisionOrder, actor, submission)
    if made and differing(made, {"entry": entry, "demand": demand.words, "deadline": demand.deadline}):
        raise AlreadySavedError(made)
    return made
