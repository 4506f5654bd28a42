"""What has nobody of its own, and who receives it meanwhile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.web.pages import paginate
from ledger.filters.vacancies import VacancyFilter
from ledger.selectors.vacancies import COLUMNS, Lines, standing, waiting_vacancies
from ledger.services.vacancies import check_vacancies


def listed(request: AuthedRequest) -> VacancyFilter:
    return VacancyFilter(request.GET, standing().for_list(), user=request.user)


@require_GET
@require_action("users.handover")
def vacancy_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    page = paginate(request, found.rows)
    return render(
        request,
        "ledger/vacancy_list.html",
        {"filter": found, "page": page, "lines": Lines(request.user)(page.object_list)},
    )


@require_GET
@require_action("users.handover")
def vacancy_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "没有专人负责的事", COLUMNS, found.rows, found.words, Lines(request.user))


@require_POST
@require_action("users.handover")
def vacancy_check(request: AuthedRequest) -> HttpResponse:
    """Looks anew at once; telling the office stays with the check of the day."""
    check_vacancies(at=timezone.now(), tell=False)
    count = waiting_vacancies(request.user)
    messages.success(request, f"已重新核对，{f'有 {count} 项没有专人负责' if count else '每件事都有专人负责'}")
    return redirect("ledger:vacancy-list")
