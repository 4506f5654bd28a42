"""Business dates as people write them."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from imports.cells.text import digits, is_blank, refuse_error_cell, shorten, text_of
from imports.errors import CellError

OLDEST = date(2000, 1, 1)
EPOCH = date(1899, 12, 30)  # Excel's day 0, its 1900 leap-year mistake included
YMD = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号.]?"
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?(?:(?:T|\s+)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NO_YEAR = re.compile(r"\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
NO_DAY = re.compile(
    r"((?:19|20)\d{2})\s*[-./年]\s*(0?[1-9]|1[0-2])\s*(?:月份?)?(?:\s*[上中下]旬|初|中|底)?|((?:19|20)\d{2})(0[1-9]|1[0-2])"
)
ONLY_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?(?:度|[上下]半年|[一二三四1-4]季度)?")
DATE_HINT = "请写成 2023-05-12 这样的日期"


def clean_date(value: Any, *, today: date, oldest: date = OLDEST) -> date | None:
    """A business date: real dates, Excel serials, 2023.5.12, 2023/5/12, 2023-05-12, 20230512, 2023年5月12日.

    Raises:
        CellError: impossible, in the future, before `oldest`, without a year, or no date at all.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    day = read_date(value)
    if day > today:
        raise CellError(f"日期 {day} 晚于今天，请改正")
    if day < oldest:
        raise CellError(f"日期 {day} 早于 {oldest}，请核对年份")
    return day


def read_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        raise CellError(f"“{text_of(value)}”不是日期，{DATE_HINT}")
    text = digits(value)
    refuse_part_of_date(text)
    if isinstance(value, int | float) and not COMPACT.fullmatch(text):
        return from_serial(float(value))
    match = YMD.fullmatch(text) or COMPACT.fullmatch(text)
    if match:
        return make_date(text, match)
    if re.fullmatch(r"\d{5}", text):
        return from_serial(float(text))
    if NO_YEAR.fullmatch(text):
        raise CellError(f"日期“{text}”没有年份，{DATE_HINT}")
    raise CellError(f"“{shorten(text)}”不是日期，{DATE_HINT}")


def refuse_part_of_date(text: str) -> None:
    """A month or a year is no day: to take its first would be a guess.

    Raises:
        CellError: it is one.
    """
    month = NO_DAY.fullmatch(text)
    if month:
        year, number = month[1] or month[3], month[2] or month[4]
        raise CellError(f"日期“{text}”只写到月，请补上是哪一天，如 {year}-{int(number):02d}-15")
    year = ONLY_YEAR.fullmatch(text)
    if year:
        raise CellError(f"日期“{text}”只写到年，请补上是哪一天，如 {year[1]}-05-12")


def make_date(text: str, match: re.Match[str]) -> date:
    year, month, day = (int(part) for part in match.groups()[:3])
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(f"日期“{text}”不存在，请改正") from None


def from_serial(serial: float) -> date:
    """Excel's day number; only days of 1927–2099 are taken for dates, other numbers are not."""
    if not 10_000 <= serial < 73_050:
        raise CellError(f"“{text_of(serial)}”不是日期，{DATE_HINT}")
    return EPOCH + timedelta(days=int(serial))
