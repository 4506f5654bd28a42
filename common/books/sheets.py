"""Workbooks people can send on: frozen header, widths, formats; nothing a spreadsheet would run as a formula."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from itertools import accumulate, chain, islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from common.books.rowsheet import RowSheet, RowWriter, plain_value
from common.text import clean

END = object()
SHEET_ROWS = 1_000_000  # a worksheet holds 1,048,576: what is more goes on to another sheet, never cut
TOLD_EVERY = 2000  # rows
LINE_HEIGHT, MOST_LINES = 15, 20  # points; a longer text is read in the cell, not on the sheet
TITLE_HEIGHT, HEAD_PADDING = 30, 4  # points
ON_ONE_PAGE = 45  # rows of a table to be read that are made to fit one page
FULL = 1.15  # characters of our 10 points in a unit of column width, which is one of 11 points
A4, A3 = 9, 8  # paper codes of the format
WIDEST_ON_A4, WIDEST_PAGE = 190, 350  # characters: beside the second, a page of A3 would be under 6 points
NOT_IN_TABS = re.compile(r"[\[\]:*?/\\]")
TAB = 31  # characters of a sheet's name
Sums = dict[int, Any]
FONT = {"font_name": "宋体", "font_size": 10}


@dataclass(frozen=True)
class Column:
    """One column of an export: heading, where its value comes from, how it is shown.

    `style` names the format of its numbers where it is not that of their type: money for a Decimal, else whole.
    `total` is True for a sum, or the formula of the totals row, other columns' totals in braces: `={化解}/{计入}`.
    """

    label: str
    value: Callable[[Any], Any]
    width: int = 14
    total: bool | str = False
    style: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook. A table to be read has a `heading` over it and a line `about` it (period, unit of
    measure); a list to be sorted, or put right and imported again, begins with its column heads."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    heading: str = ""
    about: str = ""
    last: Any = None  # what the totals row tells, as a row: its formulas come to the same

    @property
    def head(self) -> int:
        """The row of the column heads."""
        return 2 if self.heading else 0


def words_of(model: Any, field: str) -> Callable[[Any], str]:
    """The words of a choice, as `get_…_display` gives them at a fifth of its cost: exports ask it a million times."""
    words = {key: str(label) for key, label in model._meta.get_field(field).flatchoices}
    return lambda row: words.get(getattr(row, field), getattr(row, field))


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Any], note: str = "") -> tuple[bytes, int]:
    """An .xlsx of the rows and how many there were. Text is written as text: `=1+1` stays what someone typed."""
    return book_of([Sheet(title, columns, rows)], lambda: note)


def book_of(sheets: Sequence[Sheet], note: Callable[[], str]) -> tuple[bytes, int]:
    buffer = BytesIO()
    count = write_book(buffer, sheets, note)
    return buffer.getvalue(), count


def write_book(
    target: Any, sheets: Sequence[Sheet], note: Callable[[], str], tell: Callable[[int], None] = lambda count: None
) -> int:
    """The workbook into a file (a path or something to write to), holding one row at a time; `tell` hears how many.

    Gives back the rows of the first sheet; under the last row of each stands how many they are and the `note`, which
    is asked for when they are written.
    """
    beside = Path(target).parent if isinstance(target, str | Path) else None
    with TemporaryDirectory(prefix="sheets-", dir=beside) as scratch:
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": scratch})
        book.set_properties({"title": sheets[0].heading or sheets[0].name})
        styles = sheet_styles(book)
        counts = [write_sheets(book, sheet, styles, note, tell) for sheet in sheets]
        book.close()
    return counts[0]


def write_sheets(
    book: Any, sheet: Sheet, styles: dict[str, Any], note: Callable[[], str], tell: Callable[[int], None]
) -> int:
    """The sheet, and those it goes on to when it has more rows than one holds."""
    left, total, number = iter(sheet.rows), 0, 1
    while True:
        name = sheet.name if number == 1 else f"{sheet.name[: TAB - 6]}（{number}）"
        page = book.add_worksheet(tab_name(name, book.sheetnames), RowSheet)
        count = write_sheet(page, replace(sheet, rows=islice(left, SHEET_ROWS)), styles, told_from(tell, total))
        total += count
        following = next(left, END) if count == SHEET_ROWS else END
        if following is END:
            break
        left, number = chain([following], left), number + 1
    words = [f"共 {total} 行"] if total else ["没有符合条件的记录"]
    page.write_string(
        sheet.head + count + (2 if count else 1), 0, "　".join([*words, *filter(None, [note()])]), styles["note"]
    )
    return total


def told_from(tell: Callable[[int], None], before: int) -> Callable[[int], None]:
    return lambda count: tell(before + count)


def write_sheet(page: RowSheet, sheet: Sheet, styles: dict[str, Any], tell: Callable[[int], None]) -> int:
    """Heading, rows, filter and totals of one sheet; how many rows."""
    columns, last = sheet.columns, len(sheet.columns) - 1
    set_up_print(page, sheet)
    if sheet.heading:
        write_heading(page, sheet, styles)
    labels, room = [column.label for column in columns], [column.width * FULL for column in columns]
    page.set_row(sheet.head, LINE_HEIGHT * lines_of(labels, room) + HEAD_PADDING)
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width)
        page.write_string(sheet.head, index, clean(column.label), styles["head"])
    count, sums = write_rows(page, sheet, styles, tell)
    if sheet.heading and count <= ON_ONE_PAGE:
        page.fit_to_pages(pages_wide(columns), 1)
    page.autofilter(sheet.head, 0, sheet.head + max(count, 1), last)
    if count and (sums or sheet.last):
        write_totals(page, sheet, count, sums, styles)
    return count


def write_heading(page: RowSheet, sheet: Sheet, styles: dict[str, Any]) -> None:
    """The title over the table, as wide as one page of it, and the line about it."""
    widths = list(accumulate(column.width for column in sheet.columns))
    last = max((at for at, width in enumerate(widths) if width <= WIDEST_PAGE), default=0)
    lines = lines_of([clean(sheet.about)], [widths[last] * FULL])
    for row, text, height, style in (
        (0, sheet.heading, TITLE_HEIGHT, styles["title"]),
        (1, sheet.about, LINE_HEIGHT * lines + HEAD_PADDING, styles["about"]),
    ):
        page.set_row(row, height)
        if last:
            page.merge_range(row, 0, row, last, clean(text), style)
        else:
            page.write_string(row, 0, clean(text), style)


def write_rows(page: RowSheet, sheet: Sheet, styles: dict[str, Any], tell: Callable[[int], None]) -> tuple[int, Sums]:
    """How many rows were written, and the sums of the columns that have one."""
    writer = RowWriter(styles, [column.style for column in sheet.columns])
    getters, width = [column.value for column in sheet.columns], len(sheet.columns)
    room = [column.width * FULL for column in sheet.columns]
    sums: Sums = {at: 0 for at, column in enumerate(sheet.columns) if column.total is True}
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        values = [plain_value(value(row)) for value in getters]
        for at in sums:
            sums[at] += values[at] or 0
        lines, at = lines_of(values, room), sheet.head + count
        page.add_row(at, width, writer.cells(at, values), LINE_HEIGHT * lines if lines > 1 else None)
        if not count % TOLD_EVERY:
            tell(count)
    return count, sums


def set_up_print(page: Any, sheet: Sheet) -> None:
    """Landscape, as wide as the table, the heading on every page under the title; wide tables on A3, and those that
    nobody could read on one page of it go on beside it, every page beginning with the first column."""
    columns = sheet.columns
    width, wide = sum(column.width for column in columns), pages_wide(columns)
    page.freeze_panes(sheet.head + 1, 1 if width > WIDEST_ON_A4 else 0)
    page.set_landscape()
    page.set_paper(A3 if width > WIDEST_ON_A4 else A4)
    page.set_margins(left=0.4, right=0.4, top=0.5 if sheet.heading else 0.8, bottom=0.6)
    page.center_horizontally()
    page.fit_to_pages(wide, 0)
    page.repeat_rows(0, sheet.head)
    if wide > 1:
        page.repeat_columns(0)
    if not sheet.heading:
        # The blank: a name that begins with a year would be read on as the size of the letters.
        page.set_header(f'&C&"宋体,Bold"&14 {clean(sheet.name).replace("&", "&&")[:200]}')
    page.set_footer("&C第 &P 页，共 &N 页")


def pages_wide(columns: Sequence[Column]) -> int:
    """How many pages stand beside each other, each but the first with the first column again."""
    width = sum(column.width for column in columns)
    return 1 + (ceil((width - WIDEST_PAGE) / (WIDEST_PAGE - columns[0].width)) if width > WIDEST_PAGE else 0)


def lines_of(values: Sequence[Any], room: Sequence[float]) -> int:
    """How many lines the row's longest text takes in its column: spreadsheets don't all grow a row by themselves."""
    needed = 1
    for value, space in zip(values, room, strict=True):
        # Most fit however wide their letters are, and need no counting.
        if type(value) is str and (len(value) * 2 > space or "\n" in value):
            needed = max(needed, sum(max(1, ceil(width_of(line) / space)) for line in value.split("\n")))
    return min(needed, MOST_LINES)


def width_of(text: str) -> int:
    """Columns of a fixed-width screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def tab_name(text: str, taken: Iterable[str]) -> str:
    """A name a sheet may have, and no other has."""
    name = NOT_IN_TABS.sub("", clean(text))[:TAB].strip("' ") or "表"
    others = {one.casefold() for one in taken}
    names: Iterator[str] = chain([name], (f"{name[: TAB - 5]}（{number}）" for number in range(2, 1000)))
    return next(one for one in names if one.casefold() not in others)


