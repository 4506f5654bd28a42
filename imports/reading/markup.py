"""The HTML table that many office systems save as .xls. Standard library only."""

import re
from html.parser import HTMLParser

from imports.errors import UnreadableFileError
from imports.reading.limits import Limits

CHARSET = re.compile(rb'charset=["\']?([\w-]+)', re.IGNORECASE)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030"}


class Tables(HTMLParser):
    """Collects the cells of all tables, one after another, and where cells span rows or columns."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.rows: list[list[str]] = []
        self.merges: list[list[int]] = []
        self.cell: list[str] | None = None
        self.span = (1, 1)
        self.held: dict[tuple[int, int], bool] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.close_cell()
            self.rows.append([])
            if len(self.rows) > self.limits.rows:
                raise UnreadableFileError(f"最多 {self.limits.rows} 行，请拆分后再上传")
        elif tag in ("td", "th"):
            self.close_cell()
            given = dict(attrs)
            self.cell = []
            self.span = (number(given.get("rowspan")), number(given.get("colspan")))
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.close_cell()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def close_cell(self) -> None:
        if self.cell is None:
            return
        text, self.cell = re.sub(r"[ \t\r]+", " ", "".join(self.cell)).strip(), None
        if not self.rows:
            self.rows.append([])
        at, row = len(self.rows) - 1, self.rows[-1]
        while self.held.pop((at, len(row)), False):
            row.append("")
        down, across = min(self.span[0], 10_000), min(self.span[1], self.limits.columns)
        first = len(row)
        row.extend([text] + [""] * (across - 1))
        if len(row) > self.limits.declared_columns:
            raise UnreadableFileError("表格范围异常，请删除多余的行列后重试")
        if down > 1 or across > 1:
            self.merges.append([at, first, at + down - 1, first + across - 1])
            for below in range(at + 1, at + down):
                self.held.update({(below, first + step): True for step in range(across)})


def number(text: str | None) -> int:
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def read_html(data: bytes, limits: Limits) -> tuple[list[list[str]], list[list[int]]]:
    """Rows and merged ranges of an HTML page's tables.

    Raises:
        UnreadableFileError: no table, or text in no known encoding.
    """
    named = CHARSET.search(data[:4096])
    wanted = named.group(1).decode("ascii", "ignore").lower() if named else "utf-8"
    for encoding in (CHINESE.get(wanted, wanted), "utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        raise UnreadableFileError("文件的文字编码无法识别，请用表格软件另存为 .xlsx 再上传")
    tables = Tables(limits)
    tables.feed(text)
    tables.close()
    tables.close_cell()
    if not any(any(row) for row in tables.rows):
        raise UnreadableFileError("文件里没有表格，请用表格软件打开后另存为 .xlsx 再上传")
    return tables.rows, tables.merges
