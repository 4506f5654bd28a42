from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_typed, restore
from accounts.trail.exports import export_response
from common.books.sheets import Column
from common.clock import today
from common.forms.conflicts import StaleVersionError, posted_version
from common.forms.reasons import posted_reason
from common.idempotence import AlreadySavedError, repeat_words, saved_before
from common.templatetags.ui import yuan
from common.web.pages import go, paginate
from ledger.filters.recoveries import RecoveryFilter
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.recoveries import RecoveryForm
from ledger.models import Recovery
from ledger.selectors import recoveries as selectors
from ledger.services.errors import ChangedMeanwhileError, LedgerError
from ledger.services.money.recoveries import (
    CountedTwiceError,
    Subject,
    delete_recovery,
    name_of,
    record_recovery,
    say_other_money,
    update_recovery,
)
from ledger.services.periods import PeriodClosedError
from ledger.services.rights import may_change
from ledger.views.reasons import ask_reason

COLUMNS = [
    Column("日期", lambda row: row.happened_on, 12),
    Column("类型", lambda row: row.get_kind_display(), 8),
    Column("金额（元）", lambda row: row.amount, 18, total=True),
    Column("依据", lambda row: row.basis, 40),
    Column("来自", lambda row: selectors.subject_words(row.subject), 46),
    Column("单位", lambda row: row.unit, 16),
    Column("所属大事", lambda row: row.workstream, 14),
    Column("登记人", lambda row: row.created_by, 12),
]


def listed(request: AuthedRequest) -> RecoveryFilter:
    return RecoveryFilter(request.GET, Recovery.objects.all(), user=request.user)


@require_GET
@require_action("case.view")
def recovery_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    page = paginate(request, found.rows.for_list())
    for row in page.object_list:
        row.words, row.url = selectors.subject_words(row.subject), selectors.subject_url(row.subject)
        row.mine = may_change(row, request.user)
    context = {"filter": found, "page": page, "sum": selectors.sum_of(found.qs)}
    return render(request, "ledger/recovery_list.html", context)


@require_GET
@require_action("export.run")
def recovery_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "挽回和避免损失", COLUMNS, found.rows.for_list(), found.words)


@require_http_methods(["GET", "POST"])
@require_action("money.edit")
def recovery_create(request: AuthedRequest) -> HttpResponse:
    if marked := selectors.subject_marked(request.GET.get("subject", "")):
        return redirect(f"{request.path}?{urlencode(marked)}")
    if not any(request.GET.get(name) for name in ("case", "entry", "activity")):
        return render(request, "ledger/recovery_start.html", {"recent": selectors.subject_choices(request.user, "", 4)})
    subject = selectors.subject_named(request.user, request.GET)
    if subject is None:
        raise Http404
    key = f"recovery-{name_of(subject)}-{subject.pk}"
    form = opened(request, key)
    if request.method == "POST" and form.is_valid():
        typed = {"subject": subject, "data": form.to_data(), "submission": form.submission, "reason": form.reason}
        before = saved_before(Recovery, request.user, form.submission)
        if recorded := attempt(form, record_recovery, actor=request.user, at=timezone.now(), **typed):
            drop_typed(request, key)
            said = f"已登记{recorded.get_kind_display()} {yuan(recorded.amount)}"
            messages.success(request, repeat_words(before, recorded) or said)
            return go(request, selectors.subject_url(subject))
    return render(request, "ledger/recovery_form.html", shown(request, form, subject, key))


@require_http_methods(["GET", "POST"])
@require_action("money.edit")
def recovery_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    recovery = get_object_or_404(Recovery.objects.visible_to(request.user).for_list(), pk=pk)
    if not may_change(recovery, request.user):
        raise PermissionDenied("只有登记人和本单位联络员可以修改这笔金额。")
    key = f"recovery-{pk}"
    form = opened(request, key, recovery)
    if request.method == "POST" and form.is_valid():
        typed = {"recovery": recovery, "data": form.to_data(), "version": form.posted_version, "reason": form.reason}
        if changed := attempt(form, update_recovery, actor=request.user, at=timezone.now(), **typed):
            drop_typed(request, key)
            messages.success(request, f"已保存修改：{changed.get_kind_display()} {yuan(changed.amount)}")
            return go(request, "ledger:recovery-list")
    return render(request, "ledger/recovery_form.html", shown(request, form, recovery.subject, key, recovery))


@require_POST
@require_action("money.edit")
def recovery_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    recovery = get_object_or_404(Recovery.objects.visible_to(request.user).for_list(), pk=pk)
    back, seen = way_back(request), posted_version(request.POST)
    try:
        named = delete_recovery(recovery=recovery, actor=request.user, version=seen, reason=posted_reason(request.POST))
    except PeriodClosedError as error:
        return ask_reason(request, error, what=str(recovery), button="删除这笔金额", back=back)
    except ChangedMeanwhileError as error:
        messages.error(request, str(error))
        return redirect("ledger:recovery-edit", pk)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, f"已删除：{named}")
    return redirect(back)


@require_POST
@require_action("money.edit")
def recovery_apart(request: AuthedRequest, pk: int, other: int) -> HttpResponse:
    """Two sums that look alike are two."""
    seen = Recovery.objects.visible_to(request.user).filter(pk__in=[pk, other])
    one, two = (get_object_or_404(Recovery, pk=key) for key in (pk, other))
    if not seen.exists():
        raise Http404
    try:
        say_other_money(one=one, other=two, actor=request.user)
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已记下：这是两笔不同的钱，都计入统计（各 {yuan(one.amount)}）")
    return redirect(way_back(request))


def way_back(request: AuthedRequest) -> str:
    """The page whose button this was, if it is one of ours; the list otherwise."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours and back.startswith("/") else resolve_url("ledger:recovery-list")


def opened(request: AuthedRequest, key: str, recovery: Recovery | None = None) -> RecoveryForm:
    if request.method == "POST":
        return RecoveryForm(request.POST, user=request.user, today=today(), recovery=recovery)
    typed = restore(user=request.user, key=key)
    return RecoveryForm(user=request.user, today=today(), recovery=recovery, initial=typed)


def attempt(form: RecoveryForm, save: Any, **typed: Any) -> Recovery | None:
    """What was saved; None when the service refused, with the form saying why."""
    try:
        return save(**typed)
    except StaleVersionError:
        if form.instance is None:
            raise
        form.show_conflict(Recovery.objects.get(pk=form.instance.pk))
    except AlreadySavedError as error:
        see, change = (
            selectors.subject_url(error.stored.subject),
            reverse("ledger:recovery-edit", args=[error.stored.pk]),
        )
        form.show_saved(error.stored, see=see, change=change)
    except CountedTwiceError as error:
        form.asks_about_other_money = True
        form.refuse("amount", str(error))
    except LedgerError as error:
        show_refusal(form, error)
    return None


def shown(
    request: AuthedRequest, form: RecoveryForm, subject: Subject, key: str, recovery: Recovery | None = None
) -> dict[str, Any]:
    return {
        "form": form,
        "recovery": recovery,
        "subject_words": selectors.subject_words(subject),
        "subject_url": selectors.subject_url(subject),
        "earlier": selectors.earlier_on(subject, request.user),
        "draft_key": key,
    }
