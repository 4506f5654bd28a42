"""Exports too large for a request: a worker calls the very view that was asked, on behalf of whoever asked it.

So scope, filter, order and columns are those of the page at that moment, and every list has it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve
from xlsxwriter.exceptions import XlsxWriterException

from accounts.decorators import AuthedRequest
from common.books.sheets import Sheet, write_book
from common.rows.keyed import KeyedRows
from jobs.models import Job
from jobs.registry import JobRefusedError, handles
from jobs.runner import JobContext
from jobs.services import enqueue

KIND = "jobs.export"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def later(request: AuthedRequest, what: str) -> HttpResponse:
    """Asks a worker for the export and shows where it will be; asked for twice while it is written, it is one job."""
    asked = f"{request.path}?{request.GET.urlencode()}"
    enqueue(
        kind=KIND,
        params={"what": what, "path": request.path, "query": request.GET.urlencode()},
        key=f"{KIND}:{request.user.pk}:{sha256(asked.encode()).hexdigest()[:32]}",
        owner=request.user,
    )
    messages.info(request, f"“{what}”超过 {settings.EXPORT_DIRECT_ROWS} 行，正在后台生成，完成后在这里下载。")
    return redirect("jobs:export-list")


@handles(KIND, "导出", makes_file=True)
def run_export(context: JobContext) -> dict[str, Any]:
    """Writes the file; a worker that takes over begins a new one."""
    owner = context.job.owner
    if owner is None or not owner.is_active:
        raise JobRefusedError("发起人的账号已停用，未导出")
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{context.job.pk}-{context.job.attempts}.xlsx"
    written: dict[str, Any] = {}

    def sink(sheet: Sheet, note: Callable[[], str]) -> int:
        count = write_export(context, path, sheet, note)
        gone = sheet.rows.gone if isinstance(sheet.rows, KeyedRows) else 0
        written.update(rows=count, gone=gone, file=path.name, bytes=path.stat().st_size)
        return count

    request = AuthedRequest()
    request.method, request.path, request.user = "GET", context.params["path"], owner
    request.GET = QueryDict(context.params["query"])
    request.export_sink = sink  # type: ignore[attr-defined]  # for `export_response` alone
    view, args, kwargs = resolve(request.path)
    try:
        view(request, *args, **kwargs)
    except (PermissionDenied, Http404) as error:
        raise JobRefusedError("您现在没有权限导出这些记录，未导出") from error
    if not written:
        raise JobRefusedError("没有可导出的记录，未导出")
    return written


def write_export(context: JobContext, path: Path, sheet: Sheet, note: Callable[[], str]) -> int:
    """The rows, checked against how many the query has.

    Raises:
        JobRefusedError: they are not all there, or the disk is full: a file that lacks rows is worse than none.
    """
    rows = sheet.rows
    total = len(rows) if isinstance(rows, KeyedRows) else 0
    doing = f"正在导出 {sheet.name}"
    context.progress(0, total, doing)
    try:
        count = write_book(str(path), [sheet], note, lambda count: context.progress(count, max(total, count), doing))
    except (OSError, XlsxWriterException) as error:
        path.unlink(missing_ok=True)
        if is_disk_full(error):
            raise JobRefusedError("服务器磁盘已满，未导出；请联系管理员清理磁盘后再导出一次") from error
        raise
    gone = rows.gone if isinstance(rows, KeyedRows) else 0
    if isinstance(rows, KeyedRows) and count + gone != total:
        path.unlink()
        raise JobRefusedError(f"查询得 {total} 行，写出 {count} 行，文件已作废，请联系管理员")
    context.progress(count, count, f"共 {count} 行")
    return count


def is_disk_full(error: BaseException) -> bool:
    """XlsxWriter wraps what the disk says in an exception of its own, as its first argument."""
    causes = (error, *error.args)
    return any(isinstance(one, OSError) and one.errno in (ENOSPC, EDQUOT) for one in causes)


def file_of(job: Job, now: float) -> Path | None:
    """The finished file of an export; none once it has expired."""
    path = folder() / Path(job.result.get("file") or "-").name
    return path if path.is_file() and now - path.stat().st_mtime < kept_seconds() else None


def kept_seconds() -> int:
    return settings.EXPORT_KEPT_HOURS * 3600


def sweep_exports(now: Callable[[], float] = time.time) -> int:
    """Deletes files past their time, those a killed worker left half-written included."""
    count = 0
    for path in folder().iterdir() if folder().is_dir() else ():
        with suppress(FileNotFoundError):
            if now() - path.stat().st_mtime < kept_seconds():
                continue
            if path.is_dir():  # where a killed worker kept its rows
                rmtree(path, ignore_errors=True)
            else:
                path.unlink()
                count += 1
    return count
