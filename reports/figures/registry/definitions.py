"""What one published figure is: its rows, its aggregate, its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.aggregates import Aggregate

from accounts.units.trees import units_q
from common.money import in_wan
from common.periods import AnyPeriod
from common.rounding import rounded_count, rounded_money
from reports.figures.registry.sources import Source


class Prose(StrEnum):
    """How the briefing's prose prints a figure; tables always print it exactly."""

    EXACT = "exact"
    BODY = "body"
    HEADLINE = "headline"

    @property
    def rule(self) -> str:
        """The rounding in words."""
        return ROUNDING[self]


ROUNDING = {
    Prose.EXACT: "行文用准确值",
    Prose.BODY: "行文取余：不足百取整十，满百取前两位",
    Prose.HEADLINE: "行文取余：只取第一位",
}


@dataclass(frozen=True)
class Revision:
    """One wording of a definition: from which day it is counted so, and what was changed."""

    since: date
    change: str


def since(day: date, change: str = "初次公布") -> tuple[Revision, ...]:
    """The history of a figure that begins on a day."""
    return (Revision(day, change),)


@dataclass(frozen=True)
class Indicator:
    """One published figure.

    `where` narrows the source's rows of a period; `amount` is the field summed (empty: rows are counted);
    `definition` is the 口径 in words: what counts, by which date, what is left out. `home` names the workstream
    (slug) the office publishes the figure for; empty means all. `history` says since when it is counted: in a period
    closed before, it was not counted, which is not nought. Whoever changes what a figure counts adds a line to it:
    that is its next `version`, and closed periods keep the one they were signed with.
    """

    code: str
    label: str
    unit_word: str
    source: Source
    definition: str
    where: Callable[[AnyPeriod], Q] = lambda period: Q()
    amount: str = ""
    prose: Prose = Prose.EXACT
    home: str = ""
    is_money: bool = False
    adds_up: bool = True
    history: tuple[Revision, ...] = field(kw_only=True)

    @property
    def version(self) -> int:
        """Which wording of the definition this is: 1, 2 …"""
        return len(self.history)

    def rows(self, period: AnyPeriod) -> QuerySet[Any]:
        """The rows counted, of all units."""
        return self.source.rows(period).filter(self.where(period))

    def aggregate(self, period: AnyPeriod) -> Aggregate:
        """The figure as one column of its source's GROUP BY."""
        where = self.where(period) or None
        return Sum(self.amount, filter=where) if self.amount else Count("pk", filter=where)

    def counted(
        self,
        period: AnyPeriod,
        user: Any,
        *,
        workstream: int | None = None,
        unit: int | None = None,
        only: bool = False,
        split: Mapping[str, int] = MappingProxyType({}),
    ) -> QuerySet[Any]:
        """What the figure a person is shown, or one cell of it, counts.

        Whoever sees one unit only is shown that unit's figure, so the rows are narrowed to it. Some of them may be
        another unit's by now: `visible_to` is for the caller. A unit is its whole tree, with `only` itself alone. A
        workstream or unit of 0 asks for the rows that state none; so does an officer, group or industry of 0 in
        `split`.
        """
        rows = self.rows(period)
        if workstream is not None and self.source.workstream:
            rows = rows.filter(**{self.source.workstream: workstream or None})
        if unit is not None:
            rows = rows.filter(units_q(self.source.unit, unit, only=only))
        for name, key in split.items():
            rows = self.source.narrowed(rows, name, key)
        if not user.sees_all:
            rows = rows.filter(**{f"{self.source.unit}__in": user.scope_units()})
        return self.source.records(rows)

    def records(self, period: AnyPeriod, user: Any, **cell: Any) -> QuerySet[Any]:
        """Those of the counted records that this person may open."""
        rows: Any = self.counted(period, user, **cell)  # of whichever of our models the source has
        return rows.visible_to(user)

    def text(self, value: int | Decimal) -> str:
        """The figure as the briefing's prose prints it, with its unit."""
        if self.is_money:
            yuan = Decimal(value)
            return in_wan(yuan) if self.prose == Prose.EXACT else rounded_money(yuan, headline=self.is_headline)
        if self.prose == Prose.EXACT:
            return f"{value}{self.unit_word}"
        return rounded_count(value, self.unit_word, headline=self.is_headline)

    def exact(self, value: int | Decimal) -> str:
        """The figure as tables print it: nothing rounded, thousands separated."""
        return f"{value:,}{self.unit_word}"

    @property
    def is_headline(self) -> bool:
        return self.prose == Prose.HEADLINE
