"""督办单: issued from an entry's page, listed, signed for, answered, printed."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft, restore
from accounts.trail.exports import export_response
from common.books.sheets import Column
from common.clock import today
from common.idempotence import AlreadySavedError
from common.web.pages import paginate
from ledger.calendar import working_calendar
from ledger.filters.supervision import OrderFilter
from ledger.forms.checking.supervision import OrderForm, ReplyForm
from ledger.forms.entries.refusals import show_refusal
from ledger.models import ProblemEntry, SupervisionOrder
from ledger.services.errors import LedgerError, MoveRefusedError
from ledger.services.supervising.supervision import (
    Demand,
    acknowledge_order,
    came_back,
    issue_order,
    may_answer,
    may_issue,
    may_sign,
    order_document,
    refusal,
    reply_to_order,
)

ANSWER_DAYS = 5  # working days, where the leader names no other day
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


def order_page(request: AuthedRequest, order: SupervisionOrder, form: ReplyForm | None) -> HttpResponse:
    key = f"order-reply-{order.pk}"
    may = may_answer(order, request.user)
    blank = ReplyForm(initial=restore(user=request.user, key=key)) if may else None
    sees_entry = ProblemEntry.objects.visible_to(request.user).filter(pk=order.entry_id).exists()
    context = {
        "order": order,
        "form": form or blank,
        "may_answer": may,
        "unsaved": form["reply"].value() if form and not may else "",
        "key": key,
        "sees_entry": sees_entry,
        "came_back": came_back(order.entry),
        "late": order.deadline < (order.replied_on or order.ended_on or today()),
    }
    return render(request, "ledger/order_detail.html", context)


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
    order, form = visible_order(request, pk), ReplyForm(request.POST)
    if not may_sign(order, request.user):
        raise PermissionDenied(refusal(order))
    if form.is_valid():
        try:
            reply_to_order(order=order, actor=request.user, at=timezone.now(), reply=form.cleaned_data["reply"])
        except MoveRefusedError as error:
            raise PermissionDenied(str(error)) from error
        except LedgerError as error:
            show_refusal(form, error)
        else:
            drop_draft(user=request.user, key=f"order-reply-{pk}")
            messages.success(request, f"已回复 {order.number}")
            return redirect("ledger:order-detail", pk)
    return order_page(request, order, form)


@require_GET
@require_action("supervision.view")
def order_word(request: AuthedRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    response = HttpResponse(order_document(order), content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(order.number)}.docx"
    return response
