"""Handing over the work of somebody who leaves or changes post."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.models import User
from ledger.forms.handover import HandoverForm
from ledger.selectors.handover import sections
from ledger.services.errors import LedgerError
from ledger.services.handover import Change, hand_over, people_of, people_with_work


@require_GET
@require_action("users.handover")
def handover_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "ledger/handover_list.html", {"people": people_with_work(request.user)})


@require_http_methods(["GET", "POST"])
@require_action("users.handover")
def handover(request: AuthedRequest, pk: int) -> HttpResponse:
    """Everything open in one person's name, to be emptied before the account is closed."""
    person = get_object_or_404(people_of(request.user).select_related("unit"), pk=pk)
    form = HandoverForm(request.POST or None, user=request.user, person=person)
    refused: list[str] = []
    if form.is_valid():
        refused = given(request, form, person)
        if not refused and not form.errors:
            return redirect("ledger:handover", pk)
    context = {"person": person, "form": form, "refused": refused, "sections": sections(person)}
    return render(request, "ledger/handover.html", context, status=409 if refused else 200)


def given(request: AuthedRequest, form: HandoverForm, person: User) -> list[str]:
    """Hands over what was picked; gives back, in words, what could not be."""
    to = form.cleaned_data["to"]
    change = Change(to=to, reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now())
    try:
        outcome = hand_over(person=person, picked=form.picked, change=change)
    except LedgerError as error:
        form.add_error(None, str(error))
        return []
    if outcome.done:
        messages.success(request, f"已交接 {outcome.done} 项{f'给{to.name}' if to else ''}")
    return outcome.refused
