"""Amounts as people write them, in yuan."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common.money import CENT, MAX_YUAN
from common.text import half_width
from imports.cells.text import digits, is_blank, one_number, refuse_error_cell, shorten, text_of
from imports.errors import CellError

UNITS = {"": None, "元": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
SAME = {"億": "亿", "萬": "万", "W": "万", "w": "万"}
FOREIGN = re.compile(
    r"美元|美金|港元|港币|欧元|日元|英镑|澳元|加元|新台币|台币|韩元|卢布|法郎|USD|HKD|EUR|JPY|GBP|TWD|\$|€|£",
    re.IGNORECASE,
)
YUAN = re.compile(
    r"(?:约|大约|近|逾|超|超过|共|计|共计|合计)?(?P<sign>￥|¥|RMB|CNY|人民币)?"
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"(?:余|多)?(?P<scale>亿|億|千万|百万|万|萬|W|千)?(?:余|多)?(?P<yuan>元|圆|块)?(?:余|多|整|左右|上下|以上)?"
    r"(?P<currency>人民币|RMB|CNY)?",
    re.IGNORECASE,
)
UNIT_WORDS = {1_000: "千元", 10_000: "万元", 1_000_000: "百万元", 10_000_000: "千万元", 100_000_000: "亿元"}
MONEY_HINT = "请写成数字，可带单位，如 93、31.03万元、1,980,000元"


@dataclass(frozen=True)
class Money:
    """What an amount cell says: yuan, or None where it is in another currency; and its own words."""

    amount: Decimal | None
    text: str


def clean_money(value: Any, *, unit: int = 10_000) -> Money | None:
    """An amount in yuan. A unit in the cell wins over `unit`, the yuan that a bare number of this column means.

    Raises:
        CellError: unreadable, NaN or infinite, negative, finer than a 分, or beyond all sense.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    if isinstance(value, bool | date):
        raise CellError(f"“{text_of(value)}”不是金额，{MONEY_HINT}")
    text = text_of(value)
    bare = one_number(digits(value))
    if FOREIGN.search(bare):
        if not re.search(r"\d", bare):
            raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
        return Money(None, text)
    match = YUAN.fullmatch(bare)
    if not match:
        raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
    named = SAME.get(match["scale"] or "", match["scale"] or "")
    scale = 1 if match["yuan"] and not named else UNITS[named] or unit
    if (match["sign"] or match["currency"]) and not (named or match["yuan"] or unit == 1):
        raise CellError(f"金额“{shorten(text)}”看不出是元还是{UNIT_WORDS.get(unit, '万元')}，请写明单位")
    return Money(to_yuan(match["number"], scale, value), text)


def to_yuan(number: str, scale: int, value: Any) -> Decimal:
    try:
        exact = Decimal(number.replace(",", "")) * scale
    except InvalidOperation:
        raise CellError(f"金额“{shorten(text_of(value))}”无法识别，{MONEY_HINT}") from None
    if exact < 0:
        raise CellError("金额不能是负数，请核对")
    if exact > MAX_YUAN:
        raise CellError("金额过大，请核对单位是元还是万元")
    yuan = exact.quantize(CENT)
    noise = isinstance(value, float) and abs(exact - yuan) < Decimal("0.0001")  # 0.1 + 0.2 of a spreadsheet
    if yuan != exact and not noise:
        raise CellError(f"金额“{shorten(text_of(value))}”折合 {exact} 元，不足一分，请核对")
    return abs(yuan)


def unit_of(words: str) -> int | None:
    """Yuan that a header's unit means: 万元 → 10,000; None where it names none."""
    match = re.search(r"(亿|千万|百万|万|千)?元", half_width(words))
    return (UNITS[match[1] or ""] or 1) if match else None
