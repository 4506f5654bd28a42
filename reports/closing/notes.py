"""At the head of a closed figure's records, which are today's: what was signed, and what moved since, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import User
from common.money import from_cents, in_wan, to_cents
from common.periods import AnyPeriod
from ledger.models import RecoveryKind
from reports.closing.adjustments import label_of, moved_at, signed
from reports.closing.books import current_close
from reports.closing.digests import version_of
from reports.days.rates import percent_text
from reports.figures import balance
from reports.figures.indicators import INDICATORS
from reports.models import PeriodClose, Share, Tally

Level = Tally.Level
SAME = "与结账时的数字一致"
HERE = "下面是现在的记录"
UNSIGNED = f"这样分的数字不签字，{HERE}"
LATE = "等待重新统计"
RATED = {"resolution_rate": balance.RATED_RESOLVED, "completion_rate": balance.RATED_DONE}


@dataclass(frozen=True)
class Where:
    """The cell of a figure whose records are listed: matter and unit, 0 for none stated, None for all; or one of an
    officer, group, industry or kind of money."""

    workstream: int | None = None
    unit: int | None = None
    dimension: str = ""
    key: int | None = None

    @classmethod
    def of(cls, place: Any) -> "Where":
        """Of the address of a list (`reports.records.lists.Place`)."""
        split = dict(place.split)
        if place.kind in RecoveryKind.values:
            split["kind"] = RecoveryKind.values.index(place.kind)
        if place.category is not None or len(split) > 1 or (split and place.workstream is not None):
            return cls(place.workstream, place.unit, "unsigned")
        dimension, key = next(iter(split.items()), ("", None))
        return cls(place.workstream, place.unit, dimension, key)


def frozen_note(code: str, period: AnyPeriod, user: User, where: Where, now: int | Decimal) -> str:
    """What was signed of a figure, and how today's records differ; empty where the period is not closed."""
    close = current_close(period) if period.is_half else None  # type: ignore[arg-type]
    if close is None:
        return ""
    one = INDICATORS.get(code)
    today = to_cents(now) if one and one.is_money else int(now)
    units = own_units(user, where)
    if where.dimension == "unsigned" or (len(units) > 1 and one and not one.adds_up):
        return UNSIGNED
    was = frozen_share(code, period, user, where) if where.dimension else frozen_value(code, period, user, where)
    told = in_wan(from_cents(was)) if one and one.is_money else f"{was:,}"
    version = close.definitions.filter(code=code).values_list("version", flat=True).first()
    if version not in (None, version_of(code)):
        return f"按结账时的口径（第 {version} 版）为 {told}，口径此后有变；下面是按现在的口径的记录"
    if was == today:
        return SAME
    why = "" if where.dimension else reasons(code, today - was, close, user, where)
    return f"结账时为 {told}，此后 {signed(code, today - was)}{why}；{HERE}"


def rate_note(code: str, period: AnyPeriod, user: User, where: Where, counts: Mapping[str, int]) -> str:
    """The same of a rate: `counts` are today's, by the codes of `reports.figures.balance`."""
    close = current_close(period) if period.is_half else None  # type: ignore[arg-type]
    if close is None:
        return ""
    if where.dimension:
        return UNSIGNED
    part = RATED[code]
    was = {one: frozen_value(one, period, user, where) for one in (part, balance.RATED)}
    moved = [one for one in was if was[one] != counts[one]]
    if not moved:
        return SAME
    told = "，".join(
        f"{label_of(one)} {signed(one, counts[one] - was[one])}"
        f"{reasons(one, counts[one] - was[one], close, user, where)}"
        for one in moved
    )
    rate = percent_text(was[part], was[balance.RATED])
    return f"结账时为 {rate}（{was[part]} / {was[balance.RATED]} 件），此后{told}；{HERE}"


def reasons(code: str, delta: int, close: PeriodClose, user: User, where: Where) -> str:
    """“（因漏登）”; what no adjustment tells yet is said to wait for the next recount."""
    codes = parts_of(code)
    found = moved_at(close, codes, places(user, where), user)
    told = sum(sign_of(code, one) * moved for one, (moved, _) in found.items())
    words = list(dict.fromkeys(why for _, why_all in found.values() for why in why_all))
    if told != delta:
        words.append(LATE if not told else f"其余 {signed(code, delta - told)} {LATE}")
    return f"（{'；'.join(words)}）" if words else ""


def parts_of(code: str) -> Collection[str]:
    return (balance.MOVED_IN, balance.REOPENED, balance.MOVED_OUT) if code == balance.ADJUSTED else (code,)


def sign_of(code: str, part: str) -> int:
    return -1 if code == balance.ADJUSTED and part == balance.MOVED_OUT else 1


def own_units(user: User, where: Where) -> list[int]:
    """The units whose figures make what a person of some units is shown; none for who sees everything."""
    if user.sees_all or where.unit is not None:
        return []
    return list(user.scope_units().values_list("pk", flat=True))


def places(user: User, where: Where) -> Q:
    """The stored rows that make the figure of a place, added up over one's own units."""
    of_unit = where.unit is not None or not user.sees_all
    levels = {
        (False, False): Level.ALL,
        (True, False): Level.WORKSTREAM,
        (False, True): Level.UNIT,
        (True, True): Level.CELL,
    }
    rule = Q(level=levels[where.workstream is not None, of_unit])
    if where.workstream is not None:
        rule &= Q(workstream=where.workstream or None)
    if where.unit is not None:
        rule &= Q(unit=where.unit or None)
    elif of_unit:
        rule &= Q(unit__in=own_units(user, where))
    return rule


def frozen_value(code: str, period: AnyPeriod, user: User, where: Where) -> int:
    """The signed value of a place, in 分 for money."""
    rows = Tally.objects.of(period.code).visible_to(user).filter(places(user, where), indicator__in=parts_of(code))
    return sum(sign_of(code, one) * value for one, value in rows.values_list("indicator", "value"))


def frozen_share(code: str, period: AnyPeriod, user: User, where: Where) -> int:
    """The same of an officer, group, industry or kind of money; 0 asks for what states none."""
    key = where.key if where.dimension == Share.Dimension.KIND else where.key or None
    rows = Share.objects.of(period.code).visible_to(user)
    rows = rows.filter(indicator=code, dimension=where.dimension, key=key)
    if where.unit is not None:
        rows = rows.filter(whole=False, unit=where.unit or None)
    elif user.sees_all:
        rows = rows.filter(whole=True)
    else:
        rows = rows.filter(whole=False, unit__in=own_units(user, where))
    return sum(rows.values_list("value", flat=True))


__all__ = ["Where", "frozen_note", "rate_note"]
