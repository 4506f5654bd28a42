"""What is annexed to a briefing: all figures with their records, the period's books, and what is unresolved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import F

from common.money import WAN, from_cents, plain
from common.periods import Period
from ledger.calendar import working_calendar
from ledger.lights import Colour, light_of
from ledger.models import ProblemEntry
from ledger.states import EntryState
from reports.briefing.adjustments import MovedLine, moved_lines
from reports.briefing.text.bound import Bound, FigureBook, place_name, record_counts
from reports.briefing.text.scopes import Place, Scope
from reports.briefing.text.words import Words
from reports.closing.books import current_close
from reports.figures import balance
from reports.figures.registry.indicators import INDICATORS, Indicator
from reports.figures.sequels import BESIDE, sequels_at
from reports.models import Rounding
from reports.records.lists import RATE_RULE, RATES

LISTED = 300  # unresolved entries in print; the address on the page has them all
NO_LIGHT = "未定期限"


@dataclass(frozen=True)
class FigureLine:
    """A figure with its definition and records: `told` as the text prints it, empty where the text does not.

    `url` is absolute, or empty where nobody said what the office's address is.
    """

    code: str
    label: str
    place: str
    told: str
    definition: str
    version: int
    value: str
    records: int
    url: str


@dataclass(frozen=True)
class ShareLine:
    """A figure in all and shared out, a cell each; its label names the unit of measure."""

    label: str
    cells: list[str]


@dataclass(frozen=True)
class BookLine:
    """What was open, what came and went, what is open: in the order of `reports.figures.balance.COLUMNS`."""

    name: str
    numbers: list[int]

    @property
    def adds_up(self) -> bool:
        signs = {"": 1, "+": 1, "−": -1}
        *parts, closing = zip(self.numbers, balance.SIGNS.values(), strict=True)
        return sum(number * signs[sign] for number, sign in parts) == closing[0]


@dataclass(frozen=True)
class OpenEntry:
    number: str
    title: str
    unit: str
    deadline: date | None
    light: str
    words: str


@dataclass(frozen=True)
class Annexes:
    scope: Scope
    shared_by: list[tuple[str, list[str]]]  # 六件大事, 单位: the names of the shares, group by group
    figures: list[FigureLine]
    shares: list[ShareLine]
    books: list[BookLine]
    moved: list[MovedLine]
    entries: list[OpenEntry]
    lights: list[tuple[str, int]]
    unresolved: int
    charted: list[str]
    chart: dict[str, list[int]]

    @property
    def names(self) -> list[str]:
        return ["数字明细表", "期间收支核对表", "未化解问题清单", "服务与化解情况图"]


def annexes(scope: Scope, now: datetime, told: Sequence[Bound] = (), site: str = "") -> Annexes:
    """Everything annexed to a text that tells these figures; `site` is the address its links begin with."""
    book = FigureBook(scope, Rounding.EXACT, now)
    entries, lights, unresolved = unresolved_entries(scope)
    groups = shares(scope)
    drawn = groups[0][1]
    return Annexes(
        scope=scope,
        shared_by=[(name, [label for label, _ in places]) for name, places in groups],
        figures=figure_lines(scope, book, told, site),
        shares=share_lines(scope, book, [place for _, places in groups for _, place in places]),
        books=book_lines(scope, book),
        moved=moved_lines(scope, told),
        entries=entries,
        lights=lights,
        unresolved=unresolved,
        charted=[label for label, _ in drawn],
        chart={
            f"{one.label}（{one.unit_word}）": [book.value(one, scope.period, place) or 0 for _, place in drawn]
            for one in map(INDICATORS.__getitem__, CHARTED)
        },
    )


CHARTED = ("relief_services", "problems_resolved")
Group = tuple[str, list[tuple[str, Place]]]


def shares(scope: Scope) -> list[Group]:
    """What the figures are shared by: matters and units; a matter's by units, a single unit's by matters. A unit stands
    there for itself alone, so that the shares add up."""
    whole = scope.place
    matters: Group = ("六件大事", [(one.name, replace(whole, workstream=one.pk)) for one in scope.matters])
    units: Group = (
        "单位",
        [(scope.own_label(one), Place(whole.workstream, one.pk, only=True)) for one in scope.units_within],
    )
    if scope.workstream:
        return [units]
    return [matters, units] if len(scope.units_within) > 1 or not scope.unit else [matters]


def figure_lines(scope: Scope, book: FigureBook, told: Sequence[Bound], site: str) -> list[FigureLine]:
    """The text's figures as they come, each once, then the figures the text does not tell."""
    printed: dict[Any, list[Bound]] = {}
    for figure in told:
        printed.setdefault(figure.place, []).append(figure)
    written = {figure.code for figure in told}
    bound = [*(figures[0] for figures in printed.values())]
    bound += [book.bound(f"{code}@all") for code in INDICATORS if code not in written]
    meant = definitions_of(scope.period)
    counts = record_counts([one.place for one in bound if one.code in INDICATORS])
    rated = Words(scope, book).rates.total
    lines = []
    for one in bound:
        code = one.code if one.code in INDICATORS else one.page
        definition, version = meant.get(code, ("", 1))
        if one.code == BESIDE.code:
            definition = "。".join(filter(None, [definition, str(sequels_at(scope.period, one.workstream, one.unit))]))
        lines.append(
            FigureLine(
                code=one.code,
                label=one.label,
                place=place_name(one, scope) or scope.name or "全部",
                told="、".join(dict.fromkeys(figure.text for figure in printed.get(one.place, []))),
                definition=definition,
                version=version,
                value=one.exact,
                records=counts.get(one.place, rated),
                url=f"{site.rstrip('/')}{one.url}" if site else "",
            )
        )
    return lines


