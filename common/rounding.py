"""余 rounding, as officials print a figure in prose (docs/domain.md, “How figures are printed”)."""

from decimal import Decimal

from common.money import WAN, in_wan, plain


def floor_leading(number: int, digits: int) -> int:
    """Floors to so many leading digits: (203, 2) → 200, (126, 2) → 120, (44, 1) → 40."""
    scale = 10 ** max(len(str(number)) - digits, 0)
    return number // scale * scale


def rounded_count(value: int | Decimal, unit: str = "", *, headline: bool = False) -> str:
    """`203` → `200余`; below 10 exact; below 100 floored to tens; nothing is added when the floor is exact."""
    whole = int(value)
    if whole != value or whole < 10:
        return f"{plain(Decimal(value))}{unit}"
    floored = floor_leading(whole, 1 if headline or whole < 100 else 2)
    return f"{floored}{'' if floored == whole else '余'}{unit}"


def rounded_money(yuan: Decimal, *, headline: bool = False) -> str:
    """`44,348,000` → `4000余万元`, `103,000` → `10万余元`; the unit 万元 from 10,000 yuan up."""
    if yuan < WAN:
        return in_wan(yuan)
    wan = int(yuan // WAN)
    floored = floor_leading(wan, 1 if headline or wan < 100 else 2) if wan >= 10 else wan
    if floored * WAN == yuan:
        return f"{floored}万元"
    return f"{floored}万余元" if wan < 100 else f"{floored}余万元"
