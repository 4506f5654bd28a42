"""Registered and resolved entries week by week towards the target day, with the target line and the pace of late."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from common.periods import Period
from reports.rates import Rates, rates_over

WEEK = timedelta(days=7)
PACE_WEEKS = 4


@dataclass(frozen=True)
class Burnup:
    """The curve up to `day`; `before` are the rates at the end of the period before, `months` at each month's end."""

    day: date
    points: list[tuple[date, Rates]]
    rates: Rates
    before: Rates
    months: list[Rates]
    target: int
    target_on: date | None
    ends_on: date

    @property
    def expected(self) -> int | None:
        """Resolved by the target day at the pace of the last four weeks; None once it is past or without a target."""
        if self.target_on is None or self.target_on <= self.day:
            return None
        past = [rates.resolved for day, rates in self.points if day <= self.day - PACE_WEEKS * WEEK]
        gained = self.rates.resolved - (past[-1] if past else 0)
        weeks_left = (self.target_on - self.day).days / 7
        return min(self.rates.resolved + round(max(gained, 0) / PACE_WEEKS * weeks_left), self.rates.total)

    @property
    def chart(self) -> dict[str, Any]:
        """What static/js/charts.js draws."""
        return {
            "points": [[day.isoformat(), rates.total, rates.completed, rates.resolved] for day, rates in self.points],
            "target": self.target,
            "targetOn": self.target_on.isoformat() if self.target_on else None,
            "endsOn": self.ends_on.isoformat(),
            "expected": self.expected,
        }

    @property
    def table(self) -> list[tuple[date, Rates]]:
        """The same numbers in words: the last point of every month, newest first."""
        last: dict[tuple[int, int], tuple[date, Rates]] = {(day.year, day.month): (day, r) for day, r in self.points}
        return sorted(last.values(), reverse=True)


def burnup(user: User, period: Period, day: date, target: int, target_on: date | None) -> Burnup:
    """From the first day of the period's year to the target day, or to the period's end where that is later."""
    start = date(period.start.year, 1, 1)
    weeks = [start + n * WEEK for n in range((day - start).days // 7 + 1)]
    month_ends = [min(month.end, day) for month in period.split() if month.start <= day]
    ends = [Period(date(start.year, month, 1), 1).end for month in range(1, 13)]
    shown = sorted({*weeks, *(end for end in ends if end <= day), day})
    before = period.start - timedelta(days=1)
    rates = rates_over([*shown, *month_ends, before], user, target=target)
    return Burnup(
        day=day,
        points=[(one, rates[one]) for one in shown],
        rates=rates[day],
        before=rates[before],
        months=[rates[end] for end in month_ends],
        target=target,
        target_on=target_on,
        ends_on=max(target_on, day) if target_on else period.end,
    )
