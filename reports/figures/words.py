"""A stored value in words: the number, and its unit of measure."""

from common.money import from_cents, in_wan


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
