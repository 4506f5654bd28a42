from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft, restore
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.forms.reasons import posted_reason
from common.web.pages import go
from ledger.filters.activities import ActivityFilter
from ledger.forms.activities import PHRASES, ActivityForm
from ledger.forms.problems import ProblemForms, problem_forms
from ledger.forms.refusals import show_refusal
from ledger.models import ServiceActivity
from ledger.selectors import activities as selectors
from ledger.selectors.exports import ACTIVITY_COLUMNS
from ledger.services.activities import Logged, delete_activity, log_activity, update_activity
from ledger.services.errors import LedgerError
from ledger.services.periods import PeriodClosedError
from ledger.services.rights import may_change
from ledger.views.reasons import ask_reason


def listed(request: AuthedRequest) -> ActivityFilter:
    return ActivityFilter(request.GET, ServiceActivity.objects.all(), user=request.user)


@require_GET
@require_action("activity.view")
def activity_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    page, times = selectors.activity_rows(request.GET, found.qs, found.order)
    context = {"filter": found, "page": page, "times": times}
    return render(request, "ledger/activity_list.html", context)


@require_GET
@require_action("export.run")
def activity_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "服务活动", ACTIVITY_COLUMNS, found.rows.for_list(), found.words)


@require_GET
@require_action("activity.view")
def activity_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(ServiceActivity.objects.visible_to(request.user).for_detail(), pk=pk)
    return render(request, "ledger/activity_detail.html", {"page": selectors.activity_page(activity, request.user)})


@require_GET
@require_action("activity.log")
def activity_saved(request: AuthedRequest, pk: int) -> HttpResponse:
    """Names what was just logged, with what people do next."""
    activity = get_object_or_404(ServiceActivity.objects.visible_to(request.user).for_detail(), pk=pk)
    return render(request, "ledger/activity_saved.html", {"page": selectors.activity_page(activity, request.user)})


@require_http_methods(["GET", "POST"])
@require_action("activity.log")
def activity_create(request: AuthedRequest) -> HttpResponse:
    form, problems = screen(request, key := draft_key(request))
    if request.method == "POST" and all([form.is_valid(), problems.is_valid()]):
        typed: dict[str, Any] = {"data": form.to_data(problems), "submission": form.submission, "reason": form.reason}
        if logged := attempt(form, partial(log_activity, actor=request.user, at=timezone.now(), **typed)):
            drop_draft(user=request.user, key=key)
            return go(request, "ledger:activity-saved", pk=logged.activity.pk)
    return render(request, "ledger/activity_form.html", shown(request, form, problems, key))


@require_http_methods(["GET", "POST"])
@require_action("activity.log")
def activity_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(ServiceActivity.objects.visible_to(request.user).for_detail(), pk=pk)
    if not may_change(activity, request.user):
        raise PermissionDenied("只有经办干警、登记人和本单位联络员可以修改这次活动。")
    form, problems = screen(request, key := f"activity-{pk}", activity)
    if request.method == "POST" and all([form.is_valid(), problems.is_valid()]):
        typed: dict[str, Any] = {"data": form.to_data(problems), "version": form.posted_version, "reason": form.reason}
        change = partial(update_activity, activity=activity, actor=request.user, at=timezone.now(), **typed)
        if changed := attempt(form, change):
            drop_draft(user=request.user, key=key)
            messages.success(request, words_of(changed))
            return go(request, "ledger:activity-detail", pk=pk)
    return render(request, "ledger/activity_form.html", shown(request, form, problems, key, activity))


def attempt(form: ActivityForm, save: Callable[[], Logged]) -> Logged | None:
    """What was saved; None when the service refused, with the form saying why."""
    try:
        return save()
    except StaleVersionError:
        if form.instance is None:
            raise
        form.show_conflict(ServiceActivity.objects.get(pk=form.instance.pk))
    except LedgerError as error:
        show_refusal(form, error)
    return None


def words_of(changed: Logged) -> str:
    numbers = "、".join(entry.number for entry in changed.entries)
    return f"已保存修改：{changed.activity}" + (f"；登记了问题 {numbers}" if numbers else "")


@require_POST
@require_action("activity.log")
def activity_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(ServiceActivity.objects.visible_to(request.user).for_detail(), pk=pk)
    try:
        named = delete_activity(activity=activity, actor=request.user, reason=posted_reason(request.POST))
    except PeriodClosedError as error:
        back = reverse("ledger:activity-detail", args=[pk])
        return ask_reason(request, error, what=str(activity), button="删除这次活动", back=back)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledger:activity-detail", pk=pk)
    messages.success(request, f"已删除：{named}")
    return redirect("ledger:activity-list")


def draft_key(request: AuthedRequest) -> str:
    """A draft for each enterprise or project someone sets out from; one for all else."""
    served = selectors.served_named(request.user, request.GET)
    return f"activity-new-{selectors.mark(served)}" if served else "activity-new"


def screen(
    request: AuthedRequest, key: str, activity: ServiceActivity | None = None
) -> tuple[ActivityForm, ProblemForms]:
    """The two halves of the screen: as posted, else with what was typed before and the likely values filled in."""
    choices = selectors.form_choices(request.user, today())
    if request.method == "POST":
        form = ActivityForm(request.POST, request.FILES, choices=choices, activity=activity)
        return form, problem_forms(request.POST, user=request.user)
    draft = {} if "fresh" in request.GET else restore(user=request.user, key=key)
    likely: dict[str, Any] = {} if activity else selectors.likely_values(choices, request.GET)
    form = ActivityForm(choices=choices, activity=activity, initial={**likely, **draft}, restored=bool(draft))
    return form, problem_forms(user=request.user, restored=draft)


def shown(
    request: AuthedRequest,
    form: ActivityForm,
    problems: ProblemForms,
    key: str,
    activity: ServiceActivity | None = None,
) -> dict[str, Any]:
    return {"form": form, "problems": problems, "activity": activity, "draft_key": key, "phrases": PHRASES}
