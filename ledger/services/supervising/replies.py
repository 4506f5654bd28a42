"""督办单 answered: the unit signs for it and replies, with files; the leader accepts, or sends back with words.

Source of the rule: docs/domain.md, “督办单”.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.rights.permissions import Role, can
from common.files import CheckedFile, with_files
from common.idempotence import plain
from common.periods import local_date
from ledger.deadlines import beyond_reach
from ledger.models import NoticeKind, OrderReply, ReplyVerdict, SupervisionOrder
from ledger.moves.orders import SETTLED
from ledger.services.errors import ChangedMeanwhileError, FieldsRefusedError, LedgerError, MoveRefusedError
from ledger.services.files import attach, unknown
from ledger.services.messages.notices import notify_of
from ledger.services.people.receiving import Office, once_each, receivers_of, receiving
from ledger.services.rights import coordinates


def may_sign(order: SupervisionOrder, user: User) -> bool:
    """Who clerks for the unit pressed, and who handles the entry."""
    if not can(user, "supervision.answer"):
        return False
    return coordinates(user, order.unit) or order.entry.handler_id == user.pk


def may_answer(order: SupervisionOrder, user: User) -> bool:
    """Whether it still waits for this person's answer."""
    return order.replied_on is None and order.ended_on is None and may_sign(order, user)


def judges(order: SupervisionOrder, user: User) -> bool:
    """Whose word it is whether an answer will do: who issued the order, a leader of the city; of what the ladder
    issued, or somebody who has left, also a leader of the unit pressed or above it."""
    if not can(user, "supervision.issue"):
        return False
    if user.pk == order.issued_by_id or user.sees_all:
        return True
    nobodys = order.issued_by is None or not order.issued_by.works
    return nobodys and user.unit is not None and str(order.unit.path).startswith(str(user.unit.path))


def may_judge(order: SupervisionOrder, user: User) -> bool:
    """Whether an answer waits for this person's word."""
    return order.replied_on is not None and order.accepted_on is None and judges(order, user)


def refusal(order: SupervisionOrder) -> str:
    return f"{order.number} 由{order.unit}的联络员或经办人签收、回复"


def page_of(order: SupervisionOrder) -> str:
    return reverse("ledger:order-detail", args=[order.pk])


@transaction.atomic
def held(order: SupervisionOrder) -> SupervisionOrder:
    rows = SupervisionOrder.objects.select_for_update(of=("self",))
    return rows.select_related("unit", "entry", "issued_by").get(pk=order.pk)


@transaction.atomic
def acknowledge_order(*, order: SupervisionOrder, actor: User, at: datetime) -> None:
    """The unit signs for an order; signing twice is signing once.

    Raises:
        MoveRefusedError: not someone of the unit pressed.
    """
    if not may_sign(order, actor):
        raise MoveRefusedError(refusal(order))
    stored = held(order)
    if stored.acknowledged_on is None and stored.ended_on is None:
        put(stored, acknowledged_by=actor, acknowledged_on=local_date(at))
    order.refresh_from_db()


def put(order: SupervisionOrder, **fields: object) -> None:
    """The audit row comes with `save()`."""
    for name, value in fields.items():
        setattr(order, name, value)
    order.save(update_fields=list(fields))


@with_files()
def reply_to_order(
    *, order: SupervisionOrder, actor: User, at: datetime, reply: str, files: Sequence[CheckedFile] = ()
) -> OrderReply:
    """The unit's answer; who answers has also signed for it. The same again, as after an answer that got lost, is a
    repeat, and files that came more go with it as long as the leader has not spoken.

    Raises:
        MoveRefusedError: not someone of the unit pressed.
        FieldsRefusedError: no words.
        LedgerError: someone has just answered, or the order has been ended.
    """
    if not may_sign(order, actor):
        raise MoveRefusedError(refusal(order))
    words = reply.strip()
    if not words:
        raise FieldsRefusedError({"reply": "请写明办理情况和下一步打算"})
    acknowledge_order(order=order, actor=actor, at=at)
    stored = held(order)
    if stored.ended_on or stored.replied_on:
        return again(order, stored, actor, words, files)
    day = local_date(at)
    made = OrderReply.objects.create(
        order=stored, number=stored.replies.count() + 1, words=words, replied_by=actor, replied_on=day,
        due_on=stored.deadline,
    )  # fmt: skip
    attach(files, by=actor, order_reply=made)
    put(stored, reply=words, replied_by=actor, replied_on=day, returned_on=None)
    order.refresh_from_db()
    told = f"{stored.number} 已由{stored.unit}回复，请审阅：{words}"
    notify_of(leaders_of(stored), NoticeKind.DECIDED, page_of(stored), told, by=actor, at=at)
    return made


def again(
    order: SupervisionOrder, stored: SupervisionOrder, actor: User, words: str, files: Sequence[CheckedFile]
) -> OrderReply:
    order.refresh_from_db()
    last = stored.replies.order_by("-number").first()
    if last and not stored.ended_on and last.replied_by_id == actor.pk and plain(last.words) == plain(words):
        more = unknown(last, files)
        if not more or last.verdict == ReplyVerdict.WAITING:
            attach(more, by=actor, order_reply=last)
            return last
    by = f"已了结（{stored.ended_because}）" if stored.ended_on else f"刚由{stored.replied_by}回复"
    raise LedgerError(f"{stored.number} {by}，您的回复没有保存")


