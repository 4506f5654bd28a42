"""The HTML table that many office systems save as .xls. Standard library only."""

import re
from html.parser import HTMLParser
from typing import Any

from imports.errors import UnreadableFileError
from imports.reading.delimited import UNKNOWN_ENCODING
from imports.reading.formats import reconciled
from imports.reading.grid import STRETCHED, Grid
from imports.reading.limits import Limits

CHARSET = re.compile(rb'charset=["\']?([\w-]+)', re.IGNORECASE)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030"}
SHOWN = re.compile(r"([-+]?)[￥¥$]?\s?(\d[\d,]*)(?:\.(\d+))?\s?(%?)")  # a number as it is shown
UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class Tables(HTMLParser):
    """Collects the cells of all tables, one after another, and where cells span rows or columns."""

    def __init__(self, grid: Grid) -> None:
        super().__init__(convert_charrefs=True)
        self.grid = grid
        self.cell: list[str] | None = None
        self.given: dict[str, str | None] = {}
        self.held: set[tuple[int, int]] = set()
        self.column = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.new_row(dict(attrs))
        elif tag in ("td", "th"):
            self.close_cell()
            self.cell, self.given = [], dict(attrs)
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def new_row(self, given: dict[str, str | None]) -> None:
        self.close_cell()
        self.column = 0
        if UNSEEN.search(given.get("style") or ""):
            self.grid.hidden.append(len(self.grid.rows))
        self.grid.rows.append([])
        check_rows(len(self.grid.rows), self.grid.limits)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.close_cell()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def close_cell(self) -> None:
        if self.cell is None:
            return
        text, self.cell = re.sub(r"[ \t\r\xa0]+", " ", "".join(self.cell)).strip(), None
        if not self.grid.rows:
            self.grid.rows.append([])
        at = len(self.grid.rows) - 1
        while (at, self.column) in self.held:
            self.held.discard((at, self.column))
            self.column += 1
        down = min(number(self.given.get("rowspan")), 10_000)
        across = min(number(self.given.get("colspan")), self.grid.limits.columns)
        self.grid.put(at, self.column + across - 1, "")
        self.grid.put(at, self.column, value_of(text, self.given))
        self.span(at, down, across)
        self.column += across

    def span(self, at: int, down: int, across: int) -> None:
        first, last = self.column, self.column + across - 1
        if down == 1 and across == 1:
            return
        self.grid.merge(at, first, at + down - 1, last)
        self.held.update((below, column) for below in range(at + 1, at + down) for column in range(first, last + 1))
        if len(self.held) > self.grid.limits.cells:
            raise UnreadableFileError(STRETCHED)


def number(text: str | None) -> int:
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def value_of(text: str, given: dict[str, str | None]) -> Any:
    """The cell's text; where the page also gives the number behind `1,980`, that number."""
    behind, shown = given.get("sdval") or given.get("x:num"), SHOWN.fullmatch(text)
    if not behind or not shown:
        return text
    sign, whole, decimals, percent = shown.groups(default="")
    scale = 100 if percent else 1
    try:
        exact = float(behind)
        near = float(f"{sign}{whole.replace(',', '')}.{decimals or 0}") / scale
    except ValueError:
        return text
    return reconciled(exact, text) if abs(exact - near) <= 10.0 ** -len(decimals) / scale else text


def check_rows(count: int, limits: Limits) -> None:
    if count > limits.rows:
        raise UnreadableFileError(f"最多 {limits.rows} 行，请拆分后再上传")


def read_html(data: bytes, grid: Grid) -> None:
    """Rows and merged ranges of an HTML page's tables, into the grid.

    Raises:
        UnreadableFileError: no table, or text in no known encoding.
    """
    tables = Tables(grid)
    tables.feed(decode(data))
    tables.close()
    tables.close_cell()
    if not any(any(row) for row in grid.rows):
        raise UnreadableFileError("文件里没有表格，请用表格软件打开后另存为 .xlsx 再上传")


def decode(data: bytes) -> str:
    named = CHARSET.search(data[:4096])
    wanted = named.group(1).decode("ascii", "ignore").lower() if named else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        wanted = "utf-16"
    for encoding in (CHINESE.get(wanted, wanted), "utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnreadableFileError(UNKNOWN_ENCODING)
