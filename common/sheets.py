"""Workbooks people can send on: frozen header, widths, formats; nothing a spreadsheet would run as a formula."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone

from common.text import clean

MAX_CELL = 32_767


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
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    styles = sheet_styles(book)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第 &P 页，共 &N 页&R&D")
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.label, styles["head"])
    count = 0
    for count, row in enumerate(rows, 1):
        write_row(sheet, count, [cell(column.value(row)) for column in columns], styles)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    if count and any(column.total for column in columns):
        write_totals(sheet, count, columns, styles)
    if note:
        sheet.write_string(count + 2, 0, note, styles["note"])
    book.close()
    return buffer.getvalue(), count


def sheet_styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    return {
        "head": book.add_format({**base, "bold": True, "bg_color": "#DCE6F2", "border": 1, "text_wrap": True}),
        "text": book.add_format({**base, "text_wrap": True, "quote_prefix": True}),
        "date": book.add_format({**base, "num_format": "yyyy-mm-dd"}),
        "time": book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"}),
        "money": book.add_format({**base, "num_format": "#,##0.00"}),
        "number": book.add_format({**base, "num_format": "#,##0"}),
        "note": book.add_format({**base, "font_color": "#666666"}),
    }


def write_row(sheet: Any, at: int, values: Sequence[Any], styles: dict[str, Any]) -> None:
    for index, value in enumerate(values):
        match value:
            case None | "":
                continue
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
