"""挽回和避免损失: money recovered, avoided or saved, counted once."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from cases.models import LegalCase
from common.closing import Corrected, changed_words
from common.dates import date_fault
from common.forms.conflicts import save_version
from common.idempotence import AlreadySavedError, differing, own_key, saved_before
from common.periods import local_date
from common.rows.database import one_at_a_time
from ledger.closed.guard import held, look, settle
from ledger.models import ProblemEntry, Recovery, RecoveryKind, ServiceActivity
from ledger.services.errors import FieldsRefusedError, LedgerError, refuse_unseen
from ledger.services.money.kin import Subject, alike, same_money
from ledger.services.rights import may_change

SUBJECTS: dict[str, type[Any]] = {"case": LegalCase, "entry": ProblemEntry, "activity": ServiceActivity}
MONEY = "ledger:money"  # two who record at once do so one after the other, before they hold any row


class CountedTwiceError(LedgerError):
    """The same money seems to be recorded already; saving it needs the person's word that it is other money."""


@dataclass(frozen=True)
class RecoveryData:
    """What a person typed; `amount` in yuan. `is_other_money`: it was asked, and it is not the sum recorded before."""

    kind: str
    amount: Decimal
    basis: str
    happened_on: date
    is_other_money: bool = False


def name_of(subject: Subject) -> str:
    """Which of the three a subject is: `case`, `entry` or `activity`."""
    return next(name for name, model in SUBJECTS.items() if isinstance(subject, model))


def check(data: RecoveryData, today: date) -> None:
    faults = {}
    if data.kind not in RecoveryKind.values:
        faults["kind"] = "请选择是追回、避免还是减免"
    if not data.amount.is_finite() or data.amount <= 0:
        faults["amount"] = "金额要大于 0"
    if not data.basis.strip():
        faults["basis"] = "请写明依据，例如判决书文号、调解协议、返还清单"
    if words := date_fault(data.happened_on, today, "日期"):
        faults["happened_on"] = words
    if faults:
        raise FieldsRefusedError(faults)


def refuse_twice(
    subject: Subject, data: RecoveryData, actor: User, *, but: Recovery | None = None
) -> Sequence[Recovery]:
    """What looks like the same money in the same story; gives it back where the person has said that it is other.

    Raises:
        CountedTwiceError: there is such, and nobody has said so.
    """
    found = same_money(subject, data.kind, data.amount, but=but)
    if found and not data.is_other_money:
        earlier = found[0]
        seen = Recovery.objects.visible_to(actor).filter(pk=earlier.pk).exists()
        raise CountedTwiceError(
            f"“{place_words(earlier, seen=seen)}”在 {earlier.happened_on:%Y-%m-%d} 已登记{earlier.get_kind_display()} "
            f"{earlier.amount:,.2f} 元。同一笔钱只计一次；确是另一笔钱的，请勾选“这是另一笔钱”再保存"
        )
    return found


def place_words(recovery: Recovery, *, seen: bool) -> str:
    """Where money was recorded; for somebody who may not see that, only that it belongs to this story."""
    if not seen:
        return "与这件有关的另一条记录（不在您能查看的范围）"
    return getattr(recovery.subject, "number", "") or str(recovery.subject)


def record_recovery(
    *, actor: User, at: datetime, subject: Subject, data: RecoveryData, submission: UUID | None = None, reason: str = ""
) -> Recovery:
    """Records money on one case, problem or activity; unit and matter are the subject's.

    Raises:
        FieldsRefusedError: something typed cannot be so.
        CountedTwiceError: the same money seems to be recorded already.
        AlreadySavedError: the form has recorded something else before.
        PeriodClosedError: a closed period would count it, and no `reason` is given.
        LedgerError: what it is of has been deleted meanwhile.
    """
    try:
        with transaction.atomic():
            return find_recorded(actor, submission, subject, data) or record(
                actor, at, subject, data, submission, reason
            )
    except (IntegrityError, CountedTwiceError):
        # The same form arrived twice at one moment: the other one has recorded the money by now.
        if earlier := find_recorded(actor, submission, subject, data):
            return earlier
        raise


