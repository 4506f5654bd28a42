"""Rows of a worksheet written whole: XlsxWriter's some thirty calls a cell are most of the time an export takes.

What is typed stays text: a cell of ours is a number, a date or an inline string, never a formula.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from common.text import clean

MAX_CELL = 32_767  # units of UTF-16, as the format counts
CUT = "……（余下内容请在系统内查看）"
EPOCH = date(1899, 12, 30).toordinal()  # day 0 of a spreadsheet, its false leap day of 1900 counted in
DAY_SECONDS = 86_400
MARKUP = re.compile(r"[&<>]|_x[0-9A-Fa-f]{4}_")  # the last is how the format spells a control character
SPELLED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Styled(NamedTuple):
    """A number shown otherwise than its column's: counts, money and rates in one column of a comparison."""

    value: Any
    style: str


class Formula(NamedTuple):
    """A formula of ours, its row in braces, and what it comes to: `=B{row}+C{row}`. Nothing typed gets here."""

    text: str
    value: Any


class RowSheet(Worksheet):
    """A worksheet in constant memory that takes whole rows besides single cells, each row after the one before.

    It reaches for two things XlsxWriter keeps to itself, the file of finished rows and the number of the next one;
    tests/common/test_sheets.py reads the result with two other libraries, for when XlsxWriter changes.
    """

    def add_row(self, row: int, width: int, cells: str, height: float | None = None) -> None:
        self._write_single_row(row)  # what single cells are still held back, such as the heading
        self._check_dimensions(row, width - 1)
        size = f' ht="{height}" customHeight="1"' if height else ""
        self.fh.write(f'<row r="{row + 1}"{size}>{cells}</row>')
        self.previous_row = row + 1


class RowWriter:
    """Turns values into the cells of a row; `styles` are those of `common.books.sheets`, `numbers` the columns' own."""

    def __init__(self, styles: Mapping[str, Any], numbers: Sequence[str]) -> None:
        index = {name: style._get_xf_index() for name, style in styles.items()}
        self.text, self.date, self.time, self.index = index["text"], index["date"], index["time"], index
        self.columns = [
            (xl_col_to_name(at), index[own or "money"], index[own or "number"]) for at, own in enumerate(numbers)
        ]

    def cells(self, row: int, values: Sequence[Any]) -> str:
        """The XML of a row whose values `plain_value` gave."""
        parts, number = [], row + 1
        for (letters, money, count), value in zip(self.columns, values, strict=True):
            place, kind = f"{letters}{number}", type(value)
            if value is None or value == "":
                parts.append(f'<c r="{place}" s="{self.text}"/>')
            elif kind is str:
                text = escaped(value) if MARKUP.search(value) else value
                parts.append(f'<c r="{place}" s="{self.text}" t="inlineStr"><is><t>{text}</t></is></c>')
            elif kind is date:
                parts.append(f'<c r="{place}" s="{self.date}"><v>{value.toordinal() - EPOCH}</v></c>')
            elif kind is datetime:
                parts.append(f'<c r="{place}" s="{self.time}"><v>{serial(value)}</v></c>')
            elif kind is Styled:
                parts.append(f'<c r="{place}" s="{self.index[value.style]}"><v>{value.value}</v></c>')
            elif kind is Formula:
                text = escaped(value.text.format(row=number).lstrip("="))
                parts.append(f'<c r="{place}" s="{count}"><f>{text}</f><v>{value.value}</v></c>')
            else:
                style = money if kind is Decimal else count
                parts.append(f'<c r="{place}" s="{style}"><v>{value}</v></c>')
        return "".join(parts)


def escaped(text: str) -> str:
    return SPELLED.sub("_x005F_", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def serial(moment: datetime) -> float:
    """Days since day 0, the time of day as their fraction."""
    return moment.toordinal() - EPOCH + (moment.hour * 3600 + moment.minute * 60 + moment.second) / DAY_SECONDS


def plain_value(value: Any) -> Any:
    """What goes into a cell: dates and numbers as themselves, 是 or 否, text without control characters."""
    kind = type(value)
    if kind is str:
        return fitting(value) if value else value
    if value is None or kind in (date, int, Decimal, float, Styled, Formula):
        return value
    if kind is bool:
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    return fitting(str(value))


def fitting(text: str) -> str:
    """As much as a cell can hold; what is left out is said."""
    found = clean(text)
    if len(found) > MAX_CELL // 2 and len(found.encode("utf-16-le")) > MAX_CELL * 2:
        units = found.encode("utf-16-le")[: (MAX_CELL - len(CUT)) * 2]
        return units.decode("utf-16-le", "ignore") + CUT
    return found
