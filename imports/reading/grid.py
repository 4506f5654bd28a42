"""What every format comes down to: the rows of one sheet, and the lines that tell them to the parent process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from imports.errors import UnreadableFileError
from imports.reading.limits import LONGEST_CELL, Limits

BATCH = 500
BATCH_LETTERS = 1_000_000
DAMAGED = "文件已损坏，请在表格软件中打开后另存一份再上传"
STRETCHED = "表格范围异常，请删除多余的行列后重试"
LIST_SHEET = "问题清单"  # what marking.py puts in front of a file that is handed back…
LIST_MARKER = "问题清单（由系统加在前面，重新上传时自动略过）"  # …and how it is known when it comes again
# Ways to keep a spreadsheet from making a number of long digits: ="0123", '0123. What is meant is what is inside.
KEPT_AS_TEXT = re.compile(r'\s*=\s*"((?:[^"]|"")*)"\s*')
APOSTROPHE = re.compile(r"\s*(?:['‘’`]([\w\-]+)['‘’`]?|'([^'‘’]+))\s*", re.ASCII)
FORMULA = re.compile(r"\s*=\s*[^=\s]")
# A picture that WPS or a newer Excel keeps in a cell is a formula to everybody else.
PICTURE = re.compile(r"\s*=\s*@?(?:_xl\w+\.)*(?:DISPIMG|IMAGE)\s*\(.*\)?\s*", re.IGNORECASE | re.DOTALL)
MARKED = ("=", "'", "‘", "’", "`")  # how a text of these kinds begins
LISTED = 10
PART_MARK = "｜"  # parts a worksheet's title from the column its record stands in, where rows alone don't tell
Line = dict[str, Any]


@dataclass
class Grid:
    """One sheet being read: rows from the first, cells from column A, blanks as ""."""

    name: str
    limits: Limits
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[list[int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)  # rows, from 0
    uncalculated: list[str] = field(default_factory=list)
    since_1904: bool = False  # days are counted from 1904, as old Macintosh workbooks do
    cells: int = 0
    is_text: bool = False  # a text file: what begins like a formula is one, without its result
    pictures: list[str] = field(default_factory=list)  # addresses

    def put(self, row: int, column: int, value: Any) -> None:
        """Writes one cell; the rows and cells before it are filled up.

        Raises:
            UnreadableFileError: so far out that the sheet is stretched, not long.
        """
        if row >= self.limits.declared_rows or column >= self.limits.declared_columns:
            raise UnreadableFileError(STRETCHED)
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        missing = column + 1 - len(cells)
        if missing > 0:
            self.cells += missing
            check_cells(self.cells, self.limits)
            cells.extend([""] * missing)
        cells[column] = value

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (bottom > top or right > left) and len(self.merges) < self.limits.merges:
            self.merges.append([top, left, bottom, right])


def check_size(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.declared_rows or columns > limits.declared_columns:
        raise UnreadableFileError(STRETCHED)
    check_cells(rows * columns, limits)


def check_cells(count: int, limits: Limits) -> None:
    if count > limits.cells:
        raise UnreadableFileError(f"表格超过 {limits.cells // 10_000} 万个单元格，请删除空白的行列，或拆分后再上传")


def column_letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def unmarked(grid: Grid, row: int, column: int, text: str) -> str:
    """What a text that begins like a formula means; a picture means nothing that can be kept, and is noted down."""
    kept = KEPT_AS_TEXT.fullmatch(text)
    if kept:
        return kept[1].replace('""', '"')
    if PICTURE.fullmatch(text):
        grid.pictures.append(address(row, column))
        return ""
    quoted = APOSTROPHE.fullmatch(text)
    if quoted:
        return quoted[1] or quoted[2]
    if grid.is_text and FORMULA.match(text):
        grid.uncalculated.append(address(row, column))
        return ""
    return text


def plain(value: Any) -> Any:
    """A cell as JSON: text, a number, a truth value, or ["d", iso date]; a time of day is of no use to a date."""
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def title_of(grid: Grid, member: str) -> str:
    """A sheet's name, after that of its file in a .zip."""
    return f"{member}·{grid.name}" if member else grid.name


def lines(grid: Grid, member: str = "") -> Iterator[Line]:
    """The sheet as lines for the parent, after a note on hidden rows: those are read like the others.

    Raises:
        UnreadableFileError: a cell longer than any spreadsheet allows.
    """
    title = title_of(grid, member)
    if grid.name == LIST_SHEET and grid.rows and str(grid.rows[0][:1]).find(LIST_MARKER) >= 0:
        yield {"note": f"工作表“{title}”是上次下载时系统加的，已略过"}
        return
    hidden = [row for row in grid.hidden if row < len(grid.rows) and any(cell != "" for cell in grid.rows[row])]
    if hidden:
        listed = some([str(row + 1) for row in hidden])
        yield {"note": f"工作表“{title}”有 {len(hidden)} 个隐藏行（第 {listed} 行），已一并读取；不要的请在预览中核对"}
    read_marked(grid)
    if grid.pictures:
        listed = some(grid.pictures)
        yield {"note": f"工作表“{title}”有 {len(grid.pictures)} 个单元格里是图片（{listed}），图片不能导入，按空白读取"}
    head = {"merges": grid.merges, "uncalculated": grid.uncalculated, "height": len(grid.rows)}
    yield {"sheet": grid.name, "file": member, "since_1904": grid.since_1904, **head}
    batch: list[list[Any]] = []
    size = 0
    for at, row in enumerate(grid.rows):
        size += check_row(row, at, title)
        batch.append([plain(cell) for cell in row])
        if len(batch) == BATCH or size > BATCH_LETTERS:
            yield {"of": len(batch), "rows": batch}
            batch, size = [], 0
    if batch:
        yield {"of": len(batch), "rows": batch}


def some(words: list[str]) -> str:
    """The first of them."""
    return "、".join(words[:LISTED]) + ("…" if len(words) > LISTED else "")


def read_marked(grid: Grid) -> None:
    """Takes off what only tells a spreadsheet how to keep a text."""
    for at, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            if type(cell) is str and cell.lstrip()[:1] in MARKED and cell:
                row[column] = unmarked(grid, at, column, cell)


def check_row(row: list[Any], at: int, title: str) -> int:
    """How many letters a row has.

    Raises:
        UnreadableFileError: a cell longer than any spreadsheet allows.
    """
    size = 0
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            size += len(cell)
            if len(cell) > LONGEST_CELL:
                where = f"工作表“{title}”的 {address(at, column)}"
                raise UnreadableFileError(f"{where} 有 {len(cell)} 个字，超过表格软件的上限 {LONGEST_CELL}，请缩短")
    return size
