from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import require_action
from accounts.exports import book_response, export_response, whose
from common.clock import today
from common.periods import Period
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.days.populations import Population
from reports.figures.requests import keep_counting, request_tally
from reports.pages.choosing import Asked, asked_period, periods_by_year, periods_to_choose
from reports.pages.rates import rates_page
from reports.pages.rates import sheet as rates_sheet
from reports.pages.registry import SHEET as REGISTRY
from reports.pages.registry import registry_page
from reports.pages.tally import WAYS, tally_table
from reports.pages.tally_book import tally_book
from reports.records.lists import NoSuchFigureError, Place, RecordList, records
from reports.records.page import record_page


@require_GET
@require_action("reports.view")
def dashboard_page(request: HttpRequest) -> HttpResponse:
    asked = asked_period(request.GET, today())
    board = dashboard(request.user, asked.period, today(), timezone.now(), population_of(request))
    keep_counting(asked.period, timezone.now())
    return render(
        request, "reports/dashboard.html", {"dashboard": board, "population": board.population, **period_choice(asked)}
    )


@require_GET
@require_action("reports.view")
def dashboard_more(request: HttpRequest) -> HttpResponse:
    asked = asked_period(request.GET, today())
    board = more(request.user, asked.period, today(), timezone.now(), population_of(request))
    keep_counting(asked.period, timezone.now())
    return render(
        request, "reports/dashboard_more.html", {"board": board, "population": board.population, **period_choice(asked)}
    )


def population_of(request: HttpRequest) -> Population:
    return Population.read(request.GET.get("of", ""))


def period_choice(asked: Asked) -> dict[str, Any]:
    years = periods_by_year(today())
    is_listed = any(asked.period in choices for _, choices in years)
    return {"asked": asked, "period": asked.period, "years": years, "is_listed": is_listed}


@require_GET
@require_action("reports.view")
def tally(request: HttpRequest) -> HttpResponse:
    asked = asked_period(request.GET, today())
    by = request.GET.get("by", "")
    by = by if by in WAYS else "workstream"
    context = {
        "table": tally_table(request.user, asked.period, by, today(), timezone.now()),
        "can_refresh": request.user.can("reports.tally"),
        "ways": WAYS,
        **period_choice(asked),
    }
    return render(request, "reports/tally.html", context)


@require_POST
@require_action("reports.tally")
def tally_refresh(request: HttpRequest) -> HttpResponse:
    """Counts a period anew, in the background; asked for twice, it is one job."""
    period = asked_period(request.POST, today()).period
    request_tally(period, owner=request.user, whole=True)
    return redirect(f"{reverse('reports:tally')}?period={period.code}")


@require_GET
@require_action("reports.view")
def tally_export(request: HttpRequest) -> HttpResponse:
    period = asked_period(request.GET, today()).period
    return book_response(request, f"统计{period.label}", tally_book(period, request.user, timezone.now()))


def asked_half(request: HttpRequest) -> Period:
    """The half-year of an address: the reconciliation is of these."""
    period = asked_period(request.GET, today()).period
    return period if isinstance(period, Period) and period.is_half else Period.half_of(today())


@require_GET
@require_action("reports.view")
def indicators(request: HttpRequest) -> HttpResponse:
    """What every figure counts, with its value: to be read, searched and printed."""
    period = asked_half(request)
    page = registry_page(request.user, period, request.GET.get("q", ""), today(), timezone.now())
    context = {"page": page, "period": period, "periods": periods_to_choose(today())}
    return render(request, "reports/indicators.html", context)


@require_GET
@require_action("reports.view")
def indicators_export(request: HttpRequest) -> HttpResponse:
    period = asked_half(request)
    page = registry_page(request.user, period, request.GET.get("q", ""), today(), timezone.now())
    filtered = f"搜索：{page.words}" if page.words else ""
    return export_response(request, f"指标口径{period.label}", REGISTRY, page.entries, filtered)


@require_GET
@require_action("reports.view")
def rates(request: HttpRequest) -> HttpResponse:
    """Both rates and what could hide behind them, at the end of any day."""
    page = rates_page(request.user, day_asked(request), timezone.now(), population_of(request))
    return render(request, "reports/rates.html", {"page": page})


@require_GET
@require_action("reports.view")
def rates_export(request: HttpRequest) -> HttpResponse:
    page = rates_page(request.user, day_asked(request), timezone.now(), population_of(request))
    return book_response(
        request, f"两率{page.population.label}{page.table.day:%Y%m%d}", [rates_sheet(page, whose(request.user))]
    )


def day_asked(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


@require_GET
@require_action("reports.view")
def record_list(request: HttpRequest, code: str) -> HttpResponse:
    """What was counted: each row opens its own page."""
    shown = record_page(asked_for(request, code), request.GET)
    context = {"shown": shown, "found": shown.found, "page": shown.page, "period": shown.found.period}
    return render(request, "reports/records.html", context)


@require_GET
@require_action("reports.view")
def records_export(request: HttpRequest, code: str) -> HttpResponse:
    found = asked_for(request, code)
    what, filtered = f"{found.label}{found.period.label}", "；".join([*found.told.names, *found.narrowed])
    return export_response(request, what, found.listing.columns, found.in_order, filtered)


def asked_for(request: HttpRequest, code: str) -> RecordList:
    """The figure, period and cell of an address.

    Raises:
        Http404: it names none.
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
        return records(code, asked_period(ask, today()).period, request.user, place, today())
    except NoSuchFigureError as error:
        raise Http404 from error


def number(ask: dict, name: str) -> int | None:
    text = ask.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404
    return int(text)
