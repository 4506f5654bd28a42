"""The months of a period as kept with its tally, and the hairline they draw."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.rights.scope import Audience
from common.periods import AnyPeriod, Period
from ledger.models import RecoveryKind
from reports.figures.registry.indicators import INDICATORS
from reports.figures.shares import compute_shares
from reports.models import Share

LOSSES = "losses_total"
HEADLINES = ("relief_services", "problems_resolved", LOSSES)
DRAWN = (Share.Dimension.MONTH, Share.Dimension.KIND)
DRAWN_FIELDS = ("indicator", "dimension", "key", "value")
Drawn = tuple[str, str, int, int]
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


def drawn(period: AnyPeriod, user: Audience) -> QuerySet[Share]:
    """The stored shares this person is shown as months and kinds; over someone's units they add up."""
    kept = Share.objects.of(period.code).filter(dimension__in=DRAWN, indicator__in=HEADLINES)
    return kept.visible_to(user).filter(whole=user.sees_all).order_by()


def monthly(period: AnyPeriod, user: Audience, cells: Iterable[Drawn] | None = None, *, total: int = 1) -> Months:
    """The months of the headline figures and losses by kind, from the stored shares; counted where none are kept.

    A caller that has read the shares passes them as `cells`, one that knows the figures their `total`: of nothing
    there is nothing to count.
    """
    cells = list(drawn(period, user).values_list(*DRAWN_FIELDS) if cells is None else cells)
    if total and not cells and not Share.objects.of(period.code).filter(dimension__in=DRAWN).exists():
        units = None if user.sees_all else user.scope_units().values_list("pk", flat=True)
        counted = compute_shares(period, units=units, sources={INDICATORS[code].source.key for code in HEADLINES})
        cells = [(one.indicator, one.dimension, one.key or 0, one.value) for one in counted if one.whole]
    place = {month.start.year * 100 + month.start.month: at for at, month in enumerate(months_of(period))}
    by_code: dict[str, list[int]] = {code: [0] * len(place) for code in HEADLINES}
    money: dict[str, int] = defaultdict(int)
    for code, dimension, key, value in cells:
        if dimension == "month" and code in by_code:
            by_code[code][place[key]] += value
        elif dimension == "kind" and code == LOSSES:
            money[RecoveryKind.values[key]] += value
    return Months(by_code, dict(money))


@dataclass(frozen=True)
class Hairline:
    """The points of an SVG polyline over a baseline of nought, and in words what its upper edge stands for; without
    points for less than two values."""

    points: str = ""
    top: str = ""


NO_LINE = Hairline()


def hairline(values: Sequence[int | None], top: int, words: str) -> Hairline:
    """Values from nought to `top`, in a box of 120 × 28; a month that has none (a rate of nothing) is left out."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return NO_LINE
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    rise = (HEIGHT - 2 * EDGE) / (top or 1)
    points = (f"{EDGE + at * step:.1f},{HEIGHT - EDGE - value * rise:.1f}" for at, value in known)
    return Hairline(" ".join(points), words)
