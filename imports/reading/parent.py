"""Starts the parsing child, watches over it, and gives what it found, sheet by sheet."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from common.text import clean
from imports.errors import UnreadableFileError
from imports.reading.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
CRASHED = "文件过大或结构异常，读取时已停止，未导入；请删除多余的行列、另存为 .xlsx 后重试"
Cell = str | int | float | bool | date | None


@dataclass
class Sheet:
    """One worksheet as it is in the file: rows from the first, cells from column A; blank cells are ""."""

    name: str
    file: str = ""
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncalculated: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return f"{self.file}·{self.name}" if self.file else self.name


@dataclass
class Workbook:
    """What a file holds; `notes` say what was passed over, `unread` which files of a .zip could not be read and why."""

    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def read_workbook(path: str | Path, name: str, limits: Limits | None = None) -> Workbook:
    """Reads a workbook in a process of its own.

    Raises:
        UnreadableFileError: with the reason, whatever happened to the child.
    """
    limits = limits or Limits()
    book = Workbook()
    ended = False
    for line in child_lines(Path(path), name, limits):
        if "error" in line:
            raise UnreadableFileError(line["error"])
        ended = ended or "end" in line
        take(book, line, limits)
    if not ended:
        raise UnreadableFileError(CRASHED)
    if not book.sheets and not book.unread:
        raise UnreadableFileError("文件里没有可读的工作表，请检查是否都被隐藏")
    return book


def take(book: Workbook, line: dict[str, Any], limits: Limits) -> None:
    if "sheet" in line:
        merges = [(top, left, bottom, right) for top, left, bottom, right in line["merges"]]
        name, file = clean(line["sheet"]), clean(line["file"])
        book.sheets.append(Sheet(name, file, [], merges, frozenset(line["uncalculated"])))
    elif "rows" in line:
        sheet = book.sheets[-1]
        sheet.rows.extend([revive(row) for row in line["rows"]])
        if any(len(row) > limits.columns and any(row[limits.columns :]) for row in line["rows"]):
            raise UnreadableFileError(f"工作表“{sheet.title}”超过 {limits.columns} 列，请删除多余的列后重试")
        if len(sheet.rows) > limits.rows + 50:
            raise UnreadableFileError(f"最多 {limits.rows} 行，工作表“{sheet.title}”超过了，请拆分后再上传")
    elif "note" in line:
        book.notes.append(clean(line["note"]))
    elif "unread" in line:
        book.unread.append((clean(line["unread"]), line["reason"]))


def revive(row: list[Any]) -> list[Any]:
    return [date.fromisoformat(cell[1]) if isinstance(cell, list) else cell for cell in row]


def child_lines(path: Path, name: str, limits: Limits) -> Iterator[dict[str, Any]]:
    """Lines of the child, which is gone when this ends, however it ends."""
    command = [sys.executable, "-m", "imports.reading.child", str(path), name, json.dumps(asdict(limits))]
    with subprocess.Popen(  # noqa: S603 -- our own module; no shell; the name is only compared
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        text=True,
        encoding="utf-8",
    ) as process:
        clock = threading.Timer(limits.seconds, process.kill)
        clock.daemon = True
        clock.start()
        try:
            for text in process.stdout or ():
                try:
                    yield json.loads(text)
                except ValueError as error:
                    raise UnreadableFileError(CRASHED) from error
        finally:
            clock.cancel()
            process.kill()
