"""换班: one asks another to take a shift; the other or the other's coordinator agrees, and both are told."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.rights.permissions import Role
from common.idempotence import AlreadySavedError, own_key, saved_before
from common.periods import local_date
from common.rows.database import one_at_a_time
from duty.models import DutyLeave, DutyShift, DutySwap, Half, SwapState, day_words
from duty.services.telling import mine, tell, week_page
from ledger.services.errors import ChangedMeanwhileError, FieldsRefusedError, MoveRefusedError
from ledger.services.people.receiving import once_each, receivers_of
from ledger.services.rights import coordinates

ROSTER = "duty.roster"  # held by whoever arranges: two never seat one person twice


def may_ask(shift: DutyShift, user: User, today: date) -> bool:
    """One's own shift, not gone by, for which nobody has been asked."""
    mine = shift.officer_id == user.pk and shift.day >= today
    return mine and not shift.swaps.filter(state=SwapState.ASKED).exists()


def may_answer(swap: DutySwap, user: User) -> bool:
    return swap.asked_of_id == user.pk or coordinates(user, swap.asked_of.unit)


def may_withdraw(swap: DutySwap, user: User) -> bool:
    return swap.asked_by_id == user.pk


@transaction.atomic
def ask_swap(  # noqa: PLR0913 -- who, which shift, of whom, in return for what, why, when
    *,
    actor: User,
    shift: DutyShift,
    person: User,
    other: DutyShift | None,
    reason: str,
    at: datetime,
    submission: UUID | None = None,
) -> DutySwap:
    """Asks; the same form again asks once.

    Raises:
        AlreadySavedError: the form has asked something else before.
        FieldsRefusedError: the other cannot take it, or what is offered in return is not the other's.
        MoveRefusedError: not one's own shift, gone by, or somebody has been asked already.
    """
    one_at_a_time(ROSTER)
    if stored := saved_before(DutySwap, actor, submission):
        same = (stored.shift_id, stored.other_id, stored.asked_of_id, stored.reason)
        if same != (shift.pk, other and other.pk, person.pk, reason.strip()):
            raise AlreadySavedError(stored)
        return stored
    shift = DutyShift.objects.select_for_update(of=("self",)).select_related("workstream", "officer").get(pk=shift.pk)
    if not may_ask(shift, actor, local_date(at)):
        raise MoveRefusedError(f"{shift.words}不能申请换班：只能换自己还没到的班，一个班同时只问一个人")
    if words := cannot(shift, actor, person, other, local_date(at)):
        raise FieldsRefusedError({"other" if other else "person": words})
    swap = DutySwap.objects.create(
        shift=shift, other=other, is_exchange=other is not None, words=asked_words(shift, person, other),
        asked_by=actor, asked_of=person, asked_at=at, reason=reason.strip(), submission=own_key(actor, submission),
    )  # fmt: skip
    because = f"（{swap.reason}）" if swap.reason else ""
    tell([person], f"{actor}请您换班：{swap.words}{because}，请答复", mine(), by=actor, at=at)
    return swap


def asked_words(shift: DutyShift, person: User, other: DutyShift | None) -> str:
    words = f"{shift.officer}的{shift.words}"
    return f"{words} 与 {person}的{other.words} 互换" if other else f"{words} 由{person}顶班"


def cannot(shift: DutyShift, actor: User, person: User, other: DutyShift | None, today: date) -> str:
    """Why the two cannot change as asked; empty when they can."""
    if person == actor or not person.works or person.unit_id is None:
        return "请选择一位在岗的同事"
    if other and (other.officer_id != person.pk or other.day < today):
        return f"这个班已经不是{person}的，或已经过去，请重新选择"
    return busy_words(person, shift, except_for=other) or (busy_words(actor, other, except_for=shift) if other else "")


def busy_words(person: User, shift: DutyShift, except_for: DutyShift | None) -> str:
    """Why somebody cannot come on a shift's half-day."""
    if DutyLeave.objects.filter(officer=person, starts_on__lte=shift.day, ends_on__gte=shift.day).exists():
        return f"{person}{day_words(shift.day)}请假"
    there = DutyShift.objects.filter(officer=person, day=shift.day, half=shift.half)
    if any(row != except_for for row in there):
        return f"{person}{day_words(shift.day)}{Half(shift.half).label}已有安排"
    return ""


@transaction.atomic
def answer_swap(*, actor: User, swap: DutySwap, agrees: bool, at: datetime) -> DutySwap:
    """The answer, once: agreeing changes the roster at once. The same answer again is a repeat.

    Raises:
        MoveRefusedError: neither the one asked nor who clerks for that person.
        ChangedMeanwhileError: answered otherwise, withdrawn or lapsed; or the shifts are not what they were.
    """
    one_at_a_time(ROSTER)
    swap = held(swap)
    if not may_answer(swap, actor):
        raise MoveRefusedError(f"这个换班由{swap.asked_of}本人或其单位联络员答复")
    answer = SwapState.ACCEPTED if agrees else SwapState.REFUSED
    if swap.state == answer:
        return swap
    refuse_answered(swap)
    if agrees:
        exchange(swap, actor, at)
    settle(swap, answer, actor, at)
    word = "同意" if agrees else "不同意"
    people = [swap.asked_by, swap.asked_of]
    if agrees:
        people += [one for person in people if person.unit for one in receivers_of(person.unit)]
    tell(once_each(people), f"{actor}{word}换班：{swap.words}", mine(), by=actor, at=at)
    return swap


