"""Figures bound to an indicator, a scope and a period, read from the stored tally: one statement a period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import Unit
from common.money import from_cents, in_wan
from common.periods import Period, UnknownPeriodError
from common.rounding import rounded_count, rounded_money
from enterprises.models import Workstream
from reports.briefing.text.language import UnknownNameError
from reports.briefing.text.scopes import Scope
from reports.figures.definitions import Prose
from reports.figures.indicators import CALM, INDICATORS, Indicator
from reports.figures.sources import TASKS
from reports.figures.values import figures
from reports.figures.words import NOT_COUNTED
from reports.models import Rounding, Tally

Level = Tally.Level
NEAR = 3
Where = tuple[str, str, int | None, int | None]  # indicator, period, workstream, unit


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

    @property
    def url(self) -> str:
        return records_url(self.page or self.code, self.period, self.workstream, self.unit)

    @property
    def frozen(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> Where:
        return (self.code, self.period, self.workstream, self.unit)


@dataclass(frozen=True)
class Ask:
    """A placeholder taken apart."""

    code: str
    period: Period
    workstream: Workstream | None
    unit: Unit | None
    prose: Prose | None


def records_url(code: str, period: str, workstream: int | None = None, unit: int | None = None) -> str:
    """The page of the records behind a figure."""
    cell = {"workstream": workstream, "unit": unit}
    asked = "".join(f"&{name}={pk}" for name, pk in cell.items() if pk is not None)
    return f"{reverse('reports:records', args=[code])}?period={period}{asked}"


class FigureBook:
    """Every indicator's value of a scope, of its own period or another."""

    def __init__(self, scope: Scope, rounding: str, now: datetime) -> None:
        self.scope, self.rounding, self.now = scope, rounding, now
        self.cells: dict[str, dict[tuple[str, str, int | None, int | None], int]] = {}

    def bound(self, name: str) -> Bound:
        """The figure a placeholder names.

        Raises:
            UnknownNameError: it names none, or one this briefing may not tell.
        """
        ask = self.ask(name)
        one = INDICATORS[ask.code]
        workstream = ask.workstream.pk if ask.workstream else None
        unit = ask.unit.pk if ask.unit else None
        value = self.value(one, ask.period, workstream, unit)
        return Bound(
            name=name,
            code=one.code,
            label=one.label,
            period=ask.period.code,
            workstream=workstream,
            unit=unit,
            value=value,
            exact=exact(one, value),
            text=prose(one, value, Prose.EXACT if self.rounding == Rounding.EXACT else ask.prose or one.prose),
        )

    def ask(self, name: str) -> Ask:
        code, *parts = [part.strip() for part in name.split("@")]
        if code not in INDICATORS:
            raise UnknownNameError(name)
        one = INDICATORS[code]
        found: dict[str, Any] = {"period": self.scope.period, "unit": self.scope.unit, "prose": None}
        found["workstream"] = self.scope.workstream or self.matter(one.home)
        for part in parts:
            found.update(self.part(name, part))
        return Ask(code=code, **found)

    def matter(self, word: str) -> Workstream | None:
        return next((one for one in self.scope.matters if word and word in (one.slug, one.name)), None)

    def part(self, name: str, word: str) -> dict[str, Any]:
        """What one part after an `@` narrows."""
        if word in list(Prose):
            return {"prose": Prose(word)}
        if word == "all":
            return {"workstream": self.scope.workstream}
        if matter := self.matter(word):
            if self.scope.workstream not in (None, matter):
                raise UnknownNameError(name, f"不属于本汇报的范围（{self.scope.name}）")
            return {"workstream": matter}
        if unit := next((one for one in self.scope.units if word and word in (one.name, one.short_name)), None):
            if self.scope.unit not in (None, unit):
                raise UnknownNameError(name, f"不属于本汇报的范围（{self.scope.name}）")
            return {"unit": unit}
        try:
            return {"period": Period.parse(word)}
        except UnknownPeriodError:
            known = [one.name for one in (*self.scope.matters, *self.scope.units)] + [*Prose, "all"]
            near = tuple(f"{name.split('@')[0]}@{one}" for one in get_close_matches(word, known, NEAR, 0.4))
            raise UnknownNameError(name, f"里的 @{word} 不是大事、单位、统计期或写法", near) from None

    def value(self, one: Indicator, period: Period, workstream: int | None, unit: int | None) -> int | None:
        """The stored value, None where the figure was not counted then; the park's calm is of no unit, and of the park
        whatever matter is asked for."""
        if (one.code, Level.ALL, None, None) not in self.stored(period):
            return None
        if one is CALM:
            park = self.matter(one.home)
            if unit is not None or (workstream is not None and (park is None or workstream != park.pk)):
                return 0
            workstream = None
        return self.cell(one.code, period, workstream, unit)

    def cell(self, code: str, period: Period, workstream: int | None, unit: int | None) -> int:
        """What is stored at a place, also what is no published figure (`reports.figures.balance`)."""
        return self.stored(period).get((code, level_of(workstream, unit), workstream, unit), 0)

    @property
    def is_empty(self) -> bool:
        """Nothing was recorded in the scope; that nothing happened to the park's calm is no record."""
        unit, workstream = self.scope.unit, self.scope.workstream
        place = (workstream.pk if workstream else None, unit.pk if unit else None)
        counted = [one for one in INDICATORS.values() if one is not CALM and one.source is not TASKS]
        return not any(self.value(one, self.scope.period, *place) for one in counted)

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


def level_of(workstream: int | None, unit: int | None) -> Level:
    """The level of the tally at which a place is stored."""
    levels = {
        (False, False): Level.ALL,
        (True, False): Level.WORKSTREAM,
        (False, True): Level.UNIT,
        (True, True): Level.CELL,
    }
    return levels[workstream is not None, unit is not None]


def place_name(one: Bound, scope: Scope) -> str:
    """“五好园区”, “市公安局、2022年下半年”: where a figure is not simply of the office and the briefing's period."""
    names = [matter.name for matter in scope.matters if matter.pk == one.workstream]
    names += [unit.name for unit in scope.units if unit.pk == one.unit]
    return "、".join([*names, *([Period.parse(one.period).label] if one.period != scope.period.code else [])])


def record_counts(places: Iterable[Where]) -> dict[Where, int]:
    """How many records are behind each figure, as many as its page lists: one statement a source and place."""
    asked: dict[tuple[str, str, int | None, int | None], list[Indicator]] = defaultdict(list)
    for code, period, workstream, unit in places:
        one = INDICATORS[code]
        asked[one.source.key, period, workstream, unit].append(one)
    counts: dict[Where, int] = {}
    for (_, code, workstream, unit), ones in asked.items():
        period, source = Period.parse(code), ones[0].source
        rows = source.rows(period).order_by()
        if workstream is not None and source.workstream:
            rows = rows.filter(**{source.workstream: workstream})
        if unit is not None:
            rows = rows.filter(**{source.unit: unit})
        found = rows.aggregate(
            **{
                f"of_{one.code}": Count(
                    source.item or "pk", filter=one.where(period) or None, distinct=bool(source.item)
                )
                for one in ones
            }
        )
        counts |= {(one.code, code, workstream, unit): found[f"of_{one.code}"] for one in ones}
    return counts
