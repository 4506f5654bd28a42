"""Money: integer 分 in the database, Decimal yuan everywhere else, 余 rounding in prose.

SQLite keeps decimals as floats, so sums drift; integers don't. Source of the rules: docs/domain.md.
"""

from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.expressions import Combinable

CENT = Decimal("0.01")
WAN = Decimal(10_000)
YI = 10_000 * WAN
MAX_YUAN = Decimal("90000000000000")  # 9×10¹⁵ 分 still fits a 64-bit integer, and a thousand rows of it add up


def to_cents(yuan: Decimal | int | str) -> int:
    """Exact 分 of an amount in yuan.

    Raises:
        ValueError: not a finite number, or finer than a 分.
    """
    try:
        value = Decimal(str(yuan))
        whole = value.is_finite() and value == value.quantize(CENT)
    except InvalidOperation as error:  # also for 1e999, which has more digits than a Decimal works with
        raise ValueError(f"{yuan!r} is not an amount") from error
    if not whole:
        raise ValueError(f"{yuan!r} is not a whole number of 分")
    return int(value * 100)


def from_cents(cents: int) -> Decimal:
    return (Decimal(int(cents)) / 100).quantize(CENT)


class MoneyField(models.BigIntegerField):
    """Takes and gives Decimal yuan; stores integer 分, so that Sum is exact on every database."""

    description = "Amount in yuan, stored as integer 分"
    # what the types of Django's fields go by
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]  # yuan, not whole numbers
    _pyi_private_get_type: Decimal  # type: ignore[assignment]  # the same
    _pyi_lookup_exact_type: Decimal | int | str  # type: ignore[assignment]  # the same

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_cents(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return from_cents(to_cents(value))
        except ValueError as error:
            raise ValidationError("请填写金额（元），最多两位小数") from error

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None or value == "" else to_cents(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> int | None:
        return value if prepared else self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    @property
    def validators(self) -> list[Any]:
        return [MaxValueValidator(MAX_YUAN, "金额过大，请核对单位是元还是万元")]

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults: dict[str, Any] = {
            "form_class": forms.DecimalField,
            "max_digits": 18,
            "decimal_places": 2,
            "min_value": 0,
            "widget": forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "data-wan": "1"}),
            "error_messages": {
                "invalid": "请填写金额（元），只写数字，最多两位小数",
                "min_value": "金额不能小于 0",
                "max_digits": "金额过大，请核对单位是元还是万元",
                "max_whole_digits": "金额过大，请核对单位是元还是万元",
                "max_decimal_places": "金额精确到分，最多两位小数",
            },
        }
        return models.Field.formfield(self, **{**defaults, **kwargs})


def in_wan(yuan: Decimal) -> str:
    """`4098000` → `409.8万元`; below 10,000 yuan plain `元`.

    What two decimals cannot hold is cut off, as 余 does: `19999.99` → `1.99万元`, never more than there is.
    """
    if abs(yuan) < WAN:
        return f"{plain(yuan.quantize(CENT, ROUND_DOWN))}元"
    return f"{grouped((yuan / WAN).quantize(CENT, ROUND_DOWN))}万元"


def grouped(value: Decimal) -> str:
    """As `plain`, with thousands set apart from 10,000 on: `4056`, `12,348,640.7`."""
    whole, point, rest = plain(value).partition(".")
    return f"{int(whole):,}{point}{rest}" if abs(value) >= WAN else plain(value)


def spelt(yuan: Decimal) -> str:
    """An amount as it is said aloud, exact: `1,234亿5678.9012万元`, `10亿零5元`, `409.8万元`."""
    whole, rest = divmod(yuan, YI)
    if not whole:
        return f"{plain(yuan / WAN)}万元" if yuan >= WAN else f"{plain(yuan)}元"
    more = f"{plain(rest / WAN)}万" if rest >= WAN else f"零{plain(rest)}" if rest else ""
    return f"{whole:,.0f}亿{more}元"


def plain(value: Decimal) -> str:
    """No exponent, no trailing zeros, no thousands separators."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
