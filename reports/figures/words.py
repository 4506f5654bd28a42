"""A stored value in words: the number, and its unit of measure."""

from decimal import Decimal

from common.money import from_cents, in_wan

NOT_COUNTED = "—"
UNKNOWN = "当时未统计"


def value_and_unit(is_money: bool, value: int, unit_word: str) -> tuple[str, str]:
    """`("4126.62", "万元")`, `("88", "次")`: the number apart from its unit, for large print."""
    if not is_money:
        return str(value), unit_word
    text = in_wan(from_cents(value))
    unit = "万元" if text.endswith("万元") else "元"
    return text.removesuffix(unit), unit


def spoken(is_money: bool, value: int, unit_word: str) -> str:
    """`4126.62万元`, `88 次`."""
    return ("" if is_money else " ").join(value_and_unit(is_money, value, unit_word))


def remark(value: int | Decimal | None, signed_version: int | None) -> str:
    """Why a figure has no value, or that a closed period keeps the one of an earlier definition."""
    if value is None:
        return UNKNOWN
    return f"按结账时的口径（第 {signed_version} 版）" if signed_version else ""
