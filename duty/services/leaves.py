"""请假: registered by oneself or who clerks for the unit; shifts in it become gaps, and the coordinator is told."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.idempotence import AlreadySavedError, own_key, saved_before
from common.periods import local_date
from common.rows.database import one_at_a_time
from duty.models import DutyLeave, day_words
from duty.services.gap_notices import tell_gaps
from duty.services.swaps import ROSTER
from ledger.services.errors import FieldsRefusedError, MoveRefusedError, refuse_unseen
from ledger.services.rights import coordinates

LONGEST = 366  # days


def may_register(user: User, officer: User) -> bool:
    return officer.pk == user.pk or (user.can("duty.edit") and coordinates(user, officer.unit))


@transaction.atomic
def register_leave(  # noqa: PLR0913 -- who, whose, from, to, why, when
    *,
    actor: User,
    officer: User,
    starts_on: date,
    ends_on: date,
    reason: str,
    at: datetime,
    submission: UUID | None = None,
) -> tuple[DutyLeave, int]:
    """The leave, and how many shifts became gaps by it; the same form again registers once.

    Raises:
        AlreadySavedError: the form has registered something else before.
        FieldsRefusedError: it ends before it starts or today, lasts over a year, or is registered already.
        MoveRefusedError: not one's own, nor of a unit one clerks for.
    """
    one_at_a_time(ROSTER)
    if stored := saved_before(DutyLeave, actor, submission):
        if (stored.officer_id, stored.starts_on, stored.ends_on, stored.reason) != (
            officer.pk, starts_on, ends_on, reason.strip(),
        ):  # fmt: skip
            raise AlreadySavedError(stored)
        return stored, 0
    if not may_register(actor, officer):
        raise MoveRefusedError(f"{officer}的请假由本人或所在单位联络员登记")
    check(officer, starts_on, ends_on, local_date(at))
    leave = DutyLeave.objects.create(
        officer=officer, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), made_by=actor, made_at=at,
        submission=own_key(actor, submission),
    )  # fmt: skip
    return leave, tell_gaps(at=at, officer=officer, by=actor)


def check(officer: User, starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise FieldsRefusedError({"ends_on": f"结束日期 {ends_on:%Y-%m-%d} 早于开始日期，请改正"})
    if ends_on < today:
        raise FieldsRefusedError({"ends_on": "请假的日子都已经过去，不影响值班，不用登记"})
    if (ends_on - starts_on).days >= LONGEST:
        raise FieldsRefusedError({"ends_on": "一次请假超过一年，请核对日期"})
    known = DutyLeave.objects.filter(officer=officer, starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if known:
        words = f"{officer}{day_words(known.starts_on)}至{day_words(known.ends_on)}已经登记过请假"
        raise FieldsRefusedError({"starts_on": words})


@transaction.atomic
def cancel_leave(*, actor: User, leave: DutyLeave, version: int | None, at: datetime) -> None:
    """Takes a leave back: shifts in it that are still there count again.

    Raises:
        MoveRefusedError: not one's own, nor of a unit one clerks for.
        ChangedMeanwhileError: it is not what the person saw.
    """
    one_at_a_time(ROSTER)
    stored = DutyLeave.objects.select_for_update(of=("self",)).select_related("officer__unit").get(pk=leave.pk)
    if not may_register(actor, stored.officer):
        raise MoveRefusedError(f"{stored.officer}的请假由本人或所在单位联络员取消")
    refuse_unseen(stored, version)
    officer = stored.officer
    stored.delete()
    tell_gaps(at=at, officer=officer, by=actor)
