"""Saying by which case a problem is resolved, and finding what money belongs to."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from cases.models import LegalCase
from common.forms.conflicts import StaleVersionError, posted_version
from common.sent.numbers import whole_number
from ledger.models import ProblemEntry
from ledger.selectors.recoveries import subject_choices
from ledger.services.entries.linking import link_case
from ledger.services.errors import LedgerError


@require_POST
@require_action("ledger.register")
def entry_link_case(request: AuthedRequest, pk: int) -> HttpResponse:
    """From the page of either: `case` names the case, or is empty for none."""
    entry = get_object_or_404(ProblemEntry.objects.visible_to(request.user), pk=pk)
    key = whole_number(request.POST.get("case"))
    case = None if key is None else get_object_or_404(LegalCase.objects.visible_to(request.user), pk=key)
    try:
        link_case(entry=entry, case=case, actor=request.user, version=posted_version(request.POST))
    except StaleVersionError:
        messages.warning(request, f"{entry.number} 刚被别人改过，还没有关联，请看过再点一次")
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        said = f"{entry.number} 据 {case.number} 化解" if case else f"{entry.number} 不再写据案件化解"
        messages.success(request, said)
    if case and request.POST.get("from") == "case":
        return redirect("cases:case-detail", case.pk)
    return redirect("ledger:entry-detail", pk)


@require_GET
@require_action("money.edit")
def recovery_subjects(request: AuthedRequest) -> JsonResponse:
    """For Tom Select's `data-url`: cases, problems and activities that hold the words."""
    return JsonResponse({"results": subject_choices(request.user, request.GET.get("q", "")[:100])})
