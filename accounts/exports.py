"""Every export leaves a trace: who, what, filter, rows. Large ones are written by a worker (`jobs.exports`)."""

from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import ExportLog
from common.sheets import Column, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000

# The app of background jobs is above this one: it registers how a large export is handed over to it.
LATER: list[Callable[[HttpRequest, str], HttpResponse]] = []


def export_response(request: HttpRequest, what: str, columns: Sequence[Column], rows: Any) -> HttpResponse:
    """An .xlsx of exactly these rows, already scoped, filtered and sorted by the caller; logged with its count.

    With more rows than settings allow, a worker calls the same view again with a `sink` to write them into, and the
    person is shown the page where the file will be.
    """
    sink = getattr(request, "export_sink", None)
    if sink is not None:
        log_export(request, what, sink(what, columns, rows, note_of(request.user)))
        return HttpResponse(status=204)
    given = streamed(rows)
    first = list(islice(given, settings.EXPORT_DIRECT_ROWS + 1))
    if len(first) > settings.EXPORT_DIRECT_ROWS and request.method == "GET" and LATER:
        return LATER[0](request, what)
    content, count = workbook(what, columns, chain(first, given), note_of(request.user))
    log_export(request, what, count)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = disposition(what)
    response["X-Rows"] = str(count)
    return response


def streamed(rows: Any) -> Any:
    """The rows one after the other, never all in memory."""
    return iter(rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows)


def note_of(user: Any) -> str:
    return f"导出人：{user.name}　导出时间：{timezone.localtime():%Y-%m-%d %H:%M}"


def disposition(what: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(f'{what}-{timezone.localdate():%Y%m%d}.xlsx')}"


def log_export(request: HttpRequest, what: str, rows: int) -> None:
    ExportLog.objects.create(user=request.user, what=what, query=request.GET.urlencode()[:1000], rows=rows)
