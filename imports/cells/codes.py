"""Credit codes, telephone numbers, counts."""

import re
from datetime import date
from typing import Any

from enterprises.uscc import uscc_problem
from imports.cells.text import (
    clean_text,
    digits,
    is_blank,
    is_rounded,
    one_number,
    plain,
    refuse_error_cell,
    shorten,
    text_of,
)
from imports.errors import CellError

ROUNDED = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)  # how a spreadsheet writes a long number into a text file


def clean_uscc(value: Any) -> str | None:
    """A credit code by GB 32100-2015, upper case; None when blank.

    Raises:
        CellError: a number (its last digits are lost), or a code that cannot be.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    if isinstance(value, int | float) or ROUNDED.fullmatch(plain(value)):
        raise CellError("统一社会信用代码以数字保存，末几位已丢失，请把单元格改为文本后重填")
    code = re.sub(r"\s", "", plain(value)).upper()
    problem = uscc_problem(code)
    if problem:
        raise CellError(problem)
    return code


def clean_number(value: Any, limit: int, label: str) -> str:
    """The number that something goes by (案号, 项目编号, 工号), full-width digits made plain; "" when blank.

    Raises:
        CellError: a number whose last digits are lost, or what a spreadsheet has made a day or a fraction of.
    """
    if is_rounded(value) or (isinstance(value, str) and ROUNDED.fullmatch(plain(value))):
        raise CellError(f"{label}以数字保存，末几位已丢失，请把单元格改为文本后重填")
    if isinstance(value, date | bool) or (isinstance(value, float) and not value.is_integer()):
        raise CellError(f"{label}“{shorten(text_of(value))}”不像编号，可能被表格软件改写了，请把单元格改为文本后重填")
    return "" if is_blank(value) else clean_text(value, limit).translate(WIDE)


WIDE = {ord(half) + 0xFEE0: half for half in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"}
PHONE = re.compile(r"1\d{10}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|1\d{4}|9\d{4}")


SEVERAL = re.compile(r"(?<!\d)(?:(?:\+?86-?)?1\d{10}|(?:0\d{2,3}-?)?[2-9]\d{6,7}|1\d{2}[- ]\d{4}[- ]\d{4})(?!\d)")


def clean_phone(value: Any) -> str:
    """A mobile or landline number without blanks and +86; "" when blank.

    Raises:
        CellError: no such number.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return ""
    text = re.sub(r"[\s()]", "", digits(value)).replace("—", "-").replace("–", "-").replace("转", "-")
    text = re.sub(r"^(\+|00)?86-?(?=1[\d-]{10,13}$|0\d)", "", text)
    mobile = text.replace("-", "")
    if re.fullmatch(r"1\d{10}", mobile):
        return mobile
    if not PHONE.fullmatch(text):
        refuse_several(digits(value))
        raise CellError(f"电话“{shorten(text)}”不对：手机应为 11 位，座机如 0736-4212345")
    return text


def refuse_several(text: str) -> None:
    """Two numbers in one cell: which of them is the firm's cannot be told.

    Raises:
        CellError: there are several.
    """
    found = [shorten(number, 20) for number in SEVERAL.findall(text)]
    if len(found) > 1:
        raise CellError(f"单元格里有 {len(found)} 个电话（{'、'.join(found[:3])}），请只留一个，其余写在备注里")


def clean_count(value: Any, limit: int = 1_000_000) -> int | None:
    """A whole number of things, 0 or more; a counting word after it (份, 人次) is allowed.

    Raises:
        CellError: not a whole number, negative, or beyond all sense.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    text = one_number(digits(value))
    match = re.fullmatch(
        r"(?:约|共)?([-+]?(?:\d{1,3}(?:,\d{3})+|\d+))(?:\.0+)?(?:余|多)?(?:份|次|人次|人|场次|场|处|台|起|件|名|个|家)?",
        text,
    )
    if not match or isinstance(value, bool | date):
        raise CellError(f"“{shorten(text)}”不是整数，请只填数字")
    number = int(match[1].replace(",", ""))
    if not 0 <= number <= limit:
        raise CellError(f"数量 {number} 超出范围，请核对")
    return number
