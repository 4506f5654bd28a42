"""Figures bound to an indicator, a scope and a period, read from the stored tally: one statement a period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.db.models import Count

from accounts.models import Unit
from accounts.units.trees import ONLY
from common.money import from_cents, in_wan
from common.periods import Period, UnknownPeriodError, local_date
from common.rounding import rounded_count, rounded_money
from enterprises.models import Workstream
from reports.briefing.text.language import UnknownNameError
from reports.briefing.text.scopes import Place, Scope
from reports.figures.blank import RECORDED, steps_taken
from reports.figures.levels import level_of
from reports.figures.registry.definitions import Prose
from reports.figures.registry.indicators import CALM, INDICATORS, Indicator
from reports.figures.tallies import Cell, Level
from reports.figures.together import together
from reports.figures.values import figures
from reports.figures.words import NOT_COUNTED
from reports.models import Rounding, Tally
from reports.records.addresses import records_url

NEAR = 3
OWN_LEVEL = "own"  # after an @: the unit alone
Where = tuple[str, str, Place]  # indicator, period, where


@dataclass(frozen=True)
class Bound:
    """A figure in a sentence: what it is bound to, its value (分 for money) and how it was printed.

    What was not counted then has no value: a sentence says nothing of it, a table “—”.
    """

    name: str
    code: str
    label: str
    period: str
    workstream: int | None
    unit: int | None
    value: int | None
    exact: str
    text: str
    page: str = ""  # whose records it opens, where not its own
    only: bool = False  # the unit alone, without those below it
    population: str = ""  # of a rate
    link: str = ""  # the page of its own, where that is no list of records

    @property
    def url(self) -> str:
        if self.link:
            return self.link
        place: dict[str, int | str | None] = {"workstream": self.workstream, "unit": self.unit}
        place |= {"only": 1 if self.only else None, "of": self.population or None}
        return records_url(self.page or self.code, self.period, **place)

    @property
    def frozen(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> Where:
        return (self.code, self.period, self.at)

    @property
    def at(self) -> Place:
        return Place(self.workstream, self.unit, self.only)


@dataclass(frozen=True)
class Ask:
    """A placeholder taken apart."""

    code: str
    period: Period
    workstream: Workstream | None
    unit: Unit | None
    only: bool
    prose: Prose | None

    @property
    def at(self) -> Place:
        only = self.only and self.unit is not None
        return Place(self.workstream.pk if self.workstream else None, self.unit.pk if self.unit else None, only)


class FigureBook:
    """Every indicator's value of a scope, of its own period or another."""

    def __init__(self, scope: Scope, rounding: str, now: datetime) -> None:
        self.scope, self.rounding, self.now = scope, rounding, now
        self.cells: dict[str, dict[tuple[str, str, int | None, int | None], int]] = {}
        self.trees: dict[tuple[str, int], dict[tuple[str, int | None], int]] = {}

    def bound(self, name: str) -> Bound:
        """The figure a placeholder names.

        Raises:
            UnknownNameError: it names none, or one this briefing may not tell.
        """
        ask = self.ask(name)
        one, at = INDICATORS[ask.code], ask.at
        value = self.value(one, ask.period, at)
        return Bound(
            name=name,
            code=one.code,
            label=one.label,
            period=ask.period.code,
            workstream=at.workstream,
            unit=at.unit,
            only=at.only,
            value=value,
            exact=exact(one, value),
            text=prose(one, value, Prose.EXACT if self.rounding == Rounding.EXACT else ask.prose or one.prose),
        )

    def ask(self, name: str) -> Ask:
        code, *parts = [part.strip() for part in name.split("@")]
        if code not in INDICATORS:
            raise UnknownNameError(name)
        one = INDICATORS[code]
        scope = self.scope
        found: dict[str, Any] = {"period": scope.period, "unit": scope.unit, "only": scope.only, "prose": None}
        found["workstream"] = scope.workstream or self.matter(one.home)
        for part in parts:
            found.update(self.part(name, part))
        return Ask(code=code, **found)

    def matter(self, word: str) -> Workstream | None:
        return next((one for one in self.scope.matters if word and word in (one.slug, one.name)), None)

    def part(self, name: str, word: str) -> dict[str, Any]:
        """What one part after an `@` narrows."""
        plain: dict[str, dict[str, Any]] = {how.value: {"prose": how} for how in Prose}
        plain |= {"all": {"workstream": self.scope.workstream}, OWN_LEVEL: {"only": True}}
        if word in plain:
            return plain[word]
        if matter := self.matter(word):
            if self.scope.workstream not in (None, matter):
                raise UnknownNameError(name, f"不属于本汇报的范围（{self.scope.name}）")
            return {"workstream": matter}
        if unit := next((one for one in self.scope.units if word and word in (one.name, one.short_name)), None):
            if unit not in self.scope.units_within:
                raise UnknownNameError(name, f"不属于本汇报的范围（{self.scope.name}）")
            return {"unit": unit}
        try:
            return {"period": Period.parse(word)}
        except UnknownPeriodError:
            places = [*(one.name for one in self.scope.matters), *(one.name for one in self.scope.units)]
            known = [*places, *Prose, "all", OWN_LEVEL]
            near = tuple(f"{name.split('@')[0]}@{one}" for one in get_close_matches(word, known, NEAR, 0.4))
            raise UnknownNameError(name, f"里的 @{word} 不是大事、单位、统计期或写法", near) from None

    def value(self, one: Indicator, period: Period, at: Place) -> int | None:
        """The stored value, None where the figure was not counted then; the park's calm is of no unit, and of the park
        whatever matter is asked for."""
        if (one.code, Level.ALL, None, None) not in self.stored(period):
            return None
        if one is CALM:
            park = self.matter(one.home)
            if at.unit is not None or (at.workstream is not None and (park is None or at.workstream != park.pk)):
                return 0
            at = Place()
        return self.cell(one.code, period, at)

    def cell(self, code: str, period: Period, at: Place) -> int:
        """What is stored at a place, also what is no published figure (`reports.figures.balance`); of a unit with
        those below it, what they have together."""
        units = set() if at.unit is None else self.scope.tree(at.unit, only=at.only)
        if at.unit is not None and len(units) > 1:
            return self.tree(period, at.unit, units).get((code, at.workstream), 0)
        return self.stored(period).get((code, level_of(at.workstream, at.unit), at.workstream, at.unit), 0)

    def tree(self, period: Period, unit: int, units: set[int]) -> dict[tuple[str, int | None], int]:
        """By code and matter, what a unit and those below it have together; read once."""
        key = (period.code, unit)
        if key not in self.trees:
            cells = (Cell(*place, value) for place, value in self.stored(period).items())
            totals = together(cells, period, units, local_date(self.now))
            self.trees[key] = {(one.indicator, one.workstream): one.value for one in totals}
        return self.trees[key]

    @cached_property
    def is_empty(self) -> bool:
        """Nothing was recorded in the scope, as `reports.figures.blank` has it."""
        place = self.scope.place
        if any(self.cell(code, self.scope.period, place) for code in RECORDED):
            return False
        return not place.narrowed(steps_taken(self.scope.period), "entry__workstream", "unit").exists()

    def stored(self, period: Period) -> dict[tuple[str, str, int | None, int | None], int]:
        """The period's tally, counted first if it never was."""
        if period.code not in self.cells:
            rows = Tally.objects.of(period.code).order_by()
            if not rows.exists():
                figures(period, now=self.now)
            fields = ("indicator", "level", "workstream_id", "unit_id", "value")
            self.cells[period.code] = {tuple(row[:4]): row[4] for row in rows.values_list(*fields)}
        return self.cells[period.code]


