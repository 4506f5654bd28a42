"""Logging what was done on site: the activity, its outputs, its files and the problems heard there, together."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from accounts.models import User
from common.closing import Corrected
from common.files import with_files
from common.idempotence import AlreadySavedError, own_key, saved_before
from common.periods import local_date
from ledger.closed.guard import look, settle
from ledger.models import ServiceActivity
from ledger.services.activities.changing import update_activity
from ledger.services.activities.repeats import is_addition, is_repeat, new_in, refuse_same_visit
from ledger.services.activities.rules import check, completed
from ledger.services.activities.typed import ActivityData, Logged
from ledger.services.activities.writing import register_problem, set_outputs, told
from ledger.services.errors import LedgerError
from ledger.services.files import attach, unknown


def log_activity(
    *, actor: User, at: datetime, data: ActivityData, submission: UUID | None = None, reason: str = ""
) -> Logged:
    """Records an activity with its outputs, files and problems; the same form sent twice records it once.

    A form sent again with more in it (a photo, a problem, a line of text), as after an answer that got lost, puts
    that into what it has recorded.

    Raises:
        FieldsRefusedError: something typed cannot be so.
        SameVisitError: not `is_another`, and the same person has logged such a visit that day.
        AlreadySavedError: the form has recorded something else before.
        PeriodClosedError: a closed period would count it, and no `reason` is given.
        LedgerError: the person belongs to no unit.
    """
    try:
        with with_files():
            return again(actor, at, data, submission, reason) or record(actor, at, data, submission, reason)
    except IntegrityError:
        # The same form arrived twice at one moment: the other one has recorded it by now.
        if earlier := again(actor, at, data, submission, reason):
            return earlier
        raise


def again(actor: User, at: datetime, data: ActivityData, submission: UUID | None, reason: str) -> Logged | None:
    """What the form has recorded already, with what came now added to it; None when it comes for the first time."""
    stored = saved_before(ServiceActivity, actor, submission)
    if stored is None:
        return None
    entries = list(stored.entries.order_by("pk"))
    if is_repeat(stored, data):
        return Logged(stored, entries)
    if not is_addition(stored, data):
        raise AlreadySavedError(stored)
    more = new_in(stored, data)
    changed = update_activity(activity=stored, actor=actor, at=at, data=more, version=stored.version, reason=reason)
    return Logged(changed.activity, [*entries, *changed.entries])


def record(actor: User, at: datetime, data: ActivityData, submission: UUID | None, reason: str) -> Logged:
    columns = completed(data.columns, actor)
    check(columns, data.outputs, local_date(at))
    if actor.unit is None:
        raise LedgerError("您的账号没有所属单位，请联系管理员设置后再登记")
    if not data.is_another:
        refuse_same_visit(actor, columns)
    seen = look()
    activity = ServiceActivity.objects.create(
        **columns, unit=actor.unit, officer=actor, created_by=actor, submission=own_key(actor, submission)
    )
    activity.participants.set(data.participants)
    set_outputs(activity, data.outputs)
    entries = [register_problem(activity, actor, at, problem) for problem in data.problems]
    settle(seen, Corrected(activity, lambda: f"补记，{told(activity)}", reason, actor))
    attach(unknown(activity, data.files), by=actor, activity=activity)
    return Logged(activity, entries)
