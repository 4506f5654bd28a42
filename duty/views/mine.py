"""One's own duties, and swapping them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.clock import today
from common.idempotence import AlreadySavedError
from duty.forms import SwapForm
from duty.models import DutyShift, DutySwap
from duty.selectors.mine import my_duty
from duty.services.swaps import answer_swap, ask_swap, may_ask, withdraw_swap
from duty.services.telling import mine as mine_address
from ledger.forms.entries.refusals import show_refusal
from ledger.services.errors import LedgerError


@require_GET
@require_action("duty.view")
def mine(request: AuthedRequest) -> HttpResponse:
    return render(request, "duty/mine.html", {"page": my_duty(request.user, today()), "today": today()})


@require_http_methods(["GET", "POST"])
@require_action("duty.view")
def swap_create(request: AuthedRequest, pk: int) -> HttpResponse:
    shifts = DutyShift.objects.visible_to(request.user).filter(officer=request.user)
    shift = get_object_or_404(shifts.select_related("workstream", "officer"), pk=pk)
    form = SwapForm(request.POST or None, user=request.user, shift=shift, today=today())
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("person", "other", "reason")}
        try:
            swap = ask_swap(
                actor=request.user, shift=shift, at=timezone.now(), submission=form.submission, **given
            )  # fmt: skip
        except AlreadySavedError as error:
            form.show_saved(error.stored, see=mine_address())
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已请{swap.asked_of}答复：{swap.words}")
            return redirect("duty:mine")
    context = {"form": form, "shift": shift, "may_ask": may_ask(shift, request.user, today())}
    return render(request, "duty/swap.html", context)


@require_POST
@require_action("duty.view")
def swap_answer(request: AuthedRequest, pk: int) -> HttpResponse:
    """同意、不同意, or taking it back; the button says which."""
    swap = get_object_or_404(DutySwap.objects.visible_to(request.user), pk=pk)
    answer, now = request.POST.get("answer", ""), timezone.now()
    try:
        if answer == "withdraw":
            swap = withdraw_swap(actor=request.user, swap=swap, at=now)
        elif answer in {"yes", "no"}:
            swap = answer_swap(actor=request.user, swap=swap, agrees=answer == "yes", at=now)
        else:
            messages.error(request, "请点“同意”或“不同意”")
            return redirect("duty:mine")
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{swap.get_state_display()}：{swap.words}")
    return redirect("duty:mine")
