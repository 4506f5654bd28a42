"""The ladder of overdue entries: its steps, set by an admin, and what was told when."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from ledger.filters.escalations import EscalationFilter
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.office.ladder import StepForm
from ledger.models import Escalation, LadderStep
from ledger.selectors.office.ladder import COLUMNS, ladder_page
from ledger.services.errors import LedgerError
from ledger.services.supervising.ladder_steps import save_step


@require_GET
@require_action("reminders.edit")
def ladder(request: AuthedRequest) -> HttpResponse:
    return render(request, "ledger/ladder.html", {"page": ladder_page(today())})


@require_http_methods(["GET", "POST"])
@require_action("reminders.edit")
def step_create(request: AuthedRequest) -> HttpResponse:
    return answer(request, StepForm(request.POST or None), None)


@require_http_methods(["GET", "POST"])
@require_action("reminders.edit")
def step_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(LadderStep.objects.visible_to(request.user), pk=pk)
    return answer(request, StepForm(request.POST or None, instance=step), pk)


def answer(request: AuthedRequest, form: StepForm, pk: int | None) -> HttpResponse:
    if form.is_valid():
        try:
            step = save_step(pk=pk, data=form.record, version=form.posted_version)
        except StaleVersionError:
            form.show_conflict(LadderStep.objects.get(pk=form.instance.pk))
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已保存“{step}”：告知{'、'.join(step.audiences)}")
            return redirect("ledger:ladder")
    status = 409 if form.conflict_by else 422 if form.errors else 200
    return render(request, "ledger/ladder_step.html", {"form": form, "pk": pk}, status=status)


def listed(request: AuthedRequest) -> EscalationFilter:
    return EscalationFilter(request.GET, Escalation.objects.for_list(), user=request.user)


@require_GET
@require_action("ledger.view")
def escalation_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return render(request, "ledger/escalation_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("export.run")
def escalation_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "逾期提级", COLUMNS, found.rows, found.words)
