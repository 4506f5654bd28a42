"""Starts the parsing child, watches over it, and gives what it found, sheet by sheet."""

import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from common.text import clean
from imports.errors import UnreadableFileError
from imports.reading.grid import PART_MARK, address, column_letters
from imports.reading.limits import MB, Limits

ROOT = Path(__file__).resolve().parents[2]
CRASHED = "文件过大或结构异常，读取时已停止，未导入；请删除多余的行列、另存为 .xlsx 后重试"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}  # no secrets
TICK = 0.5  # seconds
OF_ROWS = re.compile(rb'\{"of":(\d+),"rows":')  # how a line of rows begins: with how many it tells
IN_MEMORY = 2 * MB
LONGEST_WORD, MOST_WORDS = 60, 50_000  # what is looked for again, and how much of it is kept
Cell = str | int | float | bool | date | None


@dataclass
class Sheet:
    """One worksheet as it is in the file: rows from the first, cells from column A; blank cells are ""."""

    name: str
    file: str = ""
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncalculated: frozenset[str] = frozenset()
    since_1904: bool = False  # what a bare number in a column of days is counted from
    top: int = 0  # of a part of a worksheet: how many rows stand above it…
    left: int = 0  # …and how many columns before it
    is_turned: bool = False  # its rows are the worksheet's columns
    above: tuple[str, ...] = ()  # of a part: what stands above all parts, and so counts for each

    @property
    def title(self) -> str:
        return f"{self.file}·{self.name}" if self.file else self.name

    def address(self, at: int, index: int) -> str:
        """Where a cell of it stands in the file: `B4`."""
        row, column = (index, at) if self.is_turned else (at, index)
        return address(self.top + row, self.left + column)

    def row_place(self, at: int) -> str:
        """What people call a row of it in the file; of a sheet on its side it is a column."""
        return f"{column_letters(self.left + at)}列" if self.is_turned else f"第 {self.top + at + 1} 行"

    def column_place(self, index: int) -> str:
        """What people call a column of it in the file; of a sheet on its side it is a row."""
        return f"第 {self.top + index + 1} 行" if self.is_turned else f"{column_letters(self.left + index)}列"

    def place(self, at: int) -> tuple[str, int]:
        """What a row of it is called, in one word for the sheet and a number: no two records of a file share both."""
        column = self.left + (at if self.is_turned else 0)
        name = f"{self.title[:90]}{PART_MARK}{column_letters(column)}列" if column else self.title
        return name, self.top + (0 if self.is_turned else at) + 1


@dataclass
class Workbook:
    """What a file holds; `notes` say what was passed over, `unread` which files of a .zip could not be read and why."""

    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def read_workbook(
    path: str | Path, name: str, limits: Limits | None = None, progress: Callable[[int, int], None] | None = None
) -> Workbook:
    """Reads a workbook in a process of its own; `progress(rows read, rows known of)` is called about once a second
    and may raise: the child is stopped then.

    Raises:
        UnreadableFileError: with the reason, whatever happened to the child.
    """
    limits = limits or Limits()
    taken = Taken(limits)
    arguments = [str(path), name, json.dumps(asdict(limits))]
    for text in texts_of("child", arguments, limits, taken.tell(progress)):
        taken.take(text)
    if not taken.ended:
        raise UnreadableFileError(CRASHED)
    if not taken.book.sheets and not taken.book.unread:
        raise UnreadableFileError("文件里没有可读的工作表，请检查是否都被隐藏")
    taken.fill()
    return taken.book


