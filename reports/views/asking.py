"""What an address asks for and cannot be shown: said in words, with the form to choose again, by pages and exports."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.decorators import AuthedRequest
from common.clock import today
from reports.pages.choosing import (
    Kind,
    Typed,
    WrongAskError,
    mondays_to_choose,
    periods_by_year,
    periods_to_choose,
)
from reports.weekly.page import SHOWN

FILES = ("-export", "-word", "-refresh")  # of a page: what is wrong is put right there
SPAN = {"period", "from", "to", "on", "week"}
View = Callable[..., HttpResponse]


def refuses_wrong_asks(view: View) -> View:
    """Answers what is wrong and the form again, instead of showing another span or day: 400, and 404 where the
    address itself names it."""

    @wraps(view)
    def asked(request: AuthedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WrongAskError as wrong:
            context = refusal(request, wrong)
            return render(request, "reports/asked_wrong.html", context, status=404 if context["links"] else 400)

    return asked


def refusal(request: AuthedRequest, wrong: WrongAskError) -> dict[str, Any]:
    name, keys = page_of(request)
    in_path = "code" in keys and wrong.typed.kind == Kind.HALF
    return {
        "fault": str(wrong),
        "typed": wrong.typed,
        "what": wrong.typed.kind.word,
        "is_file": name != view_name(request),
        "page": "" if in_path else reverse(name, kwargs=keys),
        "links": list(links(name, keys)) if in_path else [],
        "choices": choices(wrong.typed),
        "others": [(key, value) for key, value in request.GET.items() if key not in SPAN],
    }


def view_name(request: AuthedRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def page_of(request: AuthedRequest) -> tuple[str, dict[str, Any]]:
    """The page on which the choice is made: of an export, the page it belongs to."""
    name = view_name(request)
    for ending in FILES:
        name = name.removesuffix(ending)
    name = {"reports:balance": "reports:period", "reports:comparison": "reports:period-comparison"}.get(name, name)
    return name, dict(request.resolver_match.kwargs) if request.resolver_match else {}


def links(name: str, keys: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The same page of every half-year there is; of what belongs to one alone, that half-year's page."""
    page = name if set(keys) == {"code"} and name in PAGES else "reports:period"
    for period in periods_to_choose(today()):
        yield period.label, reverse(page, args=[period.code])


PAGES = ("reports:period", "reports:period-sign", "reports:period-comparison")


def choices(typed: Typed) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be chosen, in groups, value and words."""
    if typed.kind == Kind.PERIOD:
        return [(year, [(one.code, one.label) for one in ones]) for year, ones in periods_by_year(today())]
    if typed.kind == Kind.HALF:
        return [("", [(one.code, one.label) for one in periods_to_choose(today())])]
    if typed.kind == Kind.WEEK:
        weeks = mondays_to_choose(today(), SHOWN)
        return [("", [(f"{monday}", f"{monday.year}年{monday.month}月{monday.day}日起一周") for monday in weeks])]
    return []
