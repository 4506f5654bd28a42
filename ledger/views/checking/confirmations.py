"""The enterprise's one-time link: made and revoked by staff, answered without an account."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.middleware import client_address
from common.web.throttle import too_many
from ledger.forms.checking.confirmations import AnswerForm
from ledger.models import ConfirmationLink, ProblemEntry
from ledger.services.checking.confirmations import (
    SPENT,
    LinkSpentError,
    answer,
    ask_enterprise,
    find_link,
    may_ask,
    revoke_link,
    token_of,
    why_spent,
)
from ledger.services.errors import LedgerError, MissingNeedError, MoveRefusedError

PER_MINUTE = 20
FORGED = "这个网址不完整或不正确，请重新扫描二维码，或点开收到的完整链接"
TOO_MANY = "打开得太频繁了，请过一分钟再试"


@require_POST
@require_action("ledger.view")
def link_create(request: AuthedRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(ProblemEntry.objects.visible_to(request.user), pk=pk)
    try:
        link = ask_enterprise(entry=entry, actor=request.user, at=timezone.now())
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledger:entry-detail", pk)
    return redirect("ledger:confirmation-link", link.pk)


@require_GET
@require_action("ledger.view")
def link_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    """The link as a QR code to be shown, printed or sent, for those who may record a call-back themselves."""
    link = own_link(request, pk)
    address = request.build_absolute_uri(reverse("ledger:confirmation-answer", args=[token_of(link)]))
    code = segno.make(address, error="m").svg_inline(scale=6, border=2, svgclass=None, lineclass=None)
    spent = why_spent(link, timezone.now())
    context = {"link": link, "entry": link.entry, "address": address, "code": code, "spent": SPENT.get(spent, "")}
    return render(request, "ledger/confirmation_link.html", context)


@require_POST
@require_action("ledger.view")
def link_revoke(request: AuthedRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    try:
        revoke_link(link=link, actor=request.user, at=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{link.entry.number} 的确认链接已作废，可以重新生成")
    return redirect("ledger:entry-detail", link.entry_id)


def own_link(request: AuthedRequest, pk: int) -> ConfirmationLink:
    """A link this person may hand out: whoever could answer it in the enterprise's place may not see it."""
    related = ConfirmationLink.objects.visible_to(request.user).select_related("entry__enterprise", "created_by")
    link = get_object_or_404(related, pk=pk)
    if not link.answered_at and not may_ask(link.entry, request.user):
        raise PermissionDenied("确认链接只给可以回访确认的人；经办人不能代企业确认")
    return link


@csrf_exempt  # the address itself is the key; no session or cookie is used, and some phone browsers keep none
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def link_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The enterprise's page: opening it changes nothing (chat programs open links by themselves)."""
    if too_many("confirmation", client_address(request), limit=PER_MINUTE, seconds=60):
        return public(request, "stop", {"words": TOO_MANY}, 429)
    link = find_link(token)
    if link is None:
        return public(request, "stop", {"words": FORGED}, 404)
    spent = why_spent(link, timezone.now())
    if spent:
        return public(request, "stop", {"words": SPENT[spent], "link": link}, 200 if spent == "answered" else 410)
    form = AnswerForm(request.POST or None)
    if form.is_valid() and (stopped := answered(request, link, form)):
        return stopped
    return public(request, "ask", {"link": link, "entry": link.entry, "form": form}, 422 if form.errors else 200)


def answered(request: HttpRequest, link: ConfirmationLink, form: AnswerForm) -> HttpResponse | None:
    """Records the answer and thanks for it; None with the form marked when something is wanting."""
    try:
        answer(link=link, at=timezone.now(), **form.cleaned_data)
    except MissingNeedError as error:
        form.refuse(error.field, str(error))
        return None
    except LinkSpentError as error:
        return public(request, "stop", {"words": str(error)}, 410)
    except LedgerError:
        return public(request, "stop", {"words": SPENT["settled"]}, 410)
    return redirect("ledger:confirmation-answer", token_of(link))


def public(request: HttpRequest, page: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"ledger/confirmation_{page}.html", context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
