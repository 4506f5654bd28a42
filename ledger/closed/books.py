"""The closed half-years, and a fact that a figure of one of them counts. Pure, but for reading which there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from ledger.models import ClosedPeriod


class Fact(NamedTuple):
    """Something counted in a closed period, under a unit where it names one; `day` where it counts by its own date.

    `what` says all that decides in which figures it counts and how much: two that differ may be counted differently.
    """

    period: str
    unit: int | None
    what: tuple[Any, ...]
    day: date | None = None


Facts = frozenset[Fact]


@dataclass(frozen=True)
class Books:
    """The closed periods, oldest first; empty where none is closed, so that nothing else need be asked."""

    periods: tuple[ClosedPeriod, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.periods)

    @property
    def first(self) -> date:
        return self.periods[0].starts_on

    @property
    def last(self) -> date:
        return max(one.ends_on for one in self.periods)

    def on(self, day: date | None, unit: int | None, *what: Any) -> Iterator[Fact]:
        """Counted on its day, in the period that day lies in."""
        for one in self.periods:
            if day and one.starts_on <= day <= one.ends_on:
                yield Fact(one.code, unit, what, day)

    def over(self, first: date, last: date, unit: int | None, *what: Any) -> Iterator[Fact]:
        """Counted in every period that has one of these days."""
        for one in self.periods:
            if one.starts_on <= last and first <= one.ends_on:
                yield Fact(one.code, unit, what)

    def at_end(self, first: date, last: date | None, unit: int | None, *what: Any) -> Iterator[Fact]:
        """Counted in every period on whose last day it is in force; without a last day, ever since."""
        for one in self.periods:
            if first <= one.ends_on <= (last or date.max):
                yield Fact(one.code, unit, what)

    def edges(self) -> Iterator[tuple[str, date]]:
        """The days on which the ledger's standing is counted: the eve of each period, and its last day."""
        for one in self.periods:
            yield one.code, one.starts_on - timedelta(days=1)
            yield one.code, one.ends_on

    def touched(self, facts: Iterable[Fact]) -> list[ClosedPeriod]:
        codes = {fact.period for fact in facts}
        return [one for one in self.periods if one.code in codes]


def closed_books() -> Books:
    """As the database has them now."""
    return Books(tuple(ClosedPeriod.objects.order_by("starts_on", "pk")))
