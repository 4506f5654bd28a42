from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import begun_anew, drop_typed, restore
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.idempotence import AlreadySavedError, repeat_words, saved_before
from common.sent.numbers import whole_number
from common.web.pages import paginate
from enterprises.models import Enterprise
from ledger.filters.surveys import SurveyFilter
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.surveys import SurveyTypedForm
from ledger.models import SurveyForm
from ledger.selectors import surveys as selectors
from ledger.selectors.entries.exports import survey_columns
from ledger.services.errors import LedgerError
from ledger.services.surveys import SameSurveyError, may_change_survey, record_survey, update_survey
from ledger.services.surveys.recording import Surveyed

NEW = "survey-new"


def listed(request: AuthedRequest) -> SurveyFilter:
    return SurveyFilter(request.GET, SurveyForm.objects.all(), user=request.user)


@require_GET
@require_action("survey.view")
def survey_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    context = {"filter": found, "page": paginate(request, found.rows.for_list())}
    return render(request, "ledger/survey_list.html", context)


@require_GET
@require_action("survey.view")
def survey_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    form = get_object_or_404(SurveyForm.objects.visible_to(request.user).for_list(), pk=pk)
    return render(request, "ledger/survey_detail.html", {"page": selectors.survey_page(form, request.user)})


@require_GET
@require_action("export.run")
def survey_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "征求意见调查表", survey_columns(request.user), found.rows.for_list(), found.words)


@require_http_methods(["GET", "POST"])
@require_action("survey.edit")
def survey_create(request: AuthedRequest) -> HttpResponse:
    firm = firm_named(request)
    key = f"{NEW}-{firm.pk}" if firm else NEW
    if clean := begun_anew(request, key):
        return redirect(clean)
    initial = {**selectors.likely_values(firm), **restore(user=request.user, key=key)}
    form = SurveyTypedForm(request.POST or None, user=request.user, today=today(), initial=initial)
    if form.is_valid():
        before = saved_before(SurveyForm, request.user, form.submission)
        if made := recorded(request, form):
            drop_typed(request, key)
            messages.success(request, repeat_words(before, made.form) or words_of(made, "已登记调查表"))
            return redirect("ledger:survey-detail", made.form.pk)
    return page_of(request, form, key)


@require_http_methods(["GET", "POST"])
@require_action("survey.edit")
def survey_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    survey = get_object_or_404(SurveyForm.objects.visible_to(request.user).for_list(), pk=pk)
    if not may_change_survey(survey, request.user):
        raise PermissionDenied("只有走访干警、登记人和走访单位的联络员可以修改这份调查表。")
    if clean := begun_anew(request, key := f"survey-{pk}"):
        return redirect(clean)
    initial = restore(user=request.user, key=key)
    form = SurveyTypedForm(request.POST or None, user=request.user, today=today(), survey=survey, initial=initial)
    if form.is_valid() and (made := changed(request, form, survey)):
        drop_typed(request, key)
        left = f"。没有改：{form.left_out}" if form.left_out else ""
        messages.success(request, words_of(made, "已保存修改") + left)
        return redirect("ledger:survey-detail", pk)
    return page_of(request, form, key)


@require_POST
@require_action("survey.edit")
def survey_requests(request: AuthedRequest) -> HttpResponse:
    """The entries that the text, as typed so far, will become."""
    form = SurveyTypedForm(request.POST, user=request.user, today=today())
    return render(request, "ledger/_survey_requests.html", {"form": form})


def firm_named(request: AuthedRequest) -> Enterprise | None:
    """The firm that an address sets out from: `?enterprise=12`."""
    pk = whole_number(request.GET.get("enterprise"))
    return None if pk is None else get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)


def recorded(request: AuthedRequest, form: SurveyTypedForm) -> Surveyed | None:
    """What was registered; None with the form saying why not."""
    data: dict[str, Any] = {"data": form.data_typed, "submission": form.submission, "reason": form.reason}
    try:
        another = form.cleaned_data["is_another"]
        return record_survey(actor=request.user, at=timezone.now(), is_another=another, **data)
    except AlreadySavedError as error:
        see, change = (reverse(f"ledger:survey-{page}", args=[error.stored.pk]) for page in ("detail", "edit"))
        form.show_saved(error.stored, see=see, change=change)
    except SameSurveyError as error:
        form.ask_about_same(error)
    except LedgerError as error:
        show_refusal(form, error, day_field="visited_on")
    return None


def changed(request: AuthedRequest, form: SurveyTypedForm, survey: SurveyForm) -> Surveyed | None:
    data: dict[str, Any] = {"data": form.data_typed, "version": form.posted_version, "reason": form.reason}
    try:
        return update_survey(form=survey, actor=request.user, at=timezone.now(), **data)
    except StaleVersionError:
        form.show_conflict(SurveyForm.objects.for_list().get(pk=survey.pk))
    except SameSurveyError as error:
        form.ask_about_same(error)
    except LedgerError as error:
        show_refusal(form, error, day_field="visited_on")
    return None


def words_of(made: Surveyed, done: str) -> str:
    numbers = "、".join(entry.number for entry in made.entries)
    return f"{done}：{made.form}" + (f"；诉求登入台账 {numbers}" if numbers else "")


def page_of(request: AuthedRequest, form: SurveyTypedForm, key: str) -> HttpResponse:
    context = {"form": form, "key": key, "survey": form.instance}
    return render(request, "ledger/survey_form.html", context, status=409 if form.conflict_by else 200)
