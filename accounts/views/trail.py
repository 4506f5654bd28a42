"""The auditor's pages: what was changed, who signed in, what was exported."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import selectors
from accounts.columns import EXPORTS, HISTORY, SIGN_INS
from accounts.decorators import AuthedRequest, require_action
from accounts.filters import AuditFilter, ExportFilter, SignInFilter
from accounts.models import ExportLog
from accounts.trail.exports import export_response
from accounts.trail.history import lines
from common.web.pages import paginate


@require_GET
@require_action("audit.view")
def audit_list(request: AuthedRequest) -> HttpResponse:
    found = AuditFilter(request.GET, selectors.audit_entries(), user=request.user)
    page = paginate(request, found.rows)
    return render(
        request, "accounts/audit_list.html", {"filter": found, "page": page, "lines": lines(page.object_list)}
    )


@require_GET
@require_action("audit.view")
def audit_export(request: AuthedRequest) -> HttpResponse:
    found = AuditFilter(request.GET, selectors.audit_entries(), user=request.user)
    return export_response(request, "修改记录", HISTORY, found.rows, found.words, lines)


@require_GET
@require_action("audit.view")
def signin_list(request: AuthedRequest, failed: bool = False) -> HttpResponse:
    found = SignInFilter(request.GET, selectors.sign_ins(failed), user=request.user)
    context = {"filter": found, "page": paginate(request, found.rows), "failed": failed}
    return render(request, "accounts/signin_list.html", context)


@require_GET
@require_action("audit.view")
def signin_export(request: AuthedRequest, failed: bool = False) -> HttpResponse:
    found = SignInFilter(request.GET, selectors.sign_ins(failed), user=request.user)
    return export_response(request, "登录失败记录" if failed else "登录记录", SIGN_INS, found.rows, found.words)


@require_GET
@require_action("audit.view")
def export_list(request: AuthedRequest) -> HttpResponse:
    found = ExportFilter(request.GET, ExportLog.objects.select_related("user"), user=request.user)
    return render(request, "accounts/export_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("audit.view")
def export_export(request: AuthedRequest) -> HttpResponse:
    found = ExportFilter(request.GET, ExportLog.objects.select_related("user"), user=request.user)
    return export_response(request, "导出记录", EXPORTS, found.rows, found.words)
