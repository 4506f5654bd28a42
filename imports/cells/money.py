"""Amounts as people write them, in yuan."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common.money import CENT, MAX_YUAN
from imports.cells.text import digits, is_blank, one_number, refuse_error_cell, shorten, text_of
from imports.cells.units import RMB, SAME, SCALE, SCALES, YUAN, Unit, is_foreign, words_of
from imports.errors import CellError

AMOUNT = re.compile(
    r"(?:约|大约|近|逾|超|超过|共|计|共计|合计)?(?P<sign>¥|RMB|CNY|人民币)?"
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    rf"(?:余|多)?(?P<scale>{SCALE})?(?:余|多)?/?(?P<money>{RMB})?(?P<yuan>{YUAN}|块)?"
    rf"(?:余|多|整|左右|上下|以上)?/?(?P<currency>{RMB})?",
    re.IGNORECASE,
)
UNIT_LETTERS = re.compile("[元圆圓块十拾百佰千仟万萬亿億wW]")
SOFT_BREAKS = str.maketrans("\x0b\x0c", "\n\n")  # of text pasted from a document
LINES = re.compile(r"\d\s*[^\S ]\s*[-+¥]?\d")  # an amount a line
ONE_COMMA = re.compile(r"(?<![\d.,，])\d{1,3}，\d{3}(?![\d,，])", re.ASCII)  # `50，120`: thousands, or two amounts
ONE_GAP = re.compile(r"(?<![\d.,])(?<!\d )\d{1,3} \d{3}(?![\d, ])")  # `50 120`: thousands, or two amounts
MONEY_HINT = "请写成数字，可带单位，如 93、31.03万元、1,980,000元"


@dataclass(frozen=True)
class Money:
    """What an amount cell says: yuan, or None where it is in another currency; and its own words."""

    amount: Decimal | None
    text: str


@dataclass(frozen=True)
class Usual:
    """What the amounts of a column are like. `default`: yuan of a bare number where nothing names a unit, None where
    that must be asked; `least` and `most`: a bare number outside them is asked about there; from `limit` yuan on an
    amount is pointed out, whatever its unit; None: the office's, as in the forms (`common.sent.amounts`)."""

    default: int | None = 10_000
    least: int = 0
    most: int = 1_000
    limit: Decimal | None = None


def clean_money(value: Any, *, unit: Unit = 10_000) -> Money | None:
    """An amount in yuan. A unit in the cell wins over `unit`, the yuan or the foreign money that a bare number of this
    column means.

    Raises:
        CellError: unreadable, NaN or infinite, negative, finer than a 分, or beyond all sense.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    if isinstance(value, bool | date):
        raise CellError(f"“{text_of(value)}”不是金额，{MONEY_HINT}")
    text, bare = text_of(value), bare_text(value)
    if is_foreign(bare):
        if not re.search(r"\d", bare):
            raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
        return Money(None, text)
    match = AMOUNT.fullmatch(bare)
    if not match:
        raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
    named = (match["scale"] or "").translate(SAME)
    sign = match["sign"] or match["money"] or match["currency"]
    if isinstance(unit, str):
        return in_foreign(match, text, unit)
    if sign and not (named or match["yuan"] or unit == 1):
        raise CellError(f"金额“{shorten(text)}”看不出是元还是{words_of(unit)}，请写明单位")
    return Money(to_yuan(match["number"], SCALES[named] if named else 1 if match["yuan"] else unit, value), text)


def bare_text(value: Any) -> str:
    """What is read of an amount: without blanks and brackets.

    Raises:
        CellError: it may be two amounts.
    """
    text = digits(value.translate(SOFT_BREAKS) if isinstance(value, str) else value)
    if LINES.search(text):
        raise CellError(f"“{shorten(text)}”里有不止一个金额，请只填一个；要合计的请填合计数")
    if ONE_GAP.search(text) or ONE_COMMA.search(text_of(value)):
        raise CellError(f"“{shorten(text)}”看不出是一个数还是两个，请去掉数字中间的空格或逗号")
    return one_number(text)


def in_foreign(match: "re.Match[str]", text: str, unit: str) -> Money:
    """A cell of a column in another currency; one that says yuan is in yuan, a bare number gets the column's unit.

    Raises:
        CellError: it says 人民币, and not how much.
    """
    named = (match["scale"] or "").translate(SAME)
    if match["yuan"] or (named and (match["sign"] or match["money"] or match["currency"])):
        return Money(to_yuan(match["number"], SCALES.get(named, 1), text), text)
    if match["sign"] or match["money"] or match["currency"]:
        raise CellError(f"金额“{shorten(text)}”写着人民币，这一列是{unit}，请写明单位")
    return Money(None, f"{text}{unit.lstrip(''.join(SCALES)) if named else unit}")


def needs_unit(value: Any) -> bool:
    """Whether an amount means nothing before its column's unit is known; 0 is 0 in any."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and UNIT_LETTERS.search(value):
        return False
    match = read(value)
    if match is None or match["scale"] or match["yuan"]:
        return False
    return bool(match["number"].strip("-+0.,"))


def has_sign(value: Any) -> bool:
    """Whether it is written as money without saying of what size: `￥1,980.00` may be yuan or 万元."""
    match = read(value) if isinstance(value, str) else None
    return match is not None and bool(match["sign"] or match["money"] or match["currency"]) and needs_unit(value)


def says_yuan(value: Any) -> bool:
    """Whether an amount says 元 itself, and not 万元: then the bare numbers beside it may be yuan too."""
    match = read(value) if isinstance(value, str) and UNIT_LETTERS.search(value) else None
    return match is not None and bool(match["yuan"]) and not match["scale"]


def read(value: Any) -> "re.Match[str] | None":
    if isinstance(value, bool | date) or is_blank(value):
        return None
    try:
        text = bare_text(value)
    except CellError:
        return None
    return None if is_foreign(text) else AMOUNT.fullmatch(text)


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
