"""At the head of a closed figure's records, which are today's: what was signed, and what moved since, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.units.trees import units_q
from common.money import from_cents, in_wan, to_cents
from common.periods import AnyPeriod
from ledger.models import RecoveryKind
from reports.closing.adjustments import label_of, moved_at, signed
from reports.closing.books import current_close
from reports.closing.digests import version_of
from reports.closing.signed import parts_of, sign_of, signed_shares_of, signed_values_of
from reports.days.populations import Population
from reports.days.rates import percent_text
from reports.figures import balance
from reports.figures.levels import rows_at
from reports.figures.registry.indicators import INDICATORS
from reports.models import PeriodClose, Share

SAME = "与结账时的数字一致"
HERE = "下面是现在的记录"
UNSIGNED = f"这样分的数字不签字，{HERE}"
LATE = "等待重新统计"
RATED = {  # of a rate and its population: what is counted, and of how many
    ("resolution_rate", Population.ALL): (balance.RATED_RESOLVED, balance.RATED),
    ("completion_rate", Population.ALL): (balance.RATED_DONE, balance.RATED),
    ("resolution_rate", Population.YEAR): (balance.YEAR_RESOLVED, balance.YEAR),
    ("completion_rate", Population.YEAR): (balance.YEAR_DONE, balance.YEAR),
}


@dataclass(frozen=True)
class Where:
    """The cell of a figure whose records are listed: matter and unit, 0 for none stated, None for all; or one of an
    officer, group, industry or kind of money."""

    workstream: int | None = None
    unit: int | None = None
    dimension: str = ""
    key: int | None = None
    only: bool = False
    population: Population = Population.ALL

    @classmethod
    def of(cls, place: Any) -> "Where":
        """Of the address of a list (`reports.records.lists.Place`)."""
        split = dict(place.split)
        if place.kind in RecoveryKind.values:
            split["kind"] = RecoveryKind.values.index(place.kind)
        if place.category is not None or len(split) > 1 or (split and place.workstream is not None):
            return cls(place.workstream, place.unit, "unsigned", population=place.population)
        dimension, key = next(iter(split.items()), ("", None))
        return cls(place.workstream, place.unit, dimension, key, place.only, place.population)


def frozen_note(code: str, period: AnyPeriod, user: User, where: Where, now: int | Decimal) -> str:
    """What was signed of a figure, and how today's records differ; empty where the period is not closed."""
    close = current_close(period) if period.is_half else None
    if close is None:
        return ""
    one = INDICATORS.get(code)
    today = to_cents(now) if one and one.is_money else int(now)
    if where.dimension == "unsigned":
        return UNSIGNED
    signed_values = signed_at(code, period, user, where)
    was = sum(signed_values)
    told = in_wan(from_cents(was)) if one and one.is_money else f"{was:,}"
    version = close.definitions.filter(code=code).values_list("version", flat=True).first()
    if version not in (None, version_of(code)):
        return f"按结账时的口径（第 {version} 版）为 {told}，口径此后有变；下面是按现在的口径的记录"
    if one and not one.adds_up and len(signed_values) > 1:
        return UNSIGNED
    if was == today:
        return SAME
    why = "" if where.dimension else reasons(code, today - was, close, user, where)
    return f"结账时为 {told}，此后 {signed(code, today - was)}{why}；{HERE}"


def rate_note(code: str, period: AnyPeriod, user: User, where: Where, counts: Mapping[str, int]) -> str:
    """The same of a rate: `counts` are today's, by the codes of `reports.figures.balance`."""
    close = current_close(period) if period.is_half else None
    if close is None:
        return ""
    if where.dimension:
        return UNSIGNED
    part, whole = RATED[code, where.population]
    was = {one: sum(signed_at(one, period, user, where)) for one in (part, whole)}
    moved = [one for one in was if was[one] != counts[one]]
    if not moved:
        return SAME
    told = "，".join(
        f"{label_of(one)} {signed(one, counts[one] - was[one])}"
        f"{reasons(one, counts[one] - was[one], close, user, where)}"
        for one in moved
    )
    rate = percent_text(was[part], was[whole])
    return f"结账时为 {rate}（{was[part]} / {was[whole]} 件），此后{told}；{HERE}"


def reasons(code: str, delta: int, close: PeriodClose, user: User, where: Where) -> str:
    """“（因漏登）”; what no adjustment tells yet is said to wait for the next recount."""
    codes = parts_of(code)
    found = moved_at(close, codes, rows_at(where.workstream, units_of(user, where)), user)
    told = sum(sign_of(code, one) * moved for one, (moved, _) in found.items())
    words = list(dict.fromkeys(why for _, why_all in found.values() for why in why_all))
    if told != delta:
        words.append(LATE if not told else f"其余 {signed(code, delta - told)} {LATE}")
    return f"（{'；'.join(words)}）" if words else ""


def units_of(user: User, where: Where) -> Q | None:
    """The units whose stored rows make the figure of a place, added up; None for the whole office's."""
    if where.unit is not None:
        return units_q("unit", where.unit, only=where.only)
    return None if user.sees_all else Q(unit__in=user.scope_units())


def signed_at(code: str, period: AnyPeriod, user: User, where: Where) -> list[int]:
    """The signed values that make a place's, one a unit; of an officer, group, industry or kind of money, 0 asks for
    what states none."""
    if not where.dimension:
        return signed_values_of(code, period, user, rows_at(where.workstream, units_of(user, where)))
    key = where.key if where.dimension == Share.Dimension.KIND else where.key or None
    return signed_shares_of(code, period, user, (where.dimension, key), units_of(user, where))


__all__ = ["Where", "frozen_note", "rate_note"]
