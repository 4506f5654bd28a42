"""Every export leaves a trace: who, what, filter, rows. Large ones are written by a worker (`jobs.exports`)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from accounts.decorators import AuthedRequest
from accounts.models import ExportLog
from common.books.sheets import Column, Sheet, book_of
from common.rows.keyed import KeyedRows, Shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHAT, FILTERED = 50, 500  # characters of a name and of the filter's words in the log

# The app of background jobs is above this one: it registers how a large export is handed over to it.
LATER: list[Callable[[AuthedRequest, str], HttpResponse]] = []


def export_response(
    request: AuthedRequest,
    what: str,
    columns: Sequence[Column],
    rows: Any,
    filtered: str = "",
    shown: Shown | None = None,
) -> HttpResponse:
    """An .xlsx of exactly these rows, already scoped, filtered and sorted by the caller; logged with its count.

    `filtered` says in words what they were filtered by, `shown` makes of so many rows at a time what the columns are
    of. With more rows than settings allow, a worker calls the same
    view again with a `sink` to write them into, and the person is shown the page where the file will be.
    """
    sink = getattr(request, "export_sink", None)
    limit = settings.EXPORT_DIRECT_ROWS
    if isinstance(rows, QuerySet):
        rows = KeyedRows(rows, None if sink else limit + 1, shown)
    if sink is not None:
        log_export(request, what, sink(Sheet(what, columns, rows), note_of(request.user, rows, filtered)), filtered)
        return HttpResponse(status=204)
    if isinstance(rows, KeyedRows) and len(rows) > limit and request.method == "GET" and LATER:
        return LATER[0](request, what)
    return book_response(request, what, [Sheet(what, columns, rows)], filtered)


def book_response(request: AuthedRequest, what: str, sheets: Sequence[Sheet], filtered: str = "") -> HttpResponse:
    """An .xlsx of several sheets, written at once; logged with the rows of the first."""
    content, count = book_of(sheets, note_of(request.user, sheets[0].rows, filtered))
    log_export(request, what, count, filtered or sheets[0].about)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = disposition(what)
    response["X-Rows"] = str(count)
    return response


def note_of(user: Any, rows: Iterable[Any], filtered: str) -> Callable[[], str]:
    """What stands under the last row, once it is written: by what they were filtered, who asked."""

    def words() -> str:
        gone = rows.gone if isinstance(rows, KeyedRows) else 0
        parts = [
            f"筛选条件：{filtered}" if filtered else "",
            f"另有 {gone} 行在导出期间被删除或不再符合条件，未列入" if gone else "",
            f"导出人：{user.name}",
            f"导出时间：{timezone.localtime():%Y-%m-%d %H:%M}",
        ]
        return "　".join(filter(None, parts))

    return words


def whose(user: Any) -> str:
    """Of what a person's figures are: the line over a table says so."""
    return "全市" if user.sees_all else str(user.unit or user.name)


def attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"


def disposition(what: str) -> str:
    return attachment(f"{what}-{timezone.localdate():%Y%m%d}.xlsx")


def log_export(request: AuthedRequest, what: str, rows: int, filtered: str = "") -> None:
    query = request.GET.urlencode()[:1000]
    ExportLog.objects.create(user=request.user, what=what[:WHAT], query=query, filtered=filtered[:FILTERED], rows=rows)