def shown(one: Indicator, value: int) -> int | Decimal:
    return from_cents(value) if one.is_money else value


def exact(one: Indicator, value: int | None) -> str:
    """As a table prints it."""
    return NOT_COUNTED if value is None else one.exact(shown(one, value))


def prose(one: Indicator, value: int | None, how: Prose) -> str:
    """As a sentence prints it, rounded as asked."""
    if value is None:
        return NOT_COUNTED
    headline = how == Prose.HEADLINE
    if one.is_money:
        yuan = from_cents(value)
        return in_wan(yuan) if how == Prose.EXACT else rounded_money(yuan, headline=headline)
    return f"{value}{one.unit_word}" if how == Prose.EXACT else rounded_count(value, one.unit_word, headline=headline)


def place_name(one: Bound, scope: Scope) -> str:
    """“五好园区”, “市公安局、2022年下半年”: where a figure is not simply of the office and the briefing's period."""
    names = [matter.name for matter in scope.matters if matter.pk == one.workstream]
    own = ONLY if one.only else ""
    names += [f"{unit.name}{own if scope.has_below(unit) else ''}" for unit in scope.units if unit.pk == one.unit]
    return "、".join([*names, *([Period.parse(one.period).label] if one.period != scope.period.code else [])])


def record_counts(places: Iterable[Where]) -> dict[Where, int]:
    """How many records are behind each figure, as many as its page lists: one statement a source and place."""
    asked: dict[tuple[str, str, Place], list[Indicator]] = defaultdict(list)
    for code, of, at in places:
        one = INDICATORS[code]
        asked[one.source.key, of, at].append(one)
    counts: dict[Where, int] = {}
    for (_, code, at), ones in asked.items():
        period, source = Period.parse(code), ones[0].source
        rows = at.narrowed(source.rows(period).order_by(), source.workstream, source.unit)
        found = rows.aggregate(
            **{
                f"of_{one.code}": Count(
                    source.item or "pk", filter=one.where(period) or None, distinct=bool(source.item)
                )
                for one in ones
            }
        )
        counts |= {(one.code, code, at): found[f"of_{one.code}"] for one in ones}
    return counts
