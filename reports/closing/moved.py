"""What moved in a closed period since it was signed: “+3，因…”, listed beside the frozen figure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from common.money import from_cents, in_wan, to_cents
from common.periods import AnyPeriod
from ledger.models import Correction
from reports import balance
from reports.closing.books import current_close
from reports.indicators import INDICATORS
from reports.models import Adjustment, PeriodClose, Recount, Tally

Level = Tally.Level
UNEXPLAINED = "未说明原因"
ELSEWHERE = "见其他单位的更正"
SHOWN = [*INDICATORS, balance.OPENING, balance.CLOSING, balance.RATED_RESOLVED, balance.RATED_DONE]


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


def label_of(code: str) -> str:
    return INDICATORS[code].label if code in INDICATORS else balance.LABELS.get(code, code)


def adjustments(period: AnyPeriod, user: User) -> list[Moved]:
    """Everything that moved in a closed period, newest first: in all and by unit; for one unit its own."""
    close = current_close(period)  # type: ignore[arg-type]
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
    """A unit's value is explained by that unit's corrections where there are some, else by all of the recount's."""
    own = [one for one in stated if row.unit_id and row.unit_id in (one.unit_id, one.other_unit_id)] or list(stated)
    unsaid = ELSEWHERE if is_explained else UNEXPLAINED
    reason = "；".join(dict.fromkeys(one.reason for one in own)) or unsaid
    place = row.unit.name if row.unit else "全部"
    return Moved(row.indicator, label_of(row.indicator), place, row.delta, row.recount.counted_at, own, reason)


def moved_totals(period: AnyPeriod, user: User) -> dict[str, str]:
    """For each figure that moved, what stands beside the frozen value: “+3，因…”; of one's own units for a unit."""
    level = "全部" if user.sees_all else None
    deltas: dict[str, int] = defaultdict(int)
    reasons: dict[str, list[str]] = defaultdict(list)
    for one in adjustments(period, user):
        if level is None or one.place == level:
            deltas[one.code] += one.delta
            reasons[one.code].append(f"因{one.reason}" if one.corrections else one.reason)
    return {
        code: f"{signed(code, delta)}，{'；'.join(dict.fromkeys(reasons[code]))}"
        for code, delta in deltas.items()
        if delta
    }


def stated_corrections(period: AnyPeriod, user: User) -> list[Correction]:
    """Every correction stated for the period, newest first, under whichever version it was made."""
    return list(Correction.objects.visible_to(user).filter(period=period.code).select_related("unit").order_by("-pk"))


def frozen_note(
    code: str, period: AnyPeriod, user: User, workstream: int | None, unit: int | None, now: int | Decimal
) -> str:
    """At the head of a closed figure's records: what was signed, and how today's records differ."""
    if not period.is_half or current_close(period) is None:  # type: ignore[arg-type]
        return ""
    signed_value = frozen_value(code, period, user, workstream, unit)
    one = INDICATORS.get(code)
    today = to_cents(now) if one and one.is_money else int(now)
    if signed_value is None or signed_value == today:
        return "与结账时的数字一致"
    why = moved_totals(period, user).get(code, "") if workstream is None and unit is None else ""
    was = in_wan(from_cents(signed_value)) if one and one.is_money else f"{signed_value:,}"
    because = f"（{why}）" if why else ""
    return f"结账时为 {was}，此后 {signed(code, today - signed_value)}{because}；下面是现在的记录"


def frozen_value(code: str, period: AnyPeriod, user: User, workstream: int | None, unit: int | None) -> int | None:
    """The signed value of a place, in 分 for money; None where units of one's own would have to be added up."""
    codes = (balance.MOVED_IN, balance.REOPENED, balance.MOVED_OUT) if code == balance.ADJUSTED else (code,)
    rows = Tally.objects.of(period.code).visible_to(user).filter(indicator__in=codes)
    if not user.sees_all and unit is None:
        units = list(user.scope_units().values_list("pk", flat=True))
        if len(units) != 1:
            return None
        unit = units[0]
    levels = {
        (False, False): Level.ALL,
        (True, False): Level.WORKSTREAM,
        (False, True): Level.UNIT,
        (True, True): Level.CELL,
    }
    level = levels[workstream is not None, unit is not None]
    rows = rows.filter(level=level)
    if workstream is not None:
        rows = rows.filter(workstream=workstream or None)
    if unit is not None:
        rows = rows.filter(unit=unit or None)
    sign = {balance.MOVED_OUT: -1} if code == balance.ADJUSTED else {}
    return sum(sign.get(one, 1) * value for one, value in rows.values_list("indicator", "value"))
