"""Every export leaves a trace: who, what, filter, rows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import ExportLog
from common.sheets import Column, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000


def export_response(request: HttpRequest, what: str, columns: Sequence[Column], rows: Any) -> HttpResponse:
    """An .xlsx of exactly these rows, already scoped, filtered and sorted by the caller; logged with its count."""
    today = timezone.localdate()
    note = f"导出人：{request.user.name}　导出时间：{timezone.localtime():%Y-%m-%d %H:%M}"
    given = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows
    content, count = workbook(what, columns, given, note)
    ExportLog.objects.create(user=request.user, what=what, query=request.GET.urlencode()[:1000], rows=count)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{what}-{today:%Y%m%d}.xlsx')}"
    response["X-Rows"] = str(count)
    return response
