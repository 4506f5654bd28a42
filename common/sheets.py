"""Workbooks people can send on: frozen header, widths, formats; nothing a spreadsheet would run as a formula."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from itertools import chain, islice
from math import ceil
from typing import Any

import xlsxwriter
from django.utils import timezone

from common.text import clean

END = object()
MAX_CELL = 32_767
SHEET_ROWS = 1_000_000  # a worksheet holds 1,048,576: what is more goes on to another sheet, never cut
TOLD_EVERY = 2000  # rows
LINE_HEIGHT, MOST_LINES = 15, 20  # points; a longer text is read in the cell, not on the sheet
FULL = 1.15  # characters of our 10 points in a unit of column width, which is one of 11 points
A4, A3 = 9, 8  # paper codes of the format
WIDEST_ON_A4, WIDEST_PAGE = 190, 350  # characters: beside the second, a page of A3 would be under 6 points


@dataclass(frozen=True)
class Column:
    """One column of an export: heading, where its value comes from, how it is shown."""

    label: str
    value: Callable[[Any], Any]
    width: int = 14
    total: bool = False


def cell(value: Any) -> Any:
    """What goes into a cell: dates and numbers as themselves, text without control characters."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if value is None or isinstance(value, date | int | float | Decimal):
        return value
    return clean(str(value))[:MAX_CELL]


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Any], note: str = "") -> tuple[bytes, int]:
    """An .xlsx of the rows and how many there were. Text is written as text: `=1+1` stays what someone typed."""
    buffer = BytesIO()
    count = write_workbook(buffer, title, columns, rows, note)
    return buffer.getvalue(), count


def write_workbook(
    target: Any,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    note: str = "",
    tell: Callable[[int], None] | None = None,
) -> int:
    """The same into a file (a path or something to write to), holding one row at a time; `tell` hears how many."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    styles, left, total, number = sheet_styles(book), iter(rows), 0, 1
    while True:
        name = title[:31] if number == 1 else f"{title[:26]}（{number}）"
        count = write_sheet(
            book.add_worksheet(name),
            title,
            columns,
            islice(left, SHEET_ROWS),
            styles,
            tell and partial(tell_on, tell, total),
        )
        total += count
        following = next(left, END) if count == SHEET_ROWS else END
        if following is END:
            break
        left, number = chain([following], left), number + 1
    words = f"共 {total} 行" + (f"　{note}" if note else "")
    if count:
        book.worksheets()[-1].write_string(count + 2, 0, words, styles["note"])
    book.close()
    return total


def tell_on(tell: Callable[[int], None], before: int, count: int) -> None:
    tell(before + count)


def write_sheet(
    sheet: Any,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    styles: dict[str, Any],
    tell: Callable[[int], None] | None,
) -> int:
    """Heading, rows, filter and totals of one sheet; how many rows."""
    sheet.freeze_panes(1, 0)
    set_up_print(sheet, title, columns)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.label, styles["head"])
    count = 0
    for count, row in enumerate(rows, 1):
        values = [cell(column.value(row)) for column in columns]
        lines = lines_of(values, columns)
        if lines > 1:
            sheet.set_row(count, LINE_HEIGHT * lines)
        write_row(sheet, count, values, styles)
        if tell and not count % TOLD_EVERY:
            tell(count)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    if count and any(column.total for column in columns):
        write_totals(sheet, count, columns, styles)
    return count


def set_up_print(sheet: Any, title: str, columns: Sequence[Column]) -> None:
    """Landscape, as wide as the table, the heading on every page under the title; wide tables on A3, and those that
    nobody could read on one page of it go on beside it, every page beginning with the first column."""
    width = sum(column.width for column in columns)
    more = ceil((width - WIDEST_PAGE) / (WIDEST_PAGE - columns[0].width)) if width > WIDEST_PAGE else 0
    sheet.set_landscape()
    sheet.set_paper(A3 if width > WIDEST_ON_A4 else A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.fit_to_pages(1 + more, 0)
    sheet.repeat_rows(0)
    if more:
        sheet.repeat_columns(0)
    sheet.set_header(f'&C&"宋体,Bold"&14{title.replace("&", "&&")}')
    sheet.set_footer("&C第 &P 页，共 &N 页")


def lines_of(values: Sequence[Any], columns: Sequence[Column]) -> int:
    """How many lines the row's longest text takes in its column: spreadsheets don't all grow a row by themselves."""
    needed = (
        sum(max(1, ceil(width_of(line) / (column.width * FULL))) for line in value.split("\n"))
        for value, column in zip(values, columns, strict=True)
        # Most fit however wide their letters are, and need no counting.
        if isinstance(value, str) and (len(value) * 2 > column.width * FULL or "\n" in value)
    )
    return min(max(needed, default=1), MOST_LINES)


def width_of(text: str) -> int:
    """Columns of a fixed-width screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def sheet_styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#BFC7D1"}
    return {
        "head": book.add_format({**base, "bold": True, "bg_color": "#DCE6F2", "text_wrap": True}),
        "text": book.add_format({**base, "text_wrap": True, "quote_prefix": True}),
        "date": book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "center"}),
        "time": book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        "money": book.add_format({**base, "num_format": "#,##0.00_ "}),
        "number": book.add_format({**base, "num_format": "#,##0_ "}),
        "note": book.add_format({"font_name": "宋体", "font_size": 10, "font_color": "#666666"}),
    }


def write_row(sheet: Any, at: int, values: Sequence[Any], styles: dict[str, Any]) -> None:
    for index, value in enumerate(values):
        match value:
            case None | "":
                sheet.write_blank(at, index, None, styles["text"])
            case bool():
                sheet.write_string(at, index, "是" if value else "否", styles["text"])
            case datetime():
                sheet.write_datetime(at, index, value, styles["time"])
            case date():
                sheet.write_datetime(at, index, datetime(value.year, value.month, value.day), styles["date"])  # noqa: DTZ001
            case Decimal():
                sheet.write_number(at, index, value, styles["money"])
            case int() | float():
                sheet.write_number(at, index, value, styles["number"])
            case _:
                sheet.write_string(at, index, value, styles["text"])


def write_totals(sheet: Any, count: int, columns: Sequence[Column], styles: dict[str, Any]) -> None:
    sheet.write_string(count + 1, 0, "合计", styles["head"])
    for index, column in enumerate(columns):
        if column.total:
            first, last = (xlsxwriter.utility.xl_rowcol_to_cell(row, index) for row in (1, count))
            sheet.write_formula(count + 1, index, f"=SUM({first}:{last})", styles["money"])
