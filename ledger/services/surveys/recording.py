"""A survey form typed by hand: the same record as an imported one, and its requests ledger entries at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from common.closing import Corrected
from common.idempotence import AlreadySavedError, differing, own_key, saved_before
from common.periods import Period, local_date
from ledger.closed.guard import look, settle
from ledger.models import ProblemEntry, SurveyForm
from ledger.services.errors import LedgerError
from ledger.services.surveys.entries import register_requests
from ledger.services.surveys.rules import check, fingerprint
from ledger.services.surveys.typed import COLUMNS, SurveyData


class SameSurveyError(LedgerError):
    """The firm has forms already: the very same one (`is_sure`), or others of the half-year, which a person's word
    tells apart. `forms` are those that the person may see."""

    def __init__(self, message: str, forms: Sequence[SurveyForm], *, is_sure: bool) -> None:
        super().__init__(message)
        self.forms = list(forms)
        self.is_sure = is_sure


@dataclass(frozen=True)
class Surveyed:
    """The form, and the entries its requests became."""

    form: SurveyForm
    entries: Sequence[ProblemEntry]


def record_survey(
    *,
    actor: User,
    at: datetime,
    data: SurveyData,
    submission: UUID | None = None,
    is_another: bool = False,
    reason: str = "",
) -> Surveyed:
    """Registers the form and its requests together; once for each `submission` key.

    Raises:
        FieldsRefusedError: something typed cannot be so.
        SameSurveyError: the very form is there already; or, not `is_another`, the firm has one of that half-year.
        AlreadySavedError: the page has registered something else before.
        PeriodClosedError: a closed period would count it, and no `reason` is given.
    """
    try:
        return again(actor, data, submission) or record(actor, at, data, submission, is_another, reason)
    except IntegrityError:
        if earlier := again(actor, data, submission):
            return earlier
        refuse_same(actor, data, is_another)  # a colleague registered the very form at this moment
        raise


def again(actor: User, data: SurveyData, submission: UUID | None) -> Surveyed | None:
    """What the page has registered already; None when it comes for the first time."""
    stored = saved_before(SurveyForm, actor, submission)
    if stored is None:
        return None
    if differing(stored, {name: data.columns[name] for name in COLUMNS}):
        raise AlreadySavedError(stored)
    return Surveyed(stored, list(stored.entries.order_by("pk")))


@transaction.atomic
def record(
    actor: User, at: datetime, data: SurveyData, submission: UUID | None, is_another: bool, reason: str
) -> Surveyed:
    check(data.columns, bool(data.requests), local_date(at))
    refuse_same(actor, data, is_another)
    seen = look()
    officer = data.columns["officer"]
    form = SurveyForm.objects.create(
        **{name: data.columns[name] for name in COLUMNS},
        officer_name=officer.name if officer else "",
        fingerprint=fingerprint(data.columns),
        created_by=actor,
        submission=own_key(actor, submission),
    )
    entries = register_requests(form, data.requests, actor, at)
    for record in (form, *entries):
        settle(seen, Corrected(record, "补记", reason, actor))
    return Surveyed(form, entries)


def refuse_same(actor: User, data: SurveyData, is_another: bool, but: SurveyForm | None = None) -> None:
    firm, day = data.columns["enterprise"], data.columns["visited_on"]
    rows = SurveyForm.objects.exclude(pk=but.pk) if but else SurveyForm.objects.all()
    same = rows.filter(fingerprint=fingerprint(data.columns))
    if same.exists():
        words = f"{firm} {day:%Y-%m-%d} 同样诉求的调查表已经登记过，不能再登记一份"
        raise SameSurveyError(words, list(same.visible_to(actor).for_list()), is_sure=True)
    if is_another:
        return
    near = rows.visible_to(actor).filter(enterprise=firm).in_period(Period.half_of(day)).for_list()
    if forms := list(near.order_by("-visited_on", "-pk")):
        words = f"{firm}在{Period.half_of(day).label}已有 {len(forms)} 份调查表"
        raise SameSurveyError(f"{words}。是同一份的，去改那一份；确是另一份的，请勾选后再保存", forms, is_sure=False)
