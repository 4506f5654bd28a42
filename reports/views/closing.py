from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import book_response, whose
from common.clock import today
from common.periods import Period
from reports.closing.books import ClosingError, reopen_period, sign_part
from reports.closing.jobs import request_close
from reports.closing.reconciliation import reconciliation
from reports.closing.reminding import remind
from reports.models import PeriodClose
from reports.pages import periods as pages
from reports.pages.choosing import half_of_code
from reports.pages.comparison import comparison, sheet
from reports.pages.periods import balance_sheet
from reports.views.asking import refuses_wrong_asks


def named(code: str) -> Period:
    """The half-year of an address.

    Raises:
        WrongAskError: it names none, or one before the office or after today.
    """
    return half_of_code(code, today())


@require_GET
@require_action("reports.view")
def period_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "reports/period_list.html", {"states": pages.period_states(request.user, today())})


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def period_detail(request: AuthedRequest, code: str) -> HttpResponse:
    page = pages.period_page(named(code), request.user, timezone.now())
    return render(request, "reports/period.html", {"page": page})


@require_http_methods(["GET", "POST"])
@require_action("period.sign")
@refuses_wrong_asks
def period_sign(request: AuthedRequest, code: str) -> HttpResponse:
    """A unit looks at its part and signs it; what is signed is what the page showed."""
    period, error = named(code), ""
    if request.method == "POST":
        try:
            signed = sign_part(
                period=period,
                unit=request.user.unit,
                actor=request.user,
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
            )
        except ClosingError as refused:
            error = str(refused)
        else:
            messages.success(request, f"{signed.unit}已为{period.label}签字")
            return redirect("reports:period", code=period.code)
    page = pages.sign_page(period, request.user, timezone.now())
    return render(request, "reports/period_sign.html", {"page": page, "error": error})


@require_POST
@require_action("period.close")
@refuses_wrong_asks
def period_close(request: AuthedRequest, code: str) -> HttpResponse:
    period, reason = named(code), request.POST.get("reason", "")[:500]
    try:
        request_close(period=period, actor=request.user, now=timezone.now(), reason=reason)
    except ClosingError as refused:
        page = pages.period_page(period, request.user, timezone.now())
        return render(request, "reports/period.html", {"page": page, "close_error": str(refused), "reason": reason})
    return redirect("reports:period", code=period.code)


@require_POST
@require_action("period.close")
@refuses_wrong_asks
def period_remind(request: AuthedRequest, code: str) -> HttpResponse:
    period = named(code)
    try:
        units = remind(period=period, actor=request.user, now=timezone.now())
    except ClosingError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提醒 {'、'.join(unit.name for unit in units)} 的联络员和领导签字")
    return redirect("reports:period", code=period.code)


@require_POST
@require_action("period.close")
@refuses_wrong_asks
def period_reopen(request: AuthedRequest, code: str) -> HttpResponse:
    period, reason = named(code), request.POST.get("reason", "")[:500]
    try:
        reopen_period(period=period, actor=request.user, now=timezone.now(), reason=reason)
    except ClosingError as refused:
        page = pages.period_page(period, request.user, timezone.now())
        return render(request, "reports/period.html", {"page": page, "reopen_error": str(refused)})
    messages.success(request, f"{period.label}已重新打开，各单位须重新签字")
    return redirect("reports:period", code=period.code)


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def period_version(request: AuthedRequest, code: str, version: int) -> HttpResponse:
    """What was frozen one of the times the period was closed."""
    closes = PeriodClose.objects.visible_to(request.user).select_related("book", "reopening")
    close = get_object_or_404(closes, book__code=named(code).code, version=version)
    return render(request, "reports/period_version.html", {"page": pages.version_page(close, request.user)})


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def balance_export(request: AuthedRequest, code: str) -> HttpResponse:
    found = reconciliation(named(code), request.user)
    return book_response(request, f"期间对账{found.period.label}", [balance_sheet(found, whose(request.user))])


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def period_comparison(request: AuthedRequest, code: str) -> HttpResponse:
    found = comparison(named(code), request.user, timezone.now())
    return render(request, "reports/period_comparison.html", {"found": found})


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def comparison_export(request: AuthedRequest, code: str) -> HttpResponse:
    found = comparison(named(code), request.user, timezone.now())
    return book_response(request, f"比较{found.period.label}", [sheet(found, whose(request.user))])