def leaders_of(order: SupervisionOrder) -> list[User]:
    """Who has to say whether an answer will do: who issued the order, else the leaders of the unit, else the city's."""
    if order.issued_by and order.issued_by.works:
        return [order.issued_by]
    office = Office.now()
    return office.of_unit(Role.LEADER, order.unit_id) or office.city.get(Role.LEADER, []) or office.of_office()


@transaction.atomic
def accept_reply(*, order: SupervisionOrder, actor: User, at: datetime, number: int, words: str = "") -> OrderReply:
    """The answer will do; saying so again is a repeat. `number` is the answer that the leader has read.

    Raises:
        MoveRefusedError: not a leader whose word it is.
        ChangedMeanwhileError: another answer stands, or this one has been sent back.
    """
    stored, reply = judged(order, actor, number)
    if reply.verdict == ReplyVerdict.ACCEPTED:
        return reply
    refuse_judged(reply)
    settle(reply, ReplyVerdict.ACCEPTED, actor, at, words.strip())
    put(stored, accepted_on=local_date(at))
    order.refresh_from_db()
    said = f"：{reply.verdict_words}" if reply.verdict_words else ""
    tell_unit(stored, reply, f"{stored.number} 的回复已认可{said}", actor, at)
    return reply


@transaction.atomic
def send_back(
    *, order: SupervisionOrder, actor: User, at: datetime, number: int, words: str, deadline: date
) -> OrderReply:
    """The answer will not do: with words, and a day by which the unit answers anew. The same again is a repeat.

    Raises:
        MoveRefusedError: not a leader whose word it is, or nobody is at work on the entry for that unit any more.
        FieldsRefusedError: no words, or a day before today.
        ChangedMeanwhileError: another answer stands, or this one has been accepted.
    """
    stored, reply = judged(order, actor, number)
    if reply.verdict == ReplyVerdict.RETURNED and reply.verdict_words == words.strip():
        return reply
    refuse_judged(reply)
    check(words, deadline, local_date(at))
    entry = stored.entry
    if entry.state in SETTLED or entry.lead_unit_id != stored.unit_id:
        raise MoveRefusedError(f"{entry.number} 已化解、不再办理或已转给别的单位，督办单不能退回重报；可以认可")
    settle(reply, ReplyVerdict.RETURNED, actor, at, words.strip())
    put(stored, reply="", replied_by=None, replied_on=None, returned_on=local_date(at), deadline=deadline)
    order.refresh_from_db()
    until = f"{deadline.month}月{deadline.day}日"
    tell_unit(stored, reply, f"{stored.number} 的回复被退回，请在 {until}前重报：{reply.verdict_words}", actor, at)
    return reply


def check(words: str, deadline: date, day: date) -> None:
    faults = {}
    if not words.strip():
        faults["words"] = "请写明为什么退回、还要补什么"
    if deadline < day:
        faults["deadline"] = f"重报期限 {deadline:%Y-%m-%d} 早于今天，请改正"
    elif told := beyond_reach(deadline, day):
        faults["deadline"] = f"重报期限 {told}"
    if faults:
        raise FieldsRefusedError(faults)


def judged(order: SupervisionOrder, actor: User, number: int) -> tuple[SupervisionOrder, OrderReply]:
    """The order and the answer that was read, both held."""
    stored = held(order)
    if not judges(stored, actor):
        raise MoveRefusedError(f"{stored.number} 的回复由签发的领导审阅")
    replies = stored.replies.select_for_update(of=("self",)).select_related("replied_by", "verdict_by")
    reply = replies.filter(number=number).first()
    if reply is None:
        raise ChangedMeanwhileError(f"{stored.number} 没有这一次回复，请刷新后再看")
    return stored, reply


def refuse_judged(reply: OrderReply) -> None:
    if reply.verdict != ReplyVerdict.WAITING:
        said = f"{reply.verdict_by}{reply.get_verdict_display()}"
        words = f"：{reply.verdict_words}" if reply.verdict_words else ""
        raise ChangedMeanwhileError(f"{reply} 刚由{said}{words}，您的意见没有保存")


def settle(reply: OrderReply, verdict: ReplyVerdict, actor: User, at: datetime, words: str) -> None:
    reply.verdict, reply.verdict_words, reply.verdict_by, reply.verdict_on = verdict, words, actor, local_date(at)
    reply.save(update_fields=["verdict", "verdict_words", "verdict_by", "verdict_on"])


def tell_unit(order: SupervisionOrder, reply: OrderReply, words: str, by: User, at: datetime) -> None:
    people = once_each([reply.replied_by, *receiving(order.entry), *receivers_of(order.unit)])
    notify_of(people, NoticeKind.DECIDED, page_of(order), words, by=by, at=at)
