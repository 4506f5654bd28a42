"""The number at the head of its records: counted from these very rows, or, where they are many, read as it is kept.

A list counts to `few()` rows at most, so its first page costs the same however long it is. Up to there the number
is that of the rows below it. Beyond, it is the kept one and says as of when (docs/adr/0019-record-lists.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from common.money import in_wan
from common.periods import AnyPeriod
from common.rows.keysets import CappedCount, CappedSum
from ledger.states import EntryState
from reports.days.populations import Population
from reports.days.rates import percent_text
from reports.figures import balance
from reports.figures.registry.definitions import Indicator
from reports.figures.registry.sources import same
from reports.figures.tallies import calm_cells
from reports.figures.values import shown
from reports.records.balance_entries import net

FEW = 1000
DONE, RESOLVED = Q(state_then__in=EntryState.DONE), Q(state_then__in=EntryState.RESOLVED)
Kept = Mapping[str, int]  # stored values by code


def few() -> int:
    return min(settings.LIST_COUNT_LIMIT, FEW)


@dataclass(frozen=True)
class Number:
    """A value, in words, and the same to the 分 or as its parts where that says more."""

    value: int | Decimal
    words: str
    exact: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)  # of a rate, by the codes of `reports.figures.balance`


class Head(Protocol):
    """How a list's number is got at. `codes` are the stored values that make it."""

    @property
    def codes(self) -> Sequence[str]: ...

    def length(self, kept: Kept) -> int | None:
        """How many rows the list has by what is stored, or None where that doesn't say."""

    def is_long(self, kept: Kept) -> bool:
        """Whether what is stored says that there are too many rows to count."""

    def totals(self, rows: QuerySet) -> dict[str, Any]:
        """What is counted beside the rows, in the same statement."""

    def counted(self, rows: QuerySet, count: int, totals: Mapping[str, Any]) -> Number:
        """The number of a list of no more than `few()` rows."""

    def kept(self, kept: Kept) -> Number:
        """The number as it is stored."""

    def in_full(self, rows: QuerySet) -> Number:
        """The number from all the rows, however many."""


@dataclass(frozen=True)
class FigureHead:
    """A published figure: a sum over its rows, or their number."""

    one: Indicator

    @property
    def codes(self) -> Sequence[str]:
        return (self.one.code,)

    @property
    def column(self) -> str:
        return self.one.amount if self.one.source.records is same else ""

    def length(self, kept: Kept) -> int | None:
        return None if self.column else kept[self.one.code]

    def is_long(self, kept: Kept) -> bool:
        return (self.length(kept) or 0) > few()

    def totals(self, rows: QuerySet) -> dict[str, Any]:
        return {"sum": CappedSum(rows, self.column, few())} if self.column else {}

    def counted(self, rows: QuerySet, count: int, totals: Mapping[str, Any]) -> Number:
        if not self.column:
            return self.tell(count)
        if count and not totals:  # of records the list doesn't show
            return self.in_full(rows)
        return self.tell(totals.get("sum") or zero(self.one))

    def kept(self, kept: Kept) -> Number:
        return self.tell(shown(self.one, kept[self.one.code]))

    def in_full(self, rows: QuerySet) -> Number:
        return self.tell(total(self.one, rows))

    def tell(self, value: int | Decimal) -> Number:
        if self.one.is_money:
            return Number(value, in_wan(Decimal(value)), f"¥{value:,.2f}")
        return Number(value, f"{value} {self.one.unit_word}")


def zero(one: Indicator) -> int | Decimal:
    return Decimal(0) if one.is_money else 0


def total(one: Indicator, rows: QuerySet[Any]) -> int | Decimal:
    """The figure, from all the records themselves."""
    plain_rows = rows.order_by()
    if one.amount and one.source.records is same:
        return plain_rows.aggregate(sum=Sum(one.amount))["sum"] or zero(one)
    return plain_rows.count()


