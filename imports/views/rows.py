"""Decisions about rows of a preview: in the row by htmx, by a plain form otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.decorators import AuthedRequest, require_action
from common.clock import today
from common.sent.numbers import whole_number
from common.web.pages import go
from imports.errors import ImportRefusedError
from imports.models import ImportBatch, ImportRow, RowOutcome
from imports.pages import correcting, parting
from imports.pages.selectors import batch_page
from imports.pages.shown import anchor_of, offered, shown
from imports.tables.adjust import Place
from imports.views.batches import own

CELL, SHOWN = "cell-", "shown-"


def place_in(request: AuthedRequest) -> Place:
    return request.POST.get("sheet", "")[:100], whole_number(request.POST.get("row")) or 0


def back(request: AuthedRequest, batch: ImportBatch, anchor: str = "") -> str:
    """The page of the preview where the row was."""
    kept = {name: request.POST[name] for name in ("outcome", "page") if request.POST.get(name)}
    return f"{reverse('imports:batch-detail', args=[batch.pk])}?{urlencode(kept)}#{anchor}"


def decide(request: AuthedRequest, pk: int, action: Callable[..., ImportRow], **kwargs: Any) -> HttpResponse:
    """One decision about one row, then that row as it is now and that the file is checked again; or why not."""
    batch, place = own(request, pk), place_in(request)
    try:
        row = action(batch, place, actor=request.user, **kwargs)
    except ImportRefusedError as error:
        messages.error(request, str(error))
        return go(request, back(request, batch, anchor_of(*place)))
    if not request.htmx:
        return redirect(back(request, batch, anchor_of(*place)))
    rows = shown(row.batch, [row])
    found = batch_page(row.batch, request.POST.get("outcome", ""))
    context = {"batch": row.batch, "found": found, "item": rows[0], "lists": offered(row.batch, rows), "oob": True}
    return render(request, "imports/_decided.html", context)


@require_POST
@require_action("import.run")
def row_correct(request: AuthedRequest, pk: int) -> HttpResponse:
    typed = {name.removeprefix(CELL): text for name, text in request.POST.items() if name.startswith(CELL)}
    given = {name: (request.POST.get(SHOWN + name, ""), text) for name, text in typed.items()}
    return decide(request, pk, correcting.correct, given=given, at=timezone.now(), today=today())


@require_POST
@require_action("import.run")
def row_choose(request: AuthedRequest, pk: int) -> HttpResponse:
    asked = request.POST
    answer = correcting.Answer(asked.get("key", ""), asked.get("to", ""), for_all="all" in asked)
    return decide(request, pk, correcting.choose, answer=answer, at=timezone.now())


@require_POST
@require_action("import.run")
def row_join(request: AuthedRequest, pk: int) -> HttpResponse:
    return decide(request, pk, parting.join, joined=request.POST.get("joined") == "1", at=timezone.now())


@require_POST
@require_action("import.run")
def row_leave_out(request: AuthedRequest, pk: int) -> HttpResponse:
    return decide(request, pk, correcting.leave_out, at=timezone.now())


@require_POST
@require_action("import.run")
def row_take_back(request: AuthedRequest, pk: int) -> HttpResponse:
    return decide(request, pk, correcting.take_back)


@require_POST
@require_action("import.run")
def rows_leave_out(request: AuthedRequest, pk: int) -> HttpResponse:
    batch, outcome = own(request, pk), request.POST.get("outcome", "")
    try:
        count = correcting.leave_out_all(batch, outcome, actor=request.user, at=timezone.now())
    except ImportRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{RowOutcome(outcome).label}的 {count} 行都不导入；可以在“不导入”里恢复")
    return redirect(back(request, batch))


@require_POST
@require_action("import.run")
def rows_explain(request: AuthedRequest, pk: int) -> HttpResponse:
    """One reason for all rows of closed half-years."""
    batch, reason = own(request, pk), request.POST.get("reason", "")
    try:
        correcting.explain(batch, reason, actor=request.user)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    else:
        done = "已记下补录原因" if batch.closed_reason else "已收回补录原因"
        messages.success(request, f"{done}，正在重新核对")
    return redirect(back(request, batch))


@require_POST
@require_action("import.run")
def rows_take_back(request: AuthedRequest, pk: int) -> HttpResponse:
    batch = own(request, pk)
    try:
        count = correcting.take_back_all(batch, actor=request.user)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已恢复 {count} 行，正在重新核对")
    return redirect(back(request, batch))