def definitions_of(period: Period) -> dict[str, tuple[str, int]]:
    """What each figure counts and in which version: of a closed period as it was signed."""
    meant = {code: (one.definition, one.version) for code, one in INDICATORS.items()}
    meant |= dict.fromkeys(RATES, (RATE_RULE, 1))
    close = current_close(period)
    if close:
        signed = close.definitions.values_list("code", "definition", "version")
        meant |= {code: (definition, version) for code, definition, version in signed}
    return meant


def share_lines(scope: Scope, book: FigureBook, places: list[Place]) -> list[ShareLine]:
    return [
        ShareLine(
            f"{one.label}（{'万元' if one.is_money else one.unit_word}）",
            [share(one, book.value(one, scope.period, place)) for place in (scope.place, *places)],
        )
        for one in INDICATORS.values()
    ]


def share(one: Indicator, value: int | None) -> str:
    """A cell of the shares, whose row names the unit of measure: money in 万元, to the 分."""
    if not value:
        return "—"
    return plain(from_cents(value) / WAN) if one.is_money else str(value)


def book_lines(scope: Scope, book: FigureBook) -> list[BookLine]:
    """The books of the scope, and of every matter and unit where it is of no one of them."""
    groups = [] if scope.unit or scope.workstream else [place for _, places in shares(scope) for place in places]
    return [
        book_line(scope.name or "合计", book, scope, scope.place),
        *(book_line(name, book, scope, place) for name, place in groups),
    ]


def book_line(name: str, book: FigureBook, scope: Scope, place: Place) -> BookLine:
    return BookLine(name, [book.cell(code, scope.period, place) for code in balance.COLUMNS])


def unresolved_entries(scope: Scope) -> tuple[list[OpenEntry], list[tuple[str, int]], int]:
    """What was unresolved on the cut-off day: the most pressing first, how many of each light, how many in all."""
    stood = ProblemEntry.objects.as_of(scope.day).exclude(state_then__in=[*EntryState.EXCLUDED, *EntryState.RESOLVED])
    rows = scope.place.narrowed(stood, "workstream", "unit_then")
    rows = rows.select_related("unit", "lead_unit").order_by(F("deadline").asc(nulls_last=True), "pk")
    calendar, found = working_calendar(), []
    for row in rows.iterator(chunk_size=2000):
        paused = row.paused_on if row.paused_on and row.paused_on <= scope.day else None
        then = SimpleNamespace(
            state=row.state_then, deadline=row.deadline, paused_on=paused, yellow_reason=row.yellow_reason
        )
        light = light_of(then, scope.day, calendar)
        unit = str(row.lead_unit or row.unit)
        colour = Colour(light.colour).label.split("：")[0] if light else NO_LIGHT
        words = light.words if light else EntryState(row.state_then).label
        found.append(OpenEntry(row.number, row.title, unit, row.deadline, colour, words))
    order = [*(colour.label.split("：")[0] for colour in Colour), NO_LIGHT]
    found.sort(key=lambda one: order.index(one.light))
    counts = Counter(one.light for one in found)
    return found[:LISTED], [(light, counts[light]) for light in order if counts[light]], len(found)