def find_recorded(actor: User, submission: UUID | None, subject: Subject, data: RecoveryData) -> Recovery | None:
    """What the form has recorded already, if it is the same that came now."""
    stored = saved_before(Recovery, actor, submission)
    given = {"kind": data.kind, "amount": data.amount, "basis": data.basis, "happened_on": data.happened_on}
    if stored and differing(stored, {**given, name_of(subject): subject}):
        raise AlreadySavedError(stored)
    return stored


def record(
    actor: User, at: datetime, subject: Subject, data: RecoveryData, submission: UUID | None, reason: str
) -> Recovery:
    check(data, local_date(at))
    one_at_a_time(MONEY)
    seen, subject = look(), held(subject)  # its unit and matter, as they are now, are the money's
    if subject is None:
        raise LedgerError("这笔金额所属的记录已被删除，请刷新后查看")
    others = refuse_twice(subject, data, actor)
    made = Recovery.objects.create(
        kind=data.kind,
        amount=data.amount,
        basis=data.basis.strip(),
        happened_on=data.happened_on,
        unit_id=unit_of(subject),
        workstream_id=subject.workstream_id,
        created_by=actor,
        submission=own_key(actor, submission),
        **{name_of(subject): subject},
    )
    made.apart_from.add(*others)
    settle(seen, Corrected(made, "补记", reason, actor))
    return made


def unit_of(subject: Subject) -> int:
    """The unit whose work the money is: the one that leads a problem, not the one that passed it on."""
    return subject.responsible_unit_id if isinstance(subject, ProblemEntry) else subject.unit_id


@transaction.atomic
def update_recovery(
    *, recovery: Recovery, actor: User, at: datetime, data: RecoveryData, version: int | None, reason: str = ""
) -> Recovery:
    """Changes a recovery; what a closed period counts with a reason.

    Raises:
        StaleVersionError: someone saved it since the form was opened.
        FieldsRefusedError, CountedTwiceError, PeriodClosedError, LedgerError: as for recording.
    """
    one_at_a_time(MONEY)
    seen = look(recovery)
    stored = Recovery.objects.select_related("case", "entry", "activity", "unit").get(pk=recovery.pk)
    refuse_others(stored, actor, "修改")
    check(data, local_date(at))
    was = copy(stored)
    others = refuse_twice(stored.subject, data, actor, but=stored)
    stored.kind, stored.amount = data.kind, data.amount
    stored.basis, stored.happened_on = data.basis.strip(), data.happened_on
    save_version(stored, version)
    stored.apart_from.add(*others)
    settle(seen, Corrected(stored, changed_words(was, stored), reason, actor))
    return stored


@transaction.atomic
def delete_recovery(*, recovery: Recovery, actor: User, version: int | None = None, reason: str = "") -> str:
    """Deletes a recovery and says what it was.

    Raises:
        ChangedMeanwhileError: somebody changed it since `version` (that of `recovery` unless given) was seen.
        PeriodClosedError: a closed period counts it, and no `reason` is given.
        LedgerError: it isn't this person's, or gone already.
    """
    seen, stored = look(recovery), held(recovery)
    if stored is None:
        raise LedgerError("这笔金额已被删除，请刷新后查看")
    refuse_others(stored, actor, "删除")
    refuse_unseen(stored, recovery.version if version is None else version)
    named = f"{stored.get_kind_display()} {stored.amount:,.2f} 元"
    stored.delete()
    settle(seen, Corrected(stored, "删除", reason, actor))
    return named


@transaction.atomic
def say_other_money(*, one: Recovery, other: Recovery, actor: User) -> None:
    """Keeps that somebody has looked, and that these two sums of the same kind and amount are not one.

    Raises:
        LedgerError: neither is this person's, or they are not alike any more.
    """
    pair = [held(recovery) for recovery in sorted((one, other), key=lambda recovery: recovery.pk)]
    if None in pair or alike(pair[0]) != alike(pair[1]):
        raise LedgerError("这两笔已不是同类同额，不用再核对，请刷新后查看")
    if not any(may_change(recovery, actor) for recovery in pair):
        raise LedgerError("只有登记人和本单位联络员可以说明这是两笔钱")
    pair[0].apart_from.add(pair[1])


def refuse_others(recovery: Recovery, actor: User, what: str) -> None:
    if not may_change(recovery, actor):
        raise LedgerError(f"只有登记人和本单位联络员可以{what}这笔金额")
