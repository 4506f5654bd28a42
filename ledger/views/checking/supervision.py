"""督办单: issued from an entry's page, listed, signed for, answered, printed."""

from functools import partial
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.kept.files import KeptFiles
from accounts.signin.drafts import drop_draft, drop_typed, restore
from accounts.trail.exports import export_response
from common.books.sheets import Column
from common.clock import today
from common.idempotence import AlreadySavedError
from common.web.pages import paginate
from ledger.calendar import working_calendar
from ledger.filters.supervision import OrderFilter
from ledger.forms.checking.supervision import OrderForm, ReplyForm, VerdictForm
from ledger.forms.entries.refusals import show_refusal
from ledger.models import ProblemEntry, SupervisionOrder
from ledger.services.errors import LedgerError, MoveRefusedError
from ledger.services.supervising.papers import came_back, order_document
from ledger.services.supervising.replies import (
    accept_reply,
    acknowledge_order,
    judges,
    may_answer,
    may_judge,
    may_sign,
    refusal,
    reply_to_order,
    send_back,
)
from ledger.services.supervising.supervision import Demand, issue_order, may_issue

ANSWER_DAYS, AGAIN_DAYS = 5, 3  # working days, where the leader names no other day
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = [
    Column("文号", lambda row: row.number, 16),
    Column("被督办单位", lambda row: row.unit, 16),
    Column("问题编号", lambda row: row.entry.number, 16),
    Column("问题", lambda row: row.entry.title, 36),
    Column("督办要求", lambda row: row.demand, 44),
    Column("签发", lambda row: row.issuer, 14),
    Column("签发日期", lambda row: row.issued_on, 12),
    Column("回复期限", lambda row: row.deadline, 12),
    Column("进展", lambda row: row.standing, 10),
    Column("签收日期", lambda row: row.acknowledged_on, 12),
    Column("回复日期", lambda row: row.replied_on, 12),
    Column("回复", lambda row: row.reply, 44),
    Column("退回重报日期", lambda row: row.returned_on, 12),
    Column("认可日期", lambda row: row.accepted_on, 12),
    Column("了结日期", lambda row: row.ended_on, 12),
    Column("为什么了结", lambda row: row.ended_because, 30),
]


def listed(request: AuthedRequest) -> OrderFilter:
    return OrderFilter(request.GET, SupervisionOrder.objects.all(), user=request.user)


@require_GET
@require_action("supervision.view")
def order_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    context = {"filter": found, "page": paginate(request, found.rows.for_list()), "today": today()}
    return render(request, "ledger/order_list.html", context)


@require_GET
@require_action("export.run")
def order_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "督办单", COLUMNS, found.rows.for_list(), found.words)


@require_http_methods(["GET", "POST"])
@require_action("supervision.issue")
def order_create(request: AuthedRequest, pk: int) -> HttpResponse:
    related = ProblemEntry.objects.visible_to(request.user).for_list()
    entry, key = get_object_or_404(related, pk=pk), f"order-{pk}"
    if not may_issue(entry, request.user):
        raise PermissionDenied(f"{entry.number} 现为“{entry.get_state_display()}”，不能督办")
    likely = working_calendar().add(today(), ANSWER_DAYS)
    form = OrderForm(request.POST or None, likely=likely, initial=restore(user=request.user, key=key))
    if form.is_valid():
        demand = Demand(form.cleaned_data["demand"], form.cleaned_data["deadline"])
        try:
            order = issue_order(
                entry=entry, actor=request.user, at=timezone.now(), demand=demand, submission=form.submission
            )
        except AlreadySavedError as error:
            form.show_saved(error.stored, see=reverse("ledger:order-detail", args=[error.stored.pk]))
        except LedgerError as error:
            show_refusal(form, error)
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已签发 {order.number}，{order.unit}须在 {order.deadline:%-m月%-d日}前回复")
            return redirect("ledger:order-detail", order.pk)
    context = {"form": form, "entry": entry, "key": key}
    return render(request, "ledger/order_form.html", context, status=409 if form.saved else 200)