@transaction.atomic
def withdraw_swap(*, actor: User, swap: DutySwap, at: datetime) -> DutySwap:
    """Takes back what was asked; again is a repeat.

    Raises:
        MoveRefusedError: not the one who asked.
        ChangedMeanwhileError: it has been answered.
    """
    one_at_a_time(ROSTER)
    swap = held(swap)
    if not may_withdraw(swap, actor):
        raise MoveRefusedError("只有申请人可以撤回换班")
    if swap.state == SwapState.WITHDRAWN:
        return swap
    refuse_answered(swap)
    settle(swap, SwapState.WITHDRAWN, actor, at)
    tell([swap.asked_of], f"{actor}撤回了换班：{swap.words}", mine(), by=actor, at=at)
    return swap


def held(swap: DutySwap) -> DutySwap:
    rows = DutySwap.objects.select_for_update(of=("self",)).select_related("asked_by__unit", "asked_of__unit")
    return rows.get(pk=swap.pk)


def refuse_answered(swap: DutySwap) -> None:
    if swap.state != SwapState.ASKED:
        by = f"由{swap.answered_by}" if swap.answered_by_id else ""
        raise ChangedMeanwhileError(f"这个换班{by}{SwapState(swap.state).label}，您的答复没有保存")


def exchange(swap: DutySwap, actor: User, at: datetime) -> None:
    """The two change places. Places are what is exchanged, not people: so nobody is for a moment in two."""
    rows = DutyShift.objects.select_for_update(of=("self",)).select_related("workstream", "officer")
    found = rows.in_bulk([key for key in (swap.shift_id, swap.other_id) if key])
    shift, other = found.get(swap.shift_id or 0), found.get(swap.other_id or 0)
    today, gone = local_date(at), shift is None or (swap.is_exchange and other is None)
    if shift is None or gone or shift.officer_id != swap.asked_by_id or shift.day < today:
        raise ChangedMeanwhileError("排班已经变动或已经过去，换班不能办理，请申请人重新提出")
    if words := cannot(shift, swap.asked_by, swap.asked_of, other, today):
        raise ChangedMeanwhileError(f"{words}，换班不能办理")
    for row in filter(None, [shift, other]):
        lapse(row, by=actor, at=at, but=swap)
    if other:
        place = (shift.workstream, shift.day, shift.half)
        put(shift, workstream=other.workstream, day=other.day, half=other.half)
        put(other, workstream=place[0], day=place[1], half=place[2])
    else:
        put(shift, officer=swap.asked_of, unit=swap.asked_of.unit)


def put(row: DutyShift, **fields: object) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.told_gap = ""
    row.save(update_fields=[*fields, "version", "told_gap"])


def settle(swap: DutySwap, state: SwapState, actor: User | None, at: datetime) -> None:
    swap.state, swap.answered_by, swap.answered_at, swap.version = state, actor, at, swap.version + 1
    swap.save(update_fields=["state", "answered_by", "answered_at", "version"])


def lapse(shift: DutyShift, *, by: User, at: datetime, but: DutySwap | None = None) -> None:
    """What was asked about a shift that is no more is over; the two are told."""
    rows = DutySwap.objects.filter(Q(shift=shift) | Q(other=shift), state=SwapState.ASKED)
    for swap in rows.select_related("asked_by", "asked_of").order_by("pk"):
        if swap == but:
            continue
        settle(swap, SwapState.LAPSED, by, at)
        words = f"排班有变动，换班失效：{swap.words}"
        tell([swap.asked_by, swap.asked_of], words, week_page(shift.day), by=by, at=at)


@transaction.atomic
def lapse_overtaken(*, at: datetime) -> int:
    """Ends what nobody answered in time: one of its days has gone by, or one of the two has left. It could only be
    refused any more, and would wait for ever. How many."""
    one_at_a_time(ROSTER)
    today = local_date(at)
    gone = Q(shift=None) | Q(shift__day__lt=today) | Q(other__day__lt=today) | Q(is_exchange=True, other=None)
    for side in ("asked_by", "asked_of"):
        gone |= Q(**{f"{side}__is_active": False}) | Q(**{f"{side}__role": Role.AUDITOR})
    swaps = list(DutySwap.objects.filter(gone, state=SwapState.ASKED).select_related("asked_by", "asked_of", "shift"))
    for swap in sorted(swaps, key=lambda one: one.pk):
        settle(swap, SwapState.LAPSED, None, at)
        link = week_page(swap.shift.day) if swap.shift else mine()
        words = f"没有等到答复，换班失效：{swap.words}"
        tell([one for one in (swap.asked_by, swap.asked_of) if one.works], words, link, by=None, at=at)
    return len(swaps)
