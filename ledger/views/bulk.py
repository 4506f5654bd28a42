"""One step for many entries of the list: chosen, looked at, done, told."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from common.idempotence import AlreadySavedError
from common.sent.numbers import whole_number
from ledger.forms.entries.bulk import BulkForm
from ledger.models import BulkOperation, BulkRun, ProblemEntry
from ledger.selectors.entries.picks import next_offer
from ledger.services.entries.bulk import MOST, look_at, run

BROUGHT = {BulkOperation.CLOSE_OUT.value: ("events__attachments",)}  # what the proofs of the step read of each entry
LONGEST = 2000  # of an address that is carried along


@require_http_methods(["GET", "POST"])
@require_action("ledger.bulk")
def bulk(request: AuthedRequest, operation: str) -> HttpResponse:
    """What would be done and what not, and what is needed for it; then it is done as it was looked at."""
    if operation not in BulkOperation.values:
        raise Http404
    now, entries, back = timezone.now(), chosen_entries(request, operation), way_back(request)
    form = BulkForm(request.POST or None, operation=operation, user=request.user, entries=entries)
    data = form.move_data if form.is_valid() else None if form.is_bound else form.opened_with
    looked, confirmed = form.looked_at(data), "confirm" in request.POST and data is not None
    as_seen = confirmed and request.POST.get("looked") == looked
    if as_seen and (made := done(request, form, operation, entries)):
        query = f"?{urlencode({'from': back})}" if back else ""
        return redirect(f"{reverse('ledger:bulk-result', args=[made.pk])}{query}")
    lines = look_at(operation, entries, actor=request.user, at=now, data=data)
    context: dict[str, Any] = {"form": form, "lines": lines, "title": BulkOperation(operation).label, "back": back}
    context |= {"ready": data is not None, "looked": looked, "changed": confirmed and not as_seen}
    context["will"] = sum(line.done for line in lines)
    context["refused"] = len(lines) - context["will"]
    return render(request, "ledger/bulk.html", context, status=422 if form.errors else 409 if form.saved else 200)


def done(request: AuthedRequest, form: BulkForm, operation: str, entries: list[ProblemEntry]) -> BulkRun | None:
    """Does it, or leaves on the form what the same form has done before."""
    if form.submission is None:
        return None
    now, key = timezone.now(), form.submission
    try:
        return run(operation, entries, actor=request.user, at=now, typed=form.typed, submission=key)
    except AlreadySavedError as error:
        form.show_done(error.stored, entries, reverse("ledger:bulk-result", args=[error.stored.pk]))
    return None


def way_back(request: AuthedRequest) -> str:
    """The query of the list that the entries were ticked in."""
    given = request.POST if request.method == "POST" else request.GET
    return given.get("from", "")[:LONGEST]


def chosen_entries(request: AuthedRequest, operation: str) -> list[ProblemEntry]:
    """The entries ticked, as far as this person may see them; to be done, each with the version that was looked at.

    Raises:
        PermissionDenied: more than may be done at once.
    """
    given = request.POST if request.method == "POST" else request.GET
    ticked = [part.partition(":") for part in given.getlist("entry")]
    versions = {pk: version for one, _, version in ticked if (pk := whole_number(one)) is not None}
    if len(versions) > MOST:
        raise PermissionDenied(f"一次最多选 {MOST} 条，您选了 {len(versions)} 条")
    mine = ProblemEntry.objects.visible_to(request.user).filter(pk__in=versions)
    rows = mine.for_list().prefetch_related("support", *BROUGHT.get(operation, ()))
    found = sorted(rows, key=lambda entry: list(versions).index(entry.pk))
    for entry in found if "confirm" in given else []:
        seen = whole_number(versions[entry.pk])
        entry.version = entry.version if seen is None else seen
    return found


@require_GET
@require_action("ledger.bulk")
def bulk_result(request: AuthedRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(BulkRun.objects.visible_to(request.user), pk=pk)
    context = {"run": made, "title": made.get_operation_display(), "then": next_offer(made), "back": way_back(request)}
    return render(request, "ledger/bulk_result.html", context)
