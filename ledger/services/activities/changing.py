"""Changing and deleting an activity."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.closing import Corrected, changed_words
from common.files import with_files
from common.forms.conflicts import save_version
from common.periods import local_date
from ledger.closed.guard import held, look, settle
from ledger.models import ServiceActivity
from ledger.services.activities.rules import check, completed
from ledger.services.activities.typed import ActivityData, Logged
from ledger.services.activities.writing import move_money, register_problem, set_outputs, told
from ledger.services.errors import LedgerError, refuse_unseen
from ledger.services.files import attach, remove, unknown
from ledger.services.rights import may_change


@with_files()
def update_activity(
    *, activity: ServiceActivity, actor: User, at: datetime, data: ActivityData, version: int | None, reason: str = ""
) -> Logged:
    """Changes an activity, and registers the problems added to it.

    Raises:
        StaleVersionError: someone saved it since the form was opened.
        FieldsRefusedError, PeriodClosedError, LedgerError: as for logging; closed periods count also its money, and
            whether problems resolved in them were raised at a leader's visit.
    """
    seen = look(activity)
    changed, was = (ServiceActivity.objects.get(pk=activity.pk) for _ in range(2))
    refuse_others(changed, actor, "修改")
    said = told(was)
    columns = completed(data.columns, changed.officer)
    check(columns, data.outputs, local_date(at))
    for name, value in columns.items():
        setattr(changed, name, value)
    save_version(changed, version)
    move_money(changed)
    changed.participants.set(data.participants)
    set_outputs(changed, data.outputs)
    entries = [register_problem(changed, actor, at, problem) for problem in data.problems]
    words = changed_words(was, changed) + (f"；成果：{said} → {told(changed)}" if said != told(changed) else "")
    settle(seen, Corrected(changed, words, reason, actor))
    attach(unknown(changed, data.files), by=actor, activity=changed)
    return Logged(changed, entries)


@transaction.atomic
def delete_activity(*, activity: ServiceActivity, actor: User, version: int | None = None, reason: str = "") -> str:
    """Deletes an activity with its outputs and files, and gives back its name.

    Raises:
        ChangedMeanwhileError: somebody changed it since `version` (that of `activity` unless given) was seen.
        PeriodClosedError: a closed period counts it, and no `reason` is given.
        LedgerError: not one's own, gone already, or something was registered from it.
    """
    seen, stored = look(activity), held(activity)
    if stored is None:
        raise LedgerError("这次活动已被删除，请刷新后查看")
    refuse_others(stored, actor, "删除")
    refuse_unseen(stored, activity.version if version is None else version)
    numbers = list(stored.entries.order_by("pk").values_list("number", flat=True))
    if numbers:
        raise LedgerError(f"从这次活动登记了问题 {'、'.join(numbers)}，不能删除；填错的请用“修改”")
    if stored.recoveries.exists():
        raise LedgerError("这次活动登记了挽回损失，不能删除；请先删除那笔金额，或用“修改”")
    named, words = str(stored), f"删除，原为 {told(stored)}"
    for attachment in stored.attachments.all():
        remove(attachment)
    stored.delete()
    settle(seen, Corrected(stored, words, reason, actor))
    return named


def refuse_others(activity: ServiceActivity, actor: User, what: str) -> None:
    if not may_change(activity, actor):
        raise LedgerError(f"只有经办干警、登记人和本单位联络员可以{what}这次活动")
