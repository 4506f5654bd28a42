"""督办单: a leader presses a unit about an entry, by number and with a deadline; the unit signs for it and answers.

Source of the rule: docs/domain.md, “The ledger's life”, Light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.rights.permissions import can
from common.books.documents import OfficialDocument
from common.idempotence import AlreadySavedError, differing, own_key, plain, saved_before
from common.periods import local_date
from ledger.deadlines import beyond_reach
from ledger.models import NoticeKind, ProblemEntry, RobotEvent, SupervisionOrder
from ledger.moves.facts import Fact, day_told
from ledger.services.errors import FieldsRefusedError, LedgerError, MoveRefusedError
from ledger.services.messages.notices import notify
from ledger.services.messages.robots import News, announce
from ledger.services.numbers import next_serials
from ledger.services.people.receiving import once_each, receivers_of, receiving
from ledger.services.rights import coordinates
from ledger.states import Action, EntryState

SERIES = "督"
COMES_BACK = (Action.SEND_BACK, Action.REOPEN, Action.REINSTATE, Action.UNMERGE)
SIGNED = "中共津市市委政法委员会"


def may_issue(entry: ProblemEntry, user: User) -> bool:
    """A leader who sees the entry, as long as a unit is still at work on it."""
    return can(user, "supervision.issue") and entry.state in EntryState.OPEN and entry.lead_unit_id is not None


def may_sign(order: SupervisionOrder, user: User) -> bool:
    """Who clerks for the unit pressed, and who handles the entry."""
    if not can(user, "supervision.answer"):
        return False
    return coordinates(user, order.unit) or order.entry.handler_id == user.pk


def may_answer(order: SupervisionOrder, user: User) -> bool:
    """Whether it still waits for this person's answer."""
    return order.replied_on is None and order.ended_on is None and may_sign(order, user)


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


def acknowledge_order(*, order: SupervisionOrder, actor: User, at: datetime) -> None:
    """The unit signs for an order; signing twice is signing once.

    Raises:
        MoveRefusedError: not someone of the unit pressed.
    """
    if not may_sign(order, actor):
        raise MoveRefusedError(refusal(order))
    unsigned = SupervisionOrder.objects.filter(pk=order.pk, acknowledged_on=None, ended_on=None)
    write_once(order, unsigned, acknowledged_by=actor, acknowledged_on=local_date(at))


def reply_to_order(*, order: SupervisionOrder, actor: User, at: datetime, reply: str) -> None:
    """The unit's answer, written once; who answers has also signed for it. The same answer of the same person again
    is a repeat.

    Raises:
        MoveRefusedError: not someone of the unit pressed.
        FieldsRefusedError: no words.
        LedgerError: someone has just answered, or the order has been ended.
    """
    if not may_sign(order, actor):
        raise MoveRefusedError(refusal(order))
    if not reply.strip():
        raise FieldsRefusedError({"reply": "请写明办理情况和下一步打算"})
    acknowledge_order(order=order, actor=actor, at=at)
    open_ones = SupervisionOrder.objects.unanswered().filter(pk=order.pk)
    if not write_once(order, open_ones, reply=reply.strip(), replied_by=actor, replied_on=local_date(at)):
        if order.replied_by_id == actor.pk and plain(order.reply) == plain(reply):
            return
        by = f"已了结（{order.ended_because}）" if order.ended_on else f"刚由{order.replied_by}回复"
        raise LedgerError(f"{order.number} {by}，您的回复没有保存")


def refusal(order: SupervisionOrder) -> str:
    return f"{order.number} 由{order.unit}的联络员或经办人签收、回复"


@transaction.atomic
def write_once(order: SupervisionOrder, free: QuerySet[SupervisionOrder], **fields: object) -> bool:
    """Writes the fields if nobody has; the row's lock decides between two. The audit row comes with `save()`."""
    locked = free.select_for_update().first()
    if locked is not None:
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(fields))
    order.refresh_from_db()
    return locked is not None


def order_document(order: SupervisionOrder) -> bytes:
    """The order as a Word file in official form."""
    entry = order.entry
    document = OfficialDocument("督 办 单", number=order.number)
    document.addressee(str(order.unit))
    subject = entry.enterprise or entry.project
    document.body(
        f"你单位牵头办理的{f'{subject}反映的' if subject else ''}“{entry.title}”问题（台账编号 {entry.number}），"
        f"登记于 {chinese(entry.registered_on)}，办理期限 {chinese(entry.deadline)}{came_back(entry)}。现予督办。"
    )
    document.heading("一、督办要求")
    document.body(order.demand)
    document.heading("二、办理时限")
    document.body(f"请于 {chinese(order.deadline)}前书面回复办理情况。")
    document.signature(SIGNED, order.issued_on)
    if order.ended_on:
        document.body(f"（{chinese(order.ended_on)}了结：{order.ended_because}。）")
    if order.replied_on:
        document.heading("回复")
        document.body(order.reply)
        document.signature(str(order.unit), order.replied_on)
    return document.to_bytes()


def came_back(entry: ProblemEntry) -> str:
    """How an entry came back to be handled the last time, with what became of its deadline; empty if it never did."""
    event = entry.events.filter(action__in=COMES_BACK).order_by("-seq").first()
    if event is None:
        return ""
    was = day_told(event.data, Fact.WAS_DEADLINE)
    return f"（{chinese(event.happened_on)}{event.get_action_display()}{f'，原期限 {chinese(was)}' if was else ''}）"


def chinese(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "未定"
