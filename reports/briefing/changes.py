"""What has changed since a briefing was issued, figure by figure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.periods import Period
from reports.briefing.figures import Bound, FigureBook, exact, place_name
from reports.briefing.scopes import Scope
from reports.briefing.words import RATE_WORDS, Words
from reports.indicators import INDICATORS
from reports.models import IssuedBriefing, Rounding

GONE = "—"


@dataclass(frozen=True)
class Change:
    label: str
    place: str
    then: str
    now: str
    url: str


def frozen_figures(issue: IssuedBriefing) -> list[Bound]:
    return [Bound(**figure) for figure in issue.figures]


def changes(issue: IssuedBriefing, scope: Scope, now: datetime) -> list[Change]:
    """The figures of the text whose value is another today; each once."""
    book = FigureBook(scope, Rounding.EXACT, now)
    words = Words(scope, book)
    places = {one.place: one for one in frozen_figures(issue)}
    found = [(one, value_now(one, book, words)) for one in places.values()]
    return [
        Change(one.label, place_name(one, scope), one.exact, value, one.url)
        for one, value in found
        if value != one.exact
    ]


def value_now(one: Bound, book: FigureBook, words: Words) -> str:
    if one.code in RATE_WORDS:
        told: Any = words[one.code]
        return told.exact if told else GONE
    indicator = INDICATORS.get(one.code)
    if indicator is None:
        return GONE
    value = book.value(indicator, Period.parse(one.period), one.workstream, one.unit)
    return exact(indicator, value)
