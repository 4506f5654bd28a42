from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import book_response, export_response, whose
from common.clock import today
from common.periods import AnyPeriod
from common.sent.numbers import whole_number
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.days.populations import Population
from reports.figures.requests import keep_counting, request_tally
from reports.pages.choosing import asked_day, asked_half, asked_period, periods_by_year, periods_to_choose
from reports.pages.rates import rates_page
from reports.pages.rates import sheet as rates_sheet
from reports.pages.registry import SHEET as REGISTRY
from reports.pages.registry import registry_page
from reports.pages.tally import WAYS, tally_table
from reports.pages.tally_book import tally_book
from reports.records.lists import NoSuchFigureError, Place, RecordList, records
from reports.records.page import record_page
from reports.views.asking import refuses_wrong_asks


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def dashboard_page(request: AuthedRequest) -> HttpResponse:
    period = asked_period(request.GET, today())
    board = dashboard(request.user, period, today(), timezone.now(), population_of(request))
    keep_counting(period, timezone.now())
    context = {"dashboard": board, "population": board.population, **period_choice(period)}
    return render(request, "reports/dashboard.html", context)


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def dashboard_more(request: AuthedRequest) -> HttpResponse:
    period = asked_period(request.GET, today())
    board = more(request.user, period, today(), timezone.now(), population_of(request))
    keep_counting(period, timezone.now())
    context = {"board": board, "population": board.population, **period_choice(period)}
    return render(request, "reports/dashboard_more.html", context)


def population_of(request: AuthedRequest) -> Population:
    return Population.read(request.GET.get("of", ""))


def period_choice(period: AnyPeriod) -> dict[str, Any]:
    years = periods_by_year(today())
    is_listed = any(period in choices for _, choices in years)
    return {"period": period, "years": years, "is_listed": is_listed}


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def tally(request: AuthedRequest) -> HttpResponse:
    period = asked_period(request.GET, today())
    by = request.GET.get("by", "")
    by = by if by in WAYS else "workstream"
    context = {
        "table": tally_table(request.user, period, by, today(), timezone.now()),
        "can_refresh": request.user.can("reports.tally"),
        "ways": WAYS,
        **period_choice(period),
    }
    return render(request, "reports/tally.html", context)


@require_POST
@require_action("reports.tally")
@refuses_wrong_asks
def tally_refresh(request: AuthedRequest) -> HttpResponse:
    """Counts a period anew, in the background; asked for twice, it is one job."""
    period = asked_period(request.POST, today())
    request_tally(period, owner=request.user, whole=True)
    return redirect(f"{reverse('reports:tally')}?period={period.code}")


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def tally_export(request: AuthedRequest) -> HttpResponse:
    period = asked_period(request.GET, today())
    return book_response(request, f"统计{period.label}", tally_book(period, request.user, timezone.now()))


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def indicators(request: AuthedRequest) -> HttpResponse:
    """What every figure counts, with its value: to be read, searched and printed."""
    period = asked_half(request.GET, today())
    page = registry_page(request.user, period, request.GET.get("q", ""), today(), timezone.now())
    context = {"page": page, "period": period, "periods": periods_to_choose(today())}
    return render(request, "reports/indicators.html", context)


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def indicators_export(request: AuthedRequest) -> HttpResponse:
    period = asked_half(request.GET, today())
    page = registry_page(request.user, period, request.GET.get("q", ""), today(), timezone.now())
    filtered = f"搜索：{page.words}" if page.words else ""
    return export_response(request, f"指标口径{period.label}", REGISTRY, page.entries, filtered)


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def rates(request: AuthedRequest) -> HttpResponse:
    """Both rates and what could hide behind them, at the end of any day."""
    page = rates_page(request.user, asked_day(request.GET, today()), timezone.now(), population_of(request))
    return render(request, "reports/rates.html", {"page": page})


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def rates_export(request: AuthedRequest) -> HttpResponse:
    page = rates_page(request.user, asked_day(request.GET, today()), timezone.now(), population_of(request))
    name = f"两率{page.population.label}{page.table.day:%Y%m%d}"
    return book_response(request, name, [rates_sheet(page, whose(request.user))])


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def record_list(request: AuthedRequest, code: str) -> HttpResponse:
    """What was counted: each row opens its own page."""
    shown = record_page(asked_for(request, code), request.GET)
    context = {"shown": shown, "found": shown.found, "page": shown.page, "period": shown.found.period}
    return render(request, "reports/records.html", context)


@require_GET
@require_action("reports.view")
@refuses_wrong_asks
def records_export(request: AuthedRequest, code: str) -> HttpResponse:
    found = asked_for(request, code)
    what, filtered = f"{found.label}{found.period.label}", "；".join([*found.told.names, *found.narrowed])
    return export_response(request, what, found.listing.columns, found.in_order, filtered)


def asked_for(request: AuthedRequest, code: str) -> RecordList:
    """The figure, period and cell of an address.

    Raises:
        Http404: it names no such figure or cell.
        WrongAskError: it names a period that cannot be shown.
    """
    ask = request.GET
    place = Place(
        number(ask, "workstream"),
        number(ask, "unit"),
        ask.get("kind", ""),
        ask.get("part", ""),
        number(ask, "category"),
        number(ask, "officer"),
        number(ask, "group"),
        number(ask, "industry"),
        only=ask.get("only") == "1",
        population=Population.read(ask.get("of", "")),
    )
    try:
        return records(code, asked_period(ask, today()), request.user, place, today())
    except NoSuchFigureError as error:
        raise Http404 from error


def number(ask: dict, name: str) -> int | None:
    text = ask.get(name, "")
    if not text:
        return None
    found = whole_number(text)
    if found is None:
        raise Http404
    return found
