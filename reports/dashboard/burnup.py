"""Registered and resolved entries week by week towards the target day, with the target line and the pace of late."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from reports.dashboard.months import months_of
from reports.dashboard.overview import Basis
from reports.days.rates import Rates


@dataclass(frozen=True)
class Burnup:
    """The curve up to `day`; `before` are the rates at the end of the period before, `months` at each month's end."""

    day: date
    points: list[tuple[date, Rates]]
    before: Rates
    months: list[Rates]
    target: int
    target_on: date | None
    ends_on: date
    expected: int | None
    population: str

    @property
    def chart(self) -> dict[str, Any]:
        """What static/js/charts/burnup.js draws."""
        return {
            "points": [[day.isoformat(), rates.total, rates.completed, rates.resolved] for day, rates in self.points],
            "target": self.target,
            "targetOn": self.target_on.isoformat() if self.target_on else None,
            "endsOn": self.ends_on.isoformat(),
            "expected": self.expected,
            "day": f"{reverse('reports:rates')}?on=DAY&of={self.population}",
        }

    @property
    def table(self) -> list[tuple[date, Rates]]:
        """The same numbers in words: the last point of every month, newest first."""
        last: dict[tuple[int, int], tuple[date, Rates]] = {(day.year, day.month): (day, r) for day, r in self.points}
        return sorted(last.values(), reverse=True)


def burnup(ground: Basis) -> Burnup:
    """From New Year to the target day, or to the period's end where that is later. What was before days that begin no
    month is counted at once."""
    period, day, kept = ground.period, ground.day, ground.standings
    start = date(day.year, 1, 1)
    return Burnup(
        day=day,
        points=list(kept.curve.items()),
        before=kept.at(period.start - timedelta(days=1)),
        months=[kept.at(min(month.end, day)) for month in months_of(period) if start <= month.start <= day],
        target=ground.target,
        target_on=ground.target_on,
        ends_on=max(ground.target_on, day) if ground.target_on else period.end,
        expected=ground.forecast.expected if ground.forecast else None,
        population=ground.population,
    )
