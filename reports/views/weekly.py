"""每周通报: a week chosen, as a page, a workbook and a Word file."""

from datetime import date
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import require_action
from accounts.exports import book_response
from common.clock import today
from reports.weekly.page import WeekPage, week_document, week_page, week_sheet

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asked_for(request: HttpRequest) -> WeekPage:
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = None
    if asked and not 2000 <= asked.year <= 2100:
        asked = None
    return week_page(request.user, asked, today())


@require_GET
@require_action("reports.view")
def week(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/weekly.html", {"page": asked_for(request)})


@require_GET
@require_action("reports.view")
def week_export(request: HttpRequest) -> HttpResponse:
    page = asked_for(request)
    return book_response(request, f"每周通报{page.monday:%Y%m%d}", [week_sheet(page)])


@require_GET
@require_action("reports.view")
def week_word(request: HttpRequest) -> HttpResponse:
    page = asked_for(request)
    response = HttpResponse(week_document(page, today()), content_type=WORD)
    name = f"涉企问题化解情况通报{page.monday:%Y%m%d}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.docx"
    return response
