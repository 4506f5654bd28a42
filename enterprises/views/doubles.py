from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from enterprises.doubles.comparison import compare
from enterprises.doubles.finding import doubles_of
from enterprises.doubles.pages import decided_rows, double_rows, last_found, merge_rows, merged_words, with_reasons
from enterprises.forms import MergeForm, OtherFirmForm, WhyForm
from enterprises.models import Enterprise, NotDoubles
from enterprises.services.comparing import FIND
from enterprises.services.deciding import ask_again, tell_apart
from enterprises.services.errors import RegisterError
from enterprises.services.merging import merge_enterprises
from enterprises.views.traces import firm_or_trace, to_survivor
from jobs.services import enqueue

STALE = "其中一家刚被别人改过，下面是现在的内容，请再看一遍；还没有合并"
LISTS = {"decided": decided_rows, "merged": merge_rows}


@require_GET
@require_action("register.merge")
def double_list(request: AuthedRequest) -> HttpResponse:
    """What may be entered twice, the likeliest first; what was told apart; what was merged."""
    shown = request.GET.get("shown", "")
    rows = LISTS.get(shown, double_rows)(request.user)
    page = paginate(request, rows)
    pairs = [] if shown in LISTS else with_reasons(list(page))
    context = {"page": page, "pairs": pairs, "shown": shown if shown in LISTS else "", "found": last_found()}
    return render(request, "enterprises/double_list.html", context)


@require_POST
@require_action("register.merge")
def double_find(request: AuthedRequest) -> HttpResponse:
    enqueue(kind=FIND, key=FIND, owner=request.user)
    messages.success(request, "正在重新比对全部企业，一般不到一分钟；稍后刷新本页")
    return redirect("enterprises:double-list")


@require_http_methods(["GET", "POST"])
@require_action("register.merge")
def double_choose(request: AuthedRequest, pk: int) -> HttpResponse:
    """From a firm's page: which other to lay beside it."""
    firm = firm_or_trace(request.user, pk)
    if firm.merged_into:
        return to_survivor(request, firm)
    form = OtherFirmForm(request.POST or None, firm=firm, user=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect("enterprises:double-compare", pk, form.cleaned_data["other"].pk)
    likely = doubles_of(firm, request.user)
    return render(request, "enterprises/double_choose.html", {"firm": firm, "form": form, "likely": likely})


@require_http_methods(["GET", "POST"])
@require_action("register.merge")
def double_compare(request: AuthedRequest, pk: int, other: int) -> HttpResponse:
    """Both side by side; sent, the one becomes part of the other."""
    firms = [firm_or_trace(request.user, one) for one in (pk, other)]
    if trace := next((firm for firm in firms if firm.merged_into), None):
        return to_survivor(request, trace)
    comparison = compare(*firms)
    form = MergeForm(request.POST or None, comparison=comparison)
    if request.method == "POST" and not form.is_stale and form.is_valid() and (answer := merged(request, form)):
        return answer
    if form.is_stale:
        messages.warning(request, STALE)
        form = MergeForm(comparison=comparison, initial={"reason": request.POST.get("reason", "")})
    page = {"form": form, "why_not": WhyForm(label="为什么不是同一家"), "plans": comparison.plans}
    return render(request, "enterprises/double_compare.html", {"comparison": comparison, **page})


def merged(request: AuthedRequest, form: MergeForm) -> HttpResponse | None:
    """The merge's page once it is made; None where the form is to be shown again."""
    survivor, gone = form.kept_and_merged
    told = {"actor": request.user, "at": timezone.now(), "submission": form.cleaned_data["submission_key"]}
    try:
        made = merge_enterprises(survivor=survivor, merged=gone, data=form.record, **told)
    except StaleVersionError:
        messages.warning(request, STALE)
        return redirect(request.path)
    except RegisterError as error:
        form.refuse(error.field, str(error))
        return None
    messages.success(request, merged_words(made))
    return redirect("enterprises:merge-detail", made.pk)


@require_POST
@require_action("register.merge")
def double_apart(request: AuthedRequest, pk: int, other: int) -> HttpResponse:
    one, two = (get_object_or_404(Enterprise.objects.visible_to(request.user), pk=key) for key in (pk, other))
    form = WhyForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        tell_apart(one=one, other=two, reason=reason, actor=request.user, at=timezone.now())
    except RegisterError as error:
        messages.error(request, str(error))
        return redirect("enterprises:double-compare", pk, other)
    messages.success(request, f"已记下“{one}”与“{two}”不是同一家，不再提示")
    return redirect("enterprises:double-list")


@require_POST
@require_action("register.merge")
def double_again(request: AuthedRequest, pk: int) -> HttpResponse:
    decided = get_object_or_404(NotDoubles.objects.visible_to(request.user).select_related("one", "other"), pk=pk)
    one, other = decided.one, decided.other
    ask_again(decided=decided, actor=request.user)
    messages.success(request, f"“{one}”与“{other}”重新列为可能重复")
    return redirect("enterprises:double-compare", one.pk, other.pk)
