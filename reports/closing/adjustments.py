"""What moved in a closed period since it was signed: “+3，因…”, listed beside the frozen figure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from common.money import from_cents, in_wan
from common.periods import AnyPeriod
from ledger.models import Correction
from reports.closing.books import current_close
from reports.figures import balance
from reports.figures.registry.indicators import INDICATORS
from reports.models import Adjustment, PeriodClose, Recount, Tally

Level = Tally.Level
UNEXPLAINED = "未说明原因"
ELSEWHERE = "见其他单位的更正"
SHOWN = [
    *INDICATORS,
    balance.OPENING,
    balance.CLOSING,
    balance.RATED_RESOLVED,
    balance.RATED_DONE,
    balance.YEAR_RESOLVED,
    balance.YEAR_DONE,
]


@dataclass(frozen=True)
class Moved:
    """One value that moved: by how much, found when, for which stated corrections."""

    code: str
    label: str
    place: str
    delta: int
    found_at: datetime
    corrections: list[Correction]
    reason: str

    @property
    def amount(self) -> str:
        return signed(self.code, self.delta)

    @property
    def text(self) -> str:
        """“+3，因漏登两次坐班”"""
        because = f"因{self.reason}" if self.corrections else self.reason
        return f"{self.amount}，{because}"


def signed(code: str, delta: int) -> str:
    """`+3`, `−1`, `+1.2万元`."""
    one = INDICATORS.get(code)
    size = in_wan(from_cents(abs(delta))) if one and one.is_money else f"{abs(delta):,}"
    return f"{'+' if delta > 0 else '−'}{size}"


def adds_up(code: str) -> bool:
    return code not in INDICATORS or INDICATORS[code].adds_up


def label_of(code: str) -> str:
    return INDICATORS[code].label if code in INDICATORS else balance.LABELS.get(code, code)


def adjustments(period: AnyPeriod, user: User) -> list[Moved]:
    """Everything that moved in a closed period, newest first: in all and by unit; for one unit its own."""
    close = current_close(period)
    if close is None:
        return []
    levels = [Level.ALL, Level.UNIT] if user.sees_all else [Level.UNIT]
    rows = (
        Adjustment.objects.visible_to(user)
        .filter(recount__close=close, level__in=levels, indicator__in=SHOWN)
        .select_related("recount", "unit")
        .order_by("-recount__number", "pk")
    )
    stated = corrections_of(close, user)
    explained = set(Recount.corrections.through.objects.filter(recount__close=close).values_list("recount", flat=True))
    return [tell(row, stated[row.recount_id], row.recount_id in explained) for row in rows]


def corrections_of(close: PeriodClose, user: User) -> dict[int, list[Correction]]:
    """By recount, those this person may read."""
    found: dict[int, list[Correction]] = defaultdict(list)
    links = Recount.corrections.through.objects.filter(
        recount__close=close, correction__in=Correction.objects.visible_to(user)
    )
    for link in links.select_related("correction__unit").order_by("correction"):
        found[link.recount_id].append(link.correction)
    return found


def tell(row: Adjustment, stated: Iterable[Correction], is_explained: bool) -> Moved:
    own, reason = because(row.unit_id, stated, is_explained)
    place = row.unit.name if row.unit else "全部"
    return Moved(row.indicator, label_of(row.indicator), place, row.delta, row.recount.counted_at, own, reason)


def because(unit: int | None, stated: Iterable[Any], is_explained: bool) -> tuple[list[Any], str]:
    """A unit's value is explained by that unit's corrections where there are some, else by all of the recount's."""
    own = [one for one in stated if unit and unit in (one.unit_id, one.other_unit_id)] or list(stated)
    unsaid = ELSEWHERE if is_explained else UNEXPLAINED
    return own, "；".join(dict.fromkeys(one.reason for one in own)) or unsaid


class Stated(NamedTuple):
    """What a correction says, beside one adjustment that it may explain."""

    adjustment: int
    code: str
    of_unit: int | None
    delta: int
    correction: int | None
    is_seen: bool
    reason: str
    unit_id: int | None
    other_unit_id: int | None


def stated_beside(period: AnyPeriod, user: User) -> Iterable[tuple[Any, ...]]:
    """The totals that moved, newest first, each as often as its recount has corrections, as rows of `Stated`."""
    in_force = PeriodClose.objects.filter(book__code=period.code, reopening=None)
    seen = Correction.objects.visible_to(user).filter(pk=OuterRef("recount__corrections"))
    level = Level.ALL if user.sees_all else Level.UNIT
    rows = Adjustment.objects.visible_to(user).filter(recount__close__in=in_force, level=level, indicator__in=SHOWN)
    if not user.sees_all:
        others = user.scope_units().exclude(pk=user.unit_id)
        rows = rows.exclude(Exists(others), indicator__in=[code for code in SHOWN if not adds_up(code)])
    words = [f"recount__corrections__{name}" for name in ("reason", "unit_id", "other_unit_id")]
    columns = ["pk", "indicator", "unit_id", "delta", "recount__corrections", "is_seen", *words]
    ordered = rows.annotate(is_seen=Exists(seen)).order_by("-recount__number", "pk", "recount__corrections")
    return ordered.values_list(*columns)


def moved_totals(period: AnyPeriod, user: User) -> dict[str, str]:
    """For each figure that moved, what stands beside the frozen value: “+3，因…”; of one's own units for a unit.

    Told as in `adjustments`, but read in one statement. What does not add up over several units is told as it is now
    (`reports.figures.together`): nothing moved beside it.
    """
    deltas: dict[str, int] = defaultdict(int)
    reasons: dict[str, list[str]] = defaultdict(list)
    rows = (Stated(*row) for row in stated_beside(period, user))
    for _, beside in groupby(rows, key=lambda row: row.adjustment):
        stated = list(beside)
        one = stated[0]
        own, reason = because(one.of_unit, [row for row in stated if row.is_seen], one.correction is not None)
        deltas[one.code] += one.delta
        reasons[one.code].append(f"因{reason}" if own else reason)
    return {
        code: f"{signed(code, delta)}，{'；'.join(dict.fromkeys(reasons[code]))}"
        for code, delta in deltas.items()
        if delta
    }


def moved_at(close: PeriodClose, codes: Iterable[str], places: Q, user: User) -> dict[str, tuple[int, list[str]]]:
    """By figure, how far its adjustments took it at some places, and the reasons: “因漏登”, “未说明原因”."""
    rows = Adjustment.objects.visible_to(user).filter(places, recount__close=close, indicator__in=list(codes))
    stated = corrections_of(close, user)
    explained = set(Recount.corrections.through.objects.filter(recount__close=close).values_list("recount", flat=True))
    found: dict[str, tuple[int, list[str]]] = {}
    for row in rows.select_related("recount", "unit").order_by("recount__number", "pk"):
        one = tell(row, stated[row.recount_id], row.recount_id in explained)
        delta, reasons = found.get(row.indicator, (0, []))
        why = f"因{one.reason}" if one.corrections else one.reason
        found[row.indicator] = delta + row.delta, list(dict.fromkeys([*reasons, why]))
    return found


def stated_corrections(period: AnyPeriod, user: User) -> list[Correction]:
    """Every correction stated for the period, newest first, under whichever version it was made."""
    return list(Correction.objects.visible_to(user).filter(period=period.code).select_related("unit").order_by("-pk"))
