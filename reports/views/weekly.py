"""每周通报: a week chosen, as a page, a workbook and a Word file."""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import book_response
from common.clock import today
from reports.pages.choosing import asked_week
from reports.views.asking import refuses_wrong_asks
from reports.weekly.page import WeekPage, week_document, week_page, week_sheet

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asked_for(request: AuthedRequest) -> WeekPage:
    return week_page(request.user, asked_week(request.GET, today()), today())


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def week(request: AuthedRequest) -> HttpResponse:
    return render(request, "reports/weekly.html", {"page": asked_for(request)})


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def week_export(request: AuthedRequest) -> HttpResponse:
    page = asked_for(request)
    return book_response(request, f"每周通报{page.monday:%Y%m%d}", [week_sheet(page)])


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def week_word(request: AuthedRequest) -> HttpResponse:
    page = asked_for(request)
    response = HttpResponse(week_document(page, today()), content_type=WORD)
    name = f"涉企问题化解情况通报{page.monday:%Y%m%d}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.docx"
    return response
