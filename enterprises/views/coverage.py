from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.clock import today
from common.web.pages import paginate
from enterprises import coverage as selector
from enterprises.columns import COVERAGE_COLUMNS


@require_GET
@require_action("register.view")
def coverage(request: AuthedRequest) -> HttpResponse:
    found = selector.coverage(request.GET, request.user, today())
    context = {"coverage": found, "filter": found.filter, "page": paginate(request, found.rows)}
    return render(request, "enterprises/coverage.html", context)


@require_GET
@require_action("export.run")
def coverage_export(request: AuthedRequest) -> HttpResponse:
    found = selector.coverage(request.GET, request.user, today())
    what = {"unvisited": "未走访", "visited": "已走访", "all": "走访覆盖"}[found.shown]
    return export_response(request, f"{found.period.label}{what}{found.group_label}", COVERAGE_COLUMNS, found.rows)
