"""目标日结果: a page, a workbook and a Word file."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import book_response, whose
from common.web.pages import paginate
from reports.pages.target import PARTS, TargetPage, document, list_sheet, summary_sheet, target_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asked_for(request: AuthedRequest, year: int) -> TargetPage:
    """Raises: Http404: no target day of that year is frozen."""
    page = target_page(year, request.user, timezone.now(), request.GET.get("part", ""))
    if page is None:
        raise Http404
    return page


@require_GET
@require_action("reports.view")
def target(request: AuthedRequest, year: int) -> HttpResponse:
    page = asked_for(request, year)
    rows = paginate(request, page.entries)
    return render(request, "reports/target.html", {"page": page, "rows": rows, "parts": PARTS})


@require_GET
@require_action("reports.view")
def target_export(request: AuthedRequest, year: int) -> HttpResponse:
    page = asked_for(request, year)
    sheets = [list_sheet(page), summary_sheet(page, whose(request.user))]
    return book_response(request, f"目标日结果{page.result.day:%Y%m%d}", sheets)


@require_GET
@require_action("reports.view")
def target_word(request: AuthedRequest, year: int) -> HttpResponse:
    page = asked_for(request, year)
    response = HttpResponse(document(page, whose(request.user)), content_type=WORD)
    response["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(f'目标日结果{page.result.day:%Y%m%d}')}.docx"
    )
    return response
