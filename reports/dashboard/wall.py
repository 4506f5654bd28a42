"""What a 大屏 shows: numbers of units and matters only, no person, no enterprise and no words of an entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.units.trees import Viewer
from common.periods import Period
from ledger.models import ProblemEntry
from reports.dashboard.burnup import Burnup, burnup
from reports.dashboard.cards import Card, card, headlines
from reports.dashboard.charts import categories, category_chart
from reports.dashboard.first_screen import MoneyLine, money_lines, rate_change
from reports.dashboard.months import HEADLINES
from reports.dashboard.overview import Basis, Share, TargetMet, basis, matters, units
from reports.days.forecast import Forecast
from reports.days.populations import Population
from reports.days.rates import Rates, thousandths

UNITS_SHOWN = 12


@dataclass(frozen=True)
class UnitLine:
    share: Share
    overdue: int


@dataclass(frozen=True)
class Wall:
    period: Period
    day: date
    computed_at: datetime | None
    is_blank: bool
    cards: list[Card]
    rates: Rates
    beside: Rates
    met: TargetMet | None
    rate_change: str
    burnup: Burnup
    forecast: Forecast | None
    target_on: date | None
    matters: list[Share]
    units: list[UnitLine]
    overdue: int
    categories: list[Share]
    category_chart: dict[str, Any]
    money: list[MoneyLine]

    @property
    def resolved_percent(self) -> int:
        return thousandths(self.rates.resolved, self.rates.total) // 10

    @property
    def completed_percent(self) -> int:
        return thousandths(self.rates.completed, self.rates.total) // 10


def wall(viewer: Viewer, today: date, now: datetime, population: Population = Population.YEAR) -> Wall:
    """The current half-year as a wall shows it, from the same selectors as the leaders' pages."""
    period = Period.half_of(today)
    told = headlines(viewer, period, now)
    ground = basis(viewer, period, today, now, population)
    curve = burnup(ground)
    late = overdue(viewer, today)
    kinds = categories(ground)
    return Wall(
        period=period,
        day=ground.day,
        computed_at=ground.counted_at(told.computed_at),
        is_blank=ground.is_blank,
        cards=[card(code, told, ground) for code in HEADLINES],
        rates=ground.rates,
        beside=ground.beside,
        met=ground.met,
        rate_change=rate_change(ground, curve.before),
        burnup=curve,
        forecast=ground.forecast,
        target_on=ground.target_on,
        matters=matters(ground),
        units=unit_lines(ground, late),
        overdue=sum(late.values()),
        categories=kinds,
        category_chart=category_chart(kinds),
        money=[] if ground.is_blank else money_lines(told.months.money, period),
    )


def unit_lines(ground: Basis, late: dict[int, int]) -> list[UnitLine]:
    by_name = {name: late.get(key, 0) for key, name in ground.names["unit"].items()}
    return [UnitLine(share, by_name[share.name]) for share in units(ground)][:UNITS_SHOWN]


def overdue(viewer: Viewer, today: date) -> dict[int, int]:
    """How many entries are overdue today, by the unit that answers for them; of the wall's own units only."""
    return ProblemEntry.objects.answered_for(viewer).overdue(today).by_answering_unit()