def sheet_styles(book: Any) -> dict[str, Any]:
    """The formats of cells by name; those of numbers also in bold, for totals."""
    base = {**FONT, "valign": "vcenter", "border": 1, "border_color": "#BFC7D1"}
    head = {**base, "bold": True, "bg_color": "#DCE6F2"}
    numbers = {
        "money": "#,##0.00_ ",
        "number": "#,##0_ ",
        "percent": "0.0%_ ",
        "rate": "0.0_ ",
        "wan": "#,##0.00####_ ",
    }
    changes = {f"{name}-change": f'+{form};-{form};"持平"' for name, form in numbers.items()}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}),
        "about": book.add_format({**FONT, "font_color": "#444444", "valign": "vcenter", "text_wrap": True}),
        "head": book.add_format({**head, "align": "center", "text_wrap": True, "quote_prefix": True}),
        "text": book.add_format({**base, "text_wrap": True, "quote_prefix": True}),
        "date": book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "center"}),
        "time": book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        "note": book.add_format({**FONT, "font_color": "#666666"}),
        **{name: book.add_format({**base, "num_format": form}) for name, form in (numbers | changes).items()},
        **{f"total-{name}": book.add_format({**head, "num_format": form}) for name, form in numbers.items()},
    }


def write_totals(page: Any, sheet: Sheet, count: int, sums: Sums, styles: dict[str, Any]) -> None:
    """Formulas, with what they come to for programs that don't reckon."""
    at, first = sheet.head + count + 1, sheet.head + 1
    places = {column.label: xl_rowcol_to_cell(at, index) for index, column in enumerate(sheet.columns)}
    for index, column in enumerate(sheet.columns):
        value = sums.get(index) if sheet.last is None else plain_value(column.value(sheet.last))
        form = column.style or ("money" if isinstance(value, Decimal) else "number")
        if column.total is True:
            cells = f"{xl_rowcol_to_cell(first, index)}:{xl_rowcol_to_cell(at - 1, index)}"
            page.write_formula(at, index, f"=SUM({cells})", styles[f"total-{form}"], value)
        elif column.total:
            page.write_formula(at, index, column.total.format_map(places), styles[f"total-{form}"], value)
        else:
            named = "" if index or sheet.last is not None else "合计"
            page.write_string(at, index, str(value or named), styles["head"])
