"""Leaves: registered, listed, taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.clock import today
from common.forms.conflicts import posted_version
from common.idempotence import AlreadySavedError
from common.web.pages import paginate
from duty.forms import LeaveForm
from duty.models import DutyLeave
from duty.services.leaves import cancel_leave, register_leave
from ledger.forms.entries.refusals import show_refusal
from ledger.services.errors import LedgerError


@require_GET
@require_action("duty.view")
def leave_list(request: AuthedRequest) -> HttpResponse:
    """From today on: one's own, and for who clerks those of the unit."""
    rows = DutyLeave.objects.visible_to(request.user).filter(ends_on__gte=today())
    if not request.user.can("duty.edit"):
        rows = rows.filter(officer=request.user)
    rows = rows.select_related("officer__unit", "made_by").order_by("starts_on", "pk")
    return render(request, "duty/leave_list.html", {"page": paginate(request, rows)})


@require_http_methods(["GET", "POST"])
@require_action("duty.view")
def leave_create(request: AuthedRequest) -> HttpResponse:
    form = LeaveForm(request.POST or None, user=request.user, today=today())
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("officer", "starts_on", "ends_on", "reason")}
        try:
            leave, gaps = register_leave(
                actor=request.user, at=timezone.now(), submission=form.submission, **given
            )  # fmt: skip
        except AlreadySavedError as error:
            form.add_error(None, f"这张表单已经登记了：{error.stored}；要再登记一次请假，请另开一张")
        except LedgerError as error:
            show_refusal(form, error)
        else:
            more = f"；其间有 {gaps} 班成为空班，已告知联络员" if gaps else ""
            messages.success(request, f"已登记请假：{leave}{more}")
            return redirect("duty:leave-list")
    return render(request, "duty/leave_form.html", {"form": form})


@require_POST
@require_action("duty.view")
def leave_cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    leave = get_object_or_404(DutyLeave.objects.visible_to(request.user).select_related("officer"), pk=pk)
    words = str(leave)
    try:
        cancel_leave(actor=request.user, leave=leave, version=posted_version(request.POST), at=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已取消请假：{words}")
    return redirect("duty:leave-list")