def visible_order(request: AuthedRequest, pk: int) -> SupervisionOrder:
    return get_object_or_404(SupervisionOrder.objects.visible_to(request.user).for_list(), pk=pk)


@require_GET
@require_action("supervision.view")
def order_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    return order_page(request, visible_order(request, pk), None)


def order_page(
    request: AuthedRequest, order: SupervisionOrder, form: ReplyForm | None, verdict: VerdictForm | None = None
) -> HttpResponse:
    key, may = reply_key(order), may_answer(order, request.user)
    if form is None and may:
        form = ReplyForm(initial=restore(user=request.user, key=key), kept=KeptFiles(request, key))
    context = {
        "order": order,
        "replies": list(order.replies.select_related("replied_by", "verdict_by").prefetch_related("attachments")),
        "form": form,
        "may_answer": may,
        "unsaved": form["reply"].value() if form and not may else "",
        "key": key,
        "verdict": verdict or (verdict_form(request, order) if may_judge(order, request.user) else None),
        "sees_entry": ProblemEntry.objects.visible_to(request.user).filter(pk=order.entry_id).exists(),
        "came_back": came_back(order.entry),
        "late": order.deadline < (order.replied_on or order.ended_on or today()),
    }
    return render(request, "ledger/order_detail.html", context)


def reply_key(order: SupervisionOrder) -> str:
    return f"order-reply-{order.pk}"


def verdict_form(request: AuthedRequest, order: SupervisionOrder) -> VerdictForm:
    likely = max(order.deadline, working_calendar().add(today(), AGAIN_DAYS))
    return VerdictForm(request.POST or None, likely=likely, number=order.replies.count())


@require_POST
@require_action("supervision.answer")
def order_acknowledge(request: AuthedRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    try:
        acknowledge_order(order=order, actor=request.user, at=timezone.now())
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, f"已签收 {order.number}，请在 {order.deadline:%-m月%-d日}前回复")
    return redirect("ledger:order-detail", pk)


@require_POST
@require_action("supervision.answer")
def order_reply(request: AuthedRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    if not may_sign(order, request.user):
        raise PermissionDenied(refusal(order))
    key = reply_key(order)
    form = ReplyForm(request.POST, request.FILES, kept=KeptFiles(request, key))
    if form.is_valid():
        given = {"reply": form.cleaned_data["reply"], "files": form.cleaned_data["files"]}
        try:
            reply_to_order(order=order, actor=request.user, at=timezone.now(), **given)
        except LedgerError as error:
            show_refusal(form, error)
        else:
            drop_typed(request, key)
            messages.success(request, f"已回复 {order.number}，等领导认可")
            return redirect("ledger:order-detail", pk)
    form.keep_files()
    return order_page(request, order, form)


@require_POST
@require_action("supervision.issue")
def order_judge(request: AuthedRequest, pk: int) -> HttpResponse:
    """认可 or 退回重报, as the button says, of the answer that the page showed."""
    order = visible_order(request, pk)
    if not judges(order, request.user):
        raise PermissionDenied(f"{order.number} 的回复由签发的领导审阅")
    form = verdict_form(request, order)
    if form.is_valid():
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in ("number", "words")}
        said = partial(accept_reply, **given)
        if request.POST.get("verdict") == "return":
            said = partial(send_back, **given, deadline=form.until)
        try:
            reply = said(order=order, actor=request.user, at=timezone.now())
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{order.number} {reply.get_verdict_display()}，已告知{order.unit}")
            return redirect("ledger:order-detail", pk)
    return order_page(request, visible_order(request, pk), None, form)


@require_GET
@require_action("supervision.view")
def order_word(request: AuthedRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    response = HttpResponse(order_document(order), content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(order.number)}.docx"
    return response
