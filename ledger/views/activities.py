from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.kept.files import KeptFiles
from accounts.signin.drafts import begun_anew, drop_typed, restore
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError, posted_version
from common.forms.reasons import posted_reason
from common.idempotence import AlreadySavedError, repeat_words, saved_before
from common.web.pages import go
from ledger.filters.activities import ActivityFilter
from ledger.forms.activities import PHRASES, ActivityForm
from ledger.forms.entries.problems import ProblemForms, problem_forms
from ledger.forms.entries.refusals import show_refusal
from ledger.models import ServiceActivity
from ledger.selectors import activities as selectors
from ledger.selectors.entries.exports import ACTIVITY_COLUMNS
from ledger.services.activities import Logged, SameVisitError, delete_activity, log_activity, update_activity
from ledger.services.errors import LedgerError
from ledger.services.periods import PeriodClosedError
from ledger.services.rights import may_change
from ledger.views.reasons import ask_reason

NEW = "activity-new"


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
    if clean := begun_anew(request, key := draft_key(request)):
        return redirect(clean)
    form, problems = screen(request, key)
    if request.method == "POST" and all([form.is_valid(), problems.is_valid()]):
        typed: dict[str, Any] = {"data": form.to_data(problems), "submission": form.submission, "reason": form.reason}
        before = saved_before(ServiceActivity, request.user, form.submission)
        if logged := attempt(form, problems, partial(log_activity, actor=request.user, at=timezone.now(), **typed)):
            drop_typed(request, key)
            tell(request, repeat_words(before, logged.activity), form.dropped_words)
            return go(request, "ledger:activity-saved", pk=logged.activity.pk)
    return render(request, "ledger/activity_form.html", shown(request, form, problems, key))


@require_http_methods(["GET", "POST"])
@require_action("activity.log")
def activity_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    activity = ServiceActivity.objects.visible_to(request.user).for_detail().filter(pk=pk).first()
    if activity is None:
        return gone(request)
    if not may_change(activity, request.user):
        raise PermissionDenied("只有经办干警、登记人和本单位联络员可以修改这次活动。")
    if clean := begun_anew(request, key := f"activity-{pk}"):
        return redirect(clean)
    form, problems = screen(request, key, activity)
    if request.method == "POST" and all([form.is_valid(), problems.is_valid()]):
        typed: dict[str, Any] = {"data": form.to_data(problems), "version": form.posted_version, "reason": form.reason}
        change = partial(update_activity, activity=activity, actor=request.user, at=timezone.now(), **typed)
        if changed := attempt(form, problems, change):
            drop_typed(request, key)
            messages.success(request, words_of(changed))
            tell(request, form.dropped_words)
            return go(request, "ledger:activity-detail", pk=pk)
    return render(request, "ledger/activity_form.html", shown(request, form, problems, key, activity))


def gone(request: AuthedRequest) -> HttpResponse:
    """What was typed into the form of an activity that has been deleted: it can be saved as a new one."""
    if request.method != "POST":
        raise Http404
    form, problems = screen(request, NEW)
    form.add_error(None, "这次活动找不到了，可能刚被别人删除。您填写的内容都在下面，要保留就再点一次保存，记为新的一条")
    context = {**shown(request, form, problems, NEW), "action": reverse("ledger:activity-create")}
    return render(request, "ledger/activity_form.html", context, status=404)


def attempt(form: ActivityForm, problems: ProblemForms, save: Callable[[], Logged]) -> Logged | None:
    """What was saved; None when the service refused, with the form saying why."""
    try:
        return save()
    except StaleVersionError:
        if form.instance is None:
            raise
        form.show_conflict(ServiceActivity.objects.get(pk=form.instance.pk))
    except AlreadySavedError as error:
        see, change = (reverse(f"ledger:activity-{page}", args=[error.stored.pk]) for page in ("detail", "edit"))
        form.show_saved(error.stored, see=see, change=change)
        problems.forget(error.stored.entries.all())
    except SameVisitError as error:
        form.ask_about_same_visit(error)
    except LedgerError as error:
        show_refusal(form, error)
    return None


def tell(request: AuthedRequest, *words: str) -> None:
    for said in filter(None, words):
        messages.info(request, said)


def words_of(changed: Logged) -> str:
    numbers = "、".join(entry.number for entry in changed.entries)
    return f"已保存修改：{changed.activity}" + (f"；登记了问题 {numbers}" if numbers else "")


@require_POST
@require_action("activity.log")
def activity_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(ServiceActivity.objects.visible_to(request.user).for_detail(), pk=pk)
    seen, reason = posted_version(request.POST), posted_reason(request.POST)
    try:
        seen, reason = posted_version(request.POST), posted_reason(request.POST)
        named = delete_activity(activity=activity, actor=request.user, version=seen, reason=reason)
    except PeriodClosedError as error:
        back = reverse("ledger:activity-detail", args=[pk])
        return ask_reason(request, error, what=str(activity), button="删除这次活动", back=back)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledger:activity-detail", pk=pk)
    messages.success(request, f"已删除：{named}")
    return redirect("ledger:activity-list")


def draft_key(request: AuthedRequest) -> str:
    """A draft for each enterprise, project or rostered duty someone sets out from; one for all else."""
    if duty := selectors.duty_named(request.GET):
        return f"{NEW}-duty-{duty}"
    served = selectors.served_named(request.user, request.GET)
    return f"{NEW}-{selectors.mark(served)}" if served else NEW


def screen(
    request: AuthedRequest, key: str, activity: ServiceActivity | None = None
) -> tuple[ActivityForm, ProblemForms]:
    """The two halves of the screen: as posted, else with what was typed before and the likely values filled in."""
    choices, kept = selectors.form_choices(request.user, today()), KeptFiles(request, key)
    if request.method == "POST":
        form = ActivityForm(request.POST, request.FILES, choices=choices, activity=activity, kept=kept)
        return form, problem_forms(request.POST, user=request.user)
    draft = restore(user=request.user, key=key)
    likely: dict[str, Any] = {} if activity else selectors.likely_values(choices, request.GET)
    values: dict[str, Any] = {"initial": {**likely, **draft}, "restored": bool(draft), "kept": kept}
    form = ActivityForm(choices=choices, activity=activity, **values)
    return form, problem_forms(user=request.user, restored=draft)


def shown(
    request: AuthedRequest,
    form: ActivityForm,
    problems: ProblemForms,
    key: str,
    activity: ServiceActivity | None = None,
) -> dict[str, Any]:
    form.keep_files()
    return {"form": form, "problems": problems, "activity": activity, "draft_key": key, "phrases": PHRASES}
