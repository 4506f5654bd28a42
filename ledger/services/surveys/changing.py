"""Putting a survey form right: all of it while it has no request, then what its entries have not taken over."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from common.closing import Corrected, changed_words
from common.forms.conflicts import StaleVersionError, save_version
from common.periods import local_date
from ledger.closed.guard import held, look, settle
from ledger.models import SurveyForm
from ledger.services.errors import FieldsRefusedError, MoveRefusedError
from ledger.services.surveys.entries import register_requests
from ledger.services.surveys.recording import Surveyed, refuse_same
from ledger.services.surveys.rules import REQUESTED, check, fingerprint, may_change_survey
from ledger.services.surveys.typed import COLUMNS, SurveyData


def update_survey(
    *, form: SurveyForm, actor: User, at: datetime, data: SurveyData, version: int | None, reason: str = ""
) -> Surveyed:
    """Changes a stored form; requests that it had not are registered now.

    Raises:
        MoveRefusedError: not this person's to change.
        StaleVersionError: somebody saved it since `version`.
        FieldsRefusedError: what its entries have taken over would change, or something cannot be so.
        SameSurveyError: it would be the very form that is there already.
        PeriodClosedError: figures of a closed period would change, and no `reason` is given.
    """
    try:
        return change(form, actor, at, data, version, reason)
    except IntegrityError:
        refuse_same(actor, data, is_another=True, but=form)
        raise


@transaction.atomic
def change(form: SurveyForm, actor: User, at: datetime, data: SurveyData, version: int | None, reason: str) -> Surveyed:
    seen = look(form)
    before, stored = held(form), held(form)
    if stored is None or not may_change_survey(stored, actor):
        raise MoveRefusedError("只有走访干警、登记人和走访单位的联络员可以修改这份调查表")
    if stored.version != version:
        raise StaleVersionError
    refuse_requested(stored, data)
    check(data.columns, bool(data.requests), local_date(at))
    had = bool(stored.appeal)
    if not had:
        refuse_same(actor, data, is_another=True, but=stored)
    officer = data.columns["officer"]
    for name in COLUMNS:
        setattr(stored, name, data.columns[name])
    if officer is not None and officer.pk != before.officer_id:
        stored.officer_name = officer.name
    if not had:
        stored.fingerprint = fingerprint(data.columns)
    save_version(stored, version)
    entries = [] if had else register_requests(stored, data.requests, actor, at)
    settle(seen, Corrected(stored, lambda: changed_words(before, stored), reason, actor))
    for entry in entries:
        settle(seen, Corrected(entry, "补记", reason, actor))
    return Surveyed(stored, entries)


def refuse_requested(stored: SurveyForm, data: SurveyData) -> None:
    """
    Raises:
        FieldsRefusedError: the form has requests, and what their entries have taken over would change.
    """
    if not stored.appeal:
        return
    changed = [name for name in REQUESTED if getattr(stored, name) != data.columns[name]]
    if changed:
        raise FieldsRefusedError(dict.fromkeys(changed, "诉求已登入台账，这一项不再改；请在问题页面更正"))
