"""What has changed since a briefing was issued, figure by figure: from what to what, by which records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from common.money import in_wan
from common.periods import Period
from reports.briefing.adjustments import Since, moved_since
from reports.briefing.text.bound import Bound, FigureBook, exact, place_name, shown
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import RATE_WORDS, Words
from reports.figures import balance
from reports.figures.registry.indicators import CALM, INDICATORS, Indicator
from reports.models import IssuedBriefing, Rounding
from reports.records.listings import LISTINGS, Listing
from reports.records.page import cell

GONE = "—"
KEPT = 2000  # records a frozen figure remembers; one with more says only its numbers
TOLD, NAMED = 5, 3  # records named, columns of each


@dataclass(frozen=True)
class Record:
    """One record that made a difference; without an address it is gone, or not this person's to open."""

    name: str
    url: str | None


@dataclass(frozen=True)
class Cause:
    """Records that came, went or were changed: how many, and the first few."""

    word: str
    count: int
    records: list[Record]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.records)


@dataclass(frozen=True)
class Change:
    label: str
    place: str
    then: str
    now: str
    by: str  # how far it moved, in words
    url: str
    causes: list[Cause] = field(default_factory=list)
    definition: str = ""  # how the definition was changed since
    reason: str = ""  # of a closed period, why it was corrected: “因漏登一次”


def frozen_figures(issue: IssuedBriefing) -> list[Bound]:
    names = set(Bound.__dataclass_fields__)
    told = ({"only": bool(figure.get("unit")), **figure} for figure in issue.figures)  # once a unit meant itself alone
    return [Bound(**{name: value for name, value in figure.items() if name in names}) for figure in told]


def frozen(figure: Bound) -> dict[str, Any]:
    """A figure as an issued briefing keeps it: with the version of its definition and the records behind it."""
    one = INDICATORS.get(figure.code)
    if one is None:
        return figure.frozen
    pks = list(behind(one, figure).values_list("pk", flat=True).order_by("pk")[: KEPT + 1])
    return {**figure.frozen, "version": one.version, "records": pks if len(pks) <= KEPT else None}


def behind(one: Indicator, figure: Bound, user: User | None = None) -> Any:
    """The records of a figure in its place."""
    rows = figure.at.narrowed(one.rows(Period.parse(figure.period)), one.source.workstream, one.source.unit)
    found = one.source.records(rows)
    return found if user is None else found.visible_to(user)


def changes(issue: IssuedBriefing, scope: Scope, user: User, now: datetime) -> list[Change]:
    """The figures of the text whose value, or whose definition, is another today; each once."""
    book = FigureBook(scope, Rounding.EXACT, now)
    words = Words(scope, book)
    figures = frozen_figures(issue)
    places = {one.place: (one, kept) for one, kept in zip(figures, issue.figures, strict=True)}
    since = moved_since(scope, figures, issue.issued_at)
    words.moved = moved_rates(scope, since)
    found = []
    for one, kept in places.values():
        value, by = value_now(one, book, words, since)
        redefined = definition_changes(one, kept)
        if value != one.exact or redefined:
            causes = causes_of(one, kept, user, issue.issued_at) if value != one.exact else []
            place = place_name(one, scope) or scope.name or "全部"
            why = since.why(one) if value != one.exact else ""
            found.append(Change(one.label, place, one.exact, value, by, one.url, causes, redefined, why))
    return found


def moved_rates(scope: Scope, since: Since) -> dict[str, int]:
    """How far the counts behind the rates of a closed period have moved in the scope."""
    parts = {"registered": balance.YEAR, "completed": balance.YEAR_DONE, "resolved": balance.YEAR_RESOLVED}
    return {name: since.delta(scope.period.code, code, scope.place) for name, code in parts.items()}


def value_now(one: Bound, book: FigureBook, words: Words, since: Since) -> tuple[str, str]:
    """As a table prints it today, and how far it moved; of a closed period what was signed and adjusted since."""
    if one.code in RATE_WORDS:
        told: Any = words[one.code]
        return (told.exact if told else GONE), ""
    indicator = INDICATORS.get(one.code)
    if indicator is None:
        return GONE, ""
    value = book.value(indicator, Period.parse(one.period), one.at)
    if value is None or one.value is None:
        return exact(indicator, value), ""
    value += since.delta(one.period, one.code, one.at)
    moved = value - one.value
    size = shown(indicator, abs(moved))
    words_of = in_wan(Decimal(size)) if indicator.is_money else f"{size:,}{indicator.unit_word}"
    return exact(indicator, value), f"{'增加' if moved > 0 else '减少'}{words_of}" if moved else ""


def definition_changes(one: Bound, kept: dict[str, Any]) -> str:
    """What was changed in the definition since: each wording that came after the one it was issued with."""
    indicator = INDICATORS.get(one.code)
    version = kept.get("version")
    if indicator is None or version is None or version >= indicator.version:
        return ""
    steps = "；".join(f"{step.since:%Y年%-m月%-d日}起{step.change}" for step in indicator.history[version:])
    return f"口径由第 {version} 版改为第 {indicator.version} 版：{steps}"


def causes_of(one: Bound, kept: dict[str, Any], user: User, since: datetime) -> list[Cause]:
    """Records that are behind the figure now and were not then, the other way round, or were edited since."""
    indicator, then = INDICATORS.get(one.code), kept.get("records")
    if indicator is None or indicator is CALM or then is None:
        return []
    current = behind(indicator, one)
    now = set(current.values_list("pk", flat=True).order_by()[: KEPT + 1])
    if len(now) > KEPT:
        return []
    model, was = current.model, set(then)
    edited = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=was & now,
        timestamp__gt=since,
        action=LogEntry.Action.UPDATE,
    )
    pks = (("新计入", now - was), ("不再计入", was - now), ("改过", set(edited.values_list("object_id", flat=True))))
    return [cause(word, model, found, indicator, user) for word, found in pks if found]


def cause(word: str, model: Any, pks: Iterable[int], indicator: Indicator, user: User) -> Cause:
    pks = sorted(pks)
    listing = LISTINGS[indicator.source.page]
    rows = model.objects.visible_to(user).filter(pk__in=pks).select_related(*listing.related).order_by("pk")[:TOLD]
    return Cause(word, len(pks), [Record(name_of(row, listing), listing.url(row)) for row in rows])


def name_of(row: Any, listing: Listing) -> str:
    """As the list of records begins: “JS-2023-0004 厂区门口积水”, “2023年5月8日 走访企业 …”."""
    values = [cell(one.label, one.value(row)).text for one in listing.columns[:NAMED]]
    return " ".join(value for value in values if value != GONE)