@dataclass(frozen=True)
class CalmHead:
    """Months in which nothing happened: none of the rows below, and counted from them at once."""

    one: Indicator
    period: AnyPeriod
    today: date
    codes: Sequence[str] = ()

    def length(self, kept: Kept) -> int | None:
        return None

    def is_long(self, kept: Kept) -> bool:
        return False

    def totals(self, rows: QuerySet) -> dict[str, Any]:
        return {}

    def counted(self, rows: QuerySet, count: int, totals: Mapping[str, Any]) -> Number:
        return self.tell()

    def kept(self, kept: Kept) -> Number:
        return self.tell()

    def in_full(self, rows: QuerySet) -> Number:
        return self.tell()

    def tell(self) -> Number:
        months = next(cell.value for cell in calm_cells(self.period, self.today) if cell.workstream is None)
        return Number(months, f"{months} {self.one.unit_word}")


@dataclass(frozen=True)
class PartHead:
    """A part of the reconciliation: how many entries; of adjustments, those that came less those that went."""

    code: str
    units: Q | None  # those it is told of; None for all

    @property
    def codes(self) -> Sequence[str]:
        adjusted = (balance.MOVED_IN, balance.MOVED_OUT, balance.REOPENED)
        return adjusted if self.code == balance.ADJUSTED else (self.code,)

    def length(self, kept: Kept) -> int | None:
        return None if self.code == balance.ADJUSTED else kept[self.code]

    def is_long(self, kept: Kept) -> bool:
        return (self.length(kept) or 0) > few()

    def totals(self, rows: QuerySet) -> dict[str, Any]:
        return {}

    def counted(self, rows: QuerySet, count: int, totals: Mapping[str, Any]) -> Number:
        return self.in_full(rows) if self.code == balance.ADJUSTED else self.tell(count)

    def kept(self, kept: Kept) -> Number:
        if self.code == balance.ADJUSTED:
            return self.adjusted(*(kept[code] for code in self.codes))
        return self.tell(kept[self.code])

    def in_full(self, rows: QuerySet) -> Number:
        if self.code != balance.ADJUSTED:
            return self.tell(rows.order_by().count())
        moved_in, moved_out, reopened = net(rows, self.units)
        return self.adjusted(moved_in, moved_out, reopened)

    def adjusted(self, moved_in: int, moved_out: int, reopened: int) -> Number:
        parts = f"转入 {moved_in}，转出 {moved_out}，重新打开 {reopened}"
        return self.tell(moved_in + reopened - moved_out, parts)

    def tell(self, value: int, exact: str = "") -> Number:
        return Number(value, f"{value} 件", exact)


RATE_CODES = {
    Population.ALL: (balance.RATED, balance.RATED_DONE, balance.RATED_RESOLVED),
    Population.YEAR: (balance.YEAR, balance.YEAR_DONE, balance.YEAR_RESOLVED),
}


@dataclass(frozen=True)
class RateHead:
    """One of the two rates over `whole`; the list may show a part of it."""

    is_resolution: bool
    whole: QuerySet
    part: str = ""
    codes: Sequence[str] = RATE_CODES[Population.ALL]

    def length(self, kept: Kept) -> int | None:
        counted, done, resolved = (kept[code] for code in self.codes)
        parts = {
            "resolved": resolved,
            "completed": done,
            "waiting": done - resolved,
            "open": counted - done,
            "unresolved": counted - resolved,
        }
        return parts.get(self.part, counted)

    def is_long(self, kept: Kept) -> bool:
        return kept[self.codes[0]] > few()

    def totals(self, rows: QuerySet) -> dict[str, Any]:
        rules = {"all": Q(), "done": DONE, "resolved": RESOLVED}
        return {name: CappedCount(self.whole.filter(rule), few()) for name, rule in rules.items()}

    def counted(self, rows: QuerySet, count: int, totals: Mapping[str, Any]) -> Number:
        if not totals or totals["all"] > few():  # an empty part, or a short one of a long list
            return self.in_full(rows)
        return self.tell(totals["all"], totals["done"], totals["resolved"])

    def kept(self, kept: Kept) -> Number:
        return self.tell(*(kept[code] for code in self.codes))

    def in_full(self, rows: QuerySet) -> Number:
        counts = self.whole.order_by().aggregate(
            all=Count("pk"), done=Count("pk", filter=DONE), resolved=Count("pk", filter=RESOLVED)
        )
        return self.tell(**counts)

    def tell(self, all: int, done: int, resolved: int) -> Number:
        number = resolved if self.is_resolution else done
        counts = dict(zip(self.codes, (all, done, resolved), strict=True))
        return Number(number, percent_text(number, all), f"{number} / {all} 件", counts)
