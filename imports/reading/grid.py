"""What every format comes down to: the rows of one sheet, and the lines that tell them to the parent process."""

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


def plain(value: Any) -> Any:
    """A cell as JSON: text, a number, a truth value, or ["d", iso date]; a time of day is of no use to a date."""
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def lines(grid: Grid, member: str = "") -> Iterator[Line]:
    """The sheet as lines for the parent, after a note on hidden rows: those are read like the others.

    Raises:
        UnreadableFileError: a cell longer than any spreadsheet allows.
    """
    title = f"{member}·{grid.name}" if member else grid.name
    if grid.name == LIST_SHEET and grid.rows and str(grid.rows[0][:1]).find(LIST_MARKER) >= 0:
        yield {"note": f"工作表“{title}”是上次下载时系统加的，已略过"}
        return
    hidden = [row for row in grid.hidden if row < len(grid.rows) and any(cell != "" for cell in grid.rows[row])]
    if hidden:
        listed = "、".join(str(row + 1) for row in hidden[:10]) + ("…" if len(hidden) > 10 else "")
        yield {"note": f"工作表“{title}”有 {len(hidden)} 个隐藏行（第 {listed} 行），已一并读取；不要的请在预览中核对"}
    head = {"merges": grid.merges, "uncalculated": grid.uncalculated[:1000], "height": len(grid.rows)}
    yield {"sheet": grid.name, "file": member, "since_1904": grid.since_1904, **head}
    batch: list[list[Any]] = []
    size = 0
    for at, row in enumerate(grid.rows):
        size += check_row(row, at, title)
        batch.append([plain(cell) for cell in row])
        if len(batch) == BATCH or size > BATCH_LETTERS:
            yield {"rows": batch}
            batch, size = [], 0
    if batch:
        yield {"rows": batch}


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