class Taken:
    """What the child has told so far, counted: a hostile file may take over the child, not its parent's memory.

    Rows lie in an unnamed file until the child is gone: of a large sheet each of the two holds hundreds of megabytes.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits, self.book = limits, Workbook()
        self.rows = self.known = self.cells = 0
        self.ended = False
        self.words: dict[str, str] = {}
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- closed with its last reference
        self.of_sheet: list[Sheet] = []  # of each line in it

    def tell(self, progress: Callable[[int, int], None] | None) -> Callable[[], None]:
        return lambda: progress(self.rows, max(self.known, self.rows)) if progress else None

    def take(self, text: bytes) -> None:
        """One line of the child.

        Raises:
            UnreadableFileError: it says so, it is no line of ours, or there are too many rows.
        """
        if rows := OF_ROWS.match(text):
            self.keep(int(rows[1]), text)
            return
        line = parsed(text)
        if "error" in line:
            raise UnreadableFileError(line["error"])
        if "sheet" in line:
            merges = [(top, left, bottom, right) for top, left, bottom, right in line["merges"]]
            name, file = clean(line["sheet"]), clean(line["file"])
            self.book.sheets.append(Sheet(name, file, [], merges, frozenset(line["uncalculated"]), line["since_1904"]))
            self.known += line["height"]
        elif "note" in line:
            self.book.notes.append(clean(line["note"]))
        elif "unread" in line:
            self.book.unread.append((clean(line["unread"]), line["reason"]))
        self.ended = self.ended or "end" in line

    def keep(self, rows: int, text: bytes) -> None:
        sheet = self.book.sheets[-1]
        self.rows += rows
        if self.rows > self.limits.rows + 50:
            raise UnreadableFileError(
                f"一个文件最多 {self.limits.rows} 行，读到工作表“{sheet.title}”时超过了，请拆分后再上传"
            )
        self.file.write(text + b"\n")
        self.of_sheet.append(sheet)

    def fill(self) -> None:
        """Gives each sheet its rows.

        Raises:
            UnreadableFileError: more cells, or rows wider, than the limits allow.
        """
        self.file.seek(0)
        for sheet, text in zip(self.of_sheet, self.file, strict=True):
            self.add_rows(sheet, parsed(text)["rows"])
        self.file.close()
        self.words.clear()

    def add_rows(self, sheet: Sheet, rows: list[list[Any]]) -> None:
        limits = self.limits
        self.cells += sum(map(len, rows))
        if any(len(row) > limits.columns and any(row[limits.columns :]) for row in rows):
            raise UnreadableFileError(f"工作表“{sheet.title}”超过 {limits.columns} 列，请删除多余的列后重试")
        if self.cells > limits.cells:
            raise UnreadableFileError(f"一个文件最多 {limits.cells // 10_000} 万个单元格，请拆分后再上传")
        sheet.rows.extend([[self.revive(cell) for cell in row] for row in rows])

    def revive(self, cell: Any) -> Any:
        """Dates as dates; a word that comes again and again (a unit, a kind, an industry) is kept once."""
        if isinstance(cell, list):
            return day_of(cell[1])
        if type(cell) is not str or len(cell) > LONGEST_WORD:
            return cell
        return self.words.get(cell) or (self.words.setdefault(cell, cell) if len(self.words) < MOST_WORDS else cell)


@lru_cache(maxsize=10_000)
def day_of(text: str) -> date:
    return date.fromisoformat(text)


def parsed(text: bytes) -> dict[str, Any]:
    """
    Raises:
        UnreadableFileError: it is no line that a child of ours writes.
    """
    try:
        return dict(json.loads(text))
    except ValueError as error:
        raise UnreadableFileError(CRASHED) from error


def lines_of(
    module: str, arguments: Sequence[str], limits: Limits, tick: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """What a module of this room tells, as `texts_of`, line by line.

    Raises:
        UnreadableFileError: it takes too long, tells too much, or something else than lines.
    """
    return map(parsed, texts_of(module, arguments, limits, tick))


def texts_of(module: str, arguments: Sequence[str], limits: Limits, tick: Callable[[], None]) -> Iterator[bytes]:
    """Lines that a module of this room writes in a process of its own, which is gone when this ends, however it ends.

    Raises:
        UnreadableFileError: it takes too long, or tells too much.
    """
    command = [sys.executable, "-m", f"imports.reading.{module}", *arguments]
    with subprocess.Popen(  # noqa: S603 -- our own module; no shell; the name is only compared
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
    ) as process:
        try:
            yield from split_lines(chunks(process, limits, tick), limits)
        finally:
            process.kill()


def chunks(process: subprocess.Popen[bytes], limits: Limits, tick: Callable[[], None]) -> Iterator[bytes]:
    """What the child writes, as it comes; between whiles `tick()` is called, so that waiting can be called off.

    Raises:
        UnreadableFileError: it takes longer, or writes more, than the limits allow.
    """
    assert process.stdout is not None  # noqa: S101 -- opened above
    pipe, until, told = process.stdout.fileno(), time.monotonic() + limits.seconds, 0
    while True:
        if time.monotonic() > until:
            raise UnreadableFileError(f"读取超过 {limits.seconds} 秒，已停止，未导入；请拆分后再上传")
        ready, _, _ = select.select([pipe], [], [], TICK)
        tick()
        chunk = os.read(pipe, MB) if ready else None
        if chunk == b"":
            return
        if chunk:
            told += len(chunk)
            if told > limits.told:
                raise UnreadableFileError(f"文件内容超过 {limits.told // MB} MB，未导入；请拆分后再上传")
            yield chunk


def split_lines(parts: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for part in parts:
        *ended, rest = part.split(b"\n")
        for line in ended:
            yield b"".join([*held, line])
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        if size > limits.line:
            raise UnreadableFileError(f"有一行内容超过 {limits.line // MB} MB，未导入；请检查表格后重试")
    if size:
        yield b"".join(held)
