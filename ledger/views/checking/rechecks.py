"""撤单质检: the list of what was drawn, the verdict on each, the rule, drawing."""

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
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from ledger.filters.rechecks import RecheckFilter
from ledger.forms.checking.rechecks import RecheckRuleForm, VerdictForm
from ledger.forms.entries.refusals import show_refusal
from ledger.models import ProblemEntry, Recheck, RecheckDraw
from ledger.sampling import parse_span
from ledger.selectors.entries.entry_page import story
from ledger.selectors.rechecks import progress
from ledger.services.checking.rechecks import change_rule, current_rule, draw, ended_span, judge, may_judge
from ledger.services.errors import LedgerError, MoveRefusedError

COLUMNS = [
    Column("抽查期", lambda row: row.draw.label, 14),
    Column("编号", lambda row: row.entry.number, 16),
    Column("问题", lambda row: row.entry.title, 40),
    Column("企业", lambda row: row.entry.enterprise, 32),
    Column("责任单位", lambda row: row.unit, 18),
    Column("怎样撤出", lambda row: row.event.get_action_display(), 12),
    Column("撤出日期", lambda row: row.event.happened_on, 12),
    Column("撤出人", lambda row: row.event.actor_name, 12),
    Column("撤出理由", lambda row: row.event.note, 44),
    Column("结论", lambda row: row.standing, 10),
    Column("复核情况", lambda row: row.words, 44),
    Column("复核人", lambda row: row.judged_by, 12),
    Column("复核日期", lambda row: row.judged_on, 12),
]


def listed(request: AuthedRequest) -> RecheckFilter:
    return RecheckFilter(request.GET, Recheck.objects.all(), user=request.user)


@require_GET
@require_action("recheck.view")
def recheck_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    chosen = found.form.cleaned_data.get("draw") if found.form.is_valid() else None
    shown = chosen or RecheckDraw.objects.select_related("drawn_by").first()
    context = {
        "filter": found,
        "page": paginate(request, found.rows.for_list()),
        "draw": shown,
        "progress": progress(shown, request.user) if shown else [],
        "next_span": ended_span(today(), current_rule()) if request.user.can("recheck.draw") else None,
    }
    return render(request, "ledger/recheck_list.html", context)


@require_GET
@require_action("recheck.view")
def recheck_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "撤单质检", COLUMNS, found.rows.for_list(), found.words)


@require_http_methods(["GET", "POST"])
@require_action("recheck.view")
def recheck_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    recheck = get_object_or_404(Recheck.objects.visible_to(request.user).for_list(), pk=pk)
    may, key = may_judge(recheck, request.user), f"recheck-{pk}"
    if request.method == "POST" and not may:
        raise PermissionDenied(refusal(recheck))
    initial = {"version": recheck.entry.version, **restore(user=request.user, key=key)}
    form = VerdictForm(request.POST or None, initial=initial) if may else None
    if form and form.is_valid() and judged(request, form, recheck):
        drop_draft(user=request.user, key=key)
        return redirect(f"{reverse('ledger:recheck-list')}?standing=mine")
    context = {
        "recheck": recheck,
        "form": form,
        "key": key,
        "events": story(recheck.entry),
        "sees_entry": ProblemEntry.objects.visible_to(request.user).filter(pk=recheck.entry_id).exists(),
    }
    return render(request, "ledger/recheck_detail.html", context, status=422 if form and form.errors else 200)


def refusal(recheck: Recheck) -> str:
    if recheck.verdict:
        return f"{recheck.entry.number} 已由{recheck.judged_by}复核为“{recheck.standing}”"
    return "由政法委办公室未经手、也不在该单位的人复核，您不在其中"


def judged(request: AuthedRequest, form: VerdictForm, recheck: Recheck) -> bool:
    """Writes the verdict, or leaves on the form why not."""
    given = {name: form.cleaned_data[name] for name in ("verdict", "words")}
    try:
        judge(recheck=recheck, actor=request.user, at=timezone.now(), seen=form.cleaned_data["version"], **given)
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    except LedgerError as error:
        show_refusal(form, error)
        return False
    recheck.refresh_from_db()
    after = "已恢复受理，等待重新交办" if recheck.verdict == "overturned" else "维持原状"
    messages.success(request, f"{recheck.entry.number} 质检{recheck.standing}，{after}")
    return True


@require_POST
@require_action("recheck.draw")
def recheck_draw(request: AuthedRequest) -> HttpResponse:
    """A period drawn by hand: the one that is over, or another by its code."""
    span = parse_span(request.POST.get("period", "")) or ended_span(today(), current_rule())
    try:
        made, fresh = draw(span=span, at=timezone.now(), actor=request.user)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledger:recheck-list")
    count = made.rechecks.count()
    again = "" if fresh == count else f"，新增 {fresh} 件"
    messages.success(request, f"{made.label}共抽 {count} 件{again}" if count else f"{made.label}没有撤出的问题可抽")
    return redirect(f"{reverse('ledger:recheck-list')}?draw={made.period}")


@require_http_methods(["GET", "POST"])
@require_action("recheck.draw")
def recheck_rule(request: AuthedRequest) -> HttpResponse:
    form = RecheckRuleForm(request.POST or None, instance=current_rule())
    if form.is_valid():
        try:
            fields = {name: form.cleaned_data[name] for name in ("percent", "every")}
            rule = change_rule(version=form.posted_version, **fields)
        except StaleVersionError:
            form.show_conflict(current_rule())
        else:
            messages.success(request, f"质检规则改为{rule}，从下一次抽取起执行")
            return redirect("ledger:recheck-list")
    return render(request, "ledger/recheck_rule.html", {"form": form}, status=409 if form.conflict_by else 200)
