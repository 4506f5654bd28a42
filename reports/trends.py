"""The months of a period in one statement, and the hairline they draw."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, CharField, Count, F, Sum, Value
from django.db.models.functions import Cast, ExtractMonth, ExtractYear

from accounts.models import User
from common.periods import AnyPeriod, Period
from reports.indicators import INDICATORS

HEADLINES = ("relief_services", "problems_resolved", "losses_total")
WIDTH, HEIGHT, EDGE = 120, 28, 2


@dataclass(frozen=True)
class Months:
    """Each headline figure by month of the period, money in 分, and the money by its kind."""

    by_code: dict[str, list[int]]
    money: dict[str, int]


def months_of(period: AnyPeriod) -> list[Period]:
    """Every month that has a day in the period."""
    month, found = Period(period.start.replace(day=1), 1), []
    while month.start < period.next_start:
        found.append(month)
        month = month.shift(1)
    return found


def monthly(period: AnyPeriod, user: User) -> Months:
    """The months of the headline figures, by the indicators' own rows, and losses by kind, in one statement."""
    parts = []
    for code in HEADLINES:
        one = INDICATORS[code]
        rows = one.rows(period).order_by()
        if not user.sees_all:
            rows = rows.filter(**{f"{one.source.unit}__in": user.scope_units()})
        kind = Cast(F("kind"), CharField()) if one.is_money else Value("", output_field=CharField())
        keyed = rows.annotate(
            code=Value(code, output_field=CharField()),
            of_kind=kind,
            year=ExtractYear("happened_on"),
            month=ExtractMonth("happened_on"),
        )
        # Without the cast each database gives a union's sums another type, and money would be read as yuan by some.
        number = Cast(Sum(one.amount) if one.amount else Count("pk"), BigIntegerField())
        parts.append(keyed.values_list("code", "of_kind", "year", "month").annotate(n=number))
    place = {(month.start.year, month.start.month): at for at, month in enumerate(months_of(period))}
    by_code: dict[str, list[int]] = {code: [0] * len(place) for code in HEADLINES}
    money: dict[str, int] = defaultdict(int)
    for code, of_kind, year, month, number in parts[0].union(*parts[1:], all=True):
        by_code[code][place[year, month]] += number
        if of_kind:
            money[of_kind] += number
    return Months(by_code, dict(money))


def hairline(values: Sequence[float]) -> str:
    """The points of an SVG polyline in a box of 120 × 28; empty for less than two values."""
    if len(values) < 2:
        return ""
    top, bottom = max(values), min(values)
    span = (top - bottom) or 1
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    return " ".join(
        f"{EDGE + n * step:.1f},{HEIGHT - EDGE - (value - bottom) / span * (HEIGHT - 2 * EDGE):.1f}"
        for n, value in enumerate(values)
    )
