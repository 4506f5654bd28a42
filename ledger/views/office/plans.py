from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft, restore
from common.clock import today
from common.dates import EARLIEST, LAST_DAY
from common.forms.conflicts import StaleVersionError
from common.sent.numbers import whole_number
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.office.plans import PlanForm, ProgressForm, TaskForm
from ledger.models import ActionPlan, KeyTask
from ledger.selectors.office import plans as selectors
from ledger.services.errors import LedgerError
from ledger.services.plans import add_task, create_plan, may_report, report_progress


def address(year: int) -> str:
    return f"{reverse('ledger:plan')}?year={year}"


@require_GET
@require_action("plan.view")
def plan(request: AuthedRequest) -> HttpResponse:
    year = request.GET.get("year", "")
    found = selectors.plan_of(request.user, year, today())
    if found is None:
        context = {"year": year or today().year, "years": selectors.years(request.user)}
        return render(request, "ledger/plan_empty.html", context)
    return render(request, "ledger/plan.html", {"page": selectors.plan_page(found, request.user, today())})


@require_http_methods(["GET", "POST"])
@require_action("plan.edit")
def plan_create(request: AuthedRequest) -> HttpResponse:
    asked = whole_number(request.GET.get("year"))
    year = asked if asked and EARLIEST.year <= asked <= LAST_DAY.year else today().year
    form = PlanForm(request.POST or None, year=year)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_plan(data=form.to_data(), by=request.user)
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已建立{made.title}，请逐项添加重点工作")
            return redirect(address(made.year))
    return render(request, "ledger/plan_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require_action("plan.edit")
def task_create(request: AuthedRequest, pk: int) -> HttpResponse:
    made_for = get_object_or_404(ActionPlan.objects.visible_to(request.user), pk=pk)
    form = TaskForm(request.POST or None, plan=made_for, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            task = add_task(plan=made_for, data=form.to_data(), by=request.user)
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已添加重点工作 {task}")
            return redirect(address(made_for.year))
    return render(request, "ledger/task_form.html", {"form": form, "plan": made_for})


@require_http_methods(["GET", "POST"])
@require_action("plan.report")
def task_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    """How far a task is; admins, and coordinators of the unit that leads it."""
    task = get_object_or_404(KeyTask.objects.visible_to(request.user).select_related("plan", "lead_unit"), pk=pk)
    if not may_report(task, request.user):
        raise PermissionDenied("进展由牵头单位联络员或管理员填报。")
    key = f"task-{pk}"
    if request.method == "POST":
        form = ProgressForm(request.POST, task=task)
        if form.is_valid() and report(form, task, request.user):
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已填报进展：{task.name} {form.cleaned_data['progress']}%")
            return redirect(address(task.plan.year))
    else:
        form = ProgressForm(task=task, initial=restore(user=request.user, key=key))
    return render(request, "ledger/task_edit.html", {"form": form, "task": task, "draft_key": key})


def report(form: ProgressForm, task: KeyTask, user: Any) -> KeyTask | None:
    """The task as reported; None when the service refused, with the form saying why."""
    cleaned = form.cleaned_data
    try:
        return report_progress(
            task=task,
            actor=user,
            progress=cleaned["progress"],
            note=cleaned["progress_note"],
            version=form.posted_version,
        )
    except StaleVersionError:
        form.show_conflict(KeyTask.objects.get(pk=task.pk))
    except LedgerError as error:
        show_refusal(form, error)
    return None
