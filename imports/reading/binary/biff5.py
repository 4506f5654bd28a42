"""Workbooks of Excel 5 and 95 (BIFF5), which old Chinese systems still write: our parser library garbles their GBK."""

import re
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from imports.reading.binary.biff8 import BOUNDSHEET, ERRORS, FORMULAS, records
from imports.reading.formats import as_shown, showing
from imports.reading.grid import Grid, Line, lines
from imports.reading.limits import Limits
from imports.reading.ods import hidden_sheet

BOF, VERSION = 0x809, 0x500
CODEPAGE, DATEMODE, FORMAT, XF, STRING, ROW = 0x42, 0x22, 0x41E, 0xE0, 0x207, 0x208
NUMBER, LABEL, RICH, BOOLERR, RK, MULRK = 0x203, 0x204, 0xD6, 0x205, 0x27E, 0xBD
BUILT_IN_DATES = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
NOT_CODES = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- a date of paper has no zone
ENCODINGS = {936: "gb18030", 950: "big5", 1200: "utf-16-le"}


def is_biff5(stream: bytes) -> bool:
    return len(stream) > 8 and struct.unpack_from("<HxxH", stream) == (BOF, VERSION)


class Workbook:
    """What holds for all sheets: the code page, the day numbers start from, which cell formats are dates."""

    def __init__(self, stream: bytes) -> None:
        self.stream, self.encoding, self.shift = stream, "gb18030", 0
        self.sheets: list[tuple[int, bool, bytes]] = []
        self.formats: list[int] = []
        self.dates = set(BUILT_IN_DATES)
        self.codes: dict[int, str] = {}
        for kind, body in records(stream, 0):
            self.take(kind, body)
        self.shown = showing(self.codes, self.formats)

    def take(self, kind: int, body: bytes) -> None:
        if kind == CODEPAGE:
            page = struct.unpack_from("<H", body)[0]
            self.encoding = ENCODINGS.get(page, f"cp{page}" if page in range(1250, 1259) else "gb18030")
        elif kind == DATEMODE and body[:1] == b"\1":
            self.shift = 1462  # days from 1900 to 1904, as Excel counts them
        elif kind == FORMAT:
            number, code = struct.unpack_from("<H", body)[0], self.text(body[3:])
            self.codes[number] = code
            self.dates |= {number} if re.search("[yYdD]", NOT_CODES.sub("", code)) else set()
        elif kind == XF:
            self.formats.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == BOUNDSHEET:
            self.sheets.append((struct.unpack_from("<I", body)[0], bool(body[4]) or bool(body[5]), body[7:]))

    def text(self, data: bytes) -> str:
        return data.decode(self.encoding, "replace")

    def number(self, value: float, style: int) -> Any:
        """The number, the day it stands for in a cell of that style, or the words that the style shows."""
        is_date = style < len(self.formats) and self.formats[style] in self.dates
        if is_date and 60 < value < 2_900_000:
            return EPOCH + timedelta(days=value + self.shift)
        return as_shown(value, self.shown.get(style, ""))


def read_biff5(stream: bytes, limits: Limits, member: str) -> Iterator[Line]:
    book = Workbook(stream)
    for start, is_hidden, title in book.sheets:
        name = book.text(title)
        if is_hidden:
            yield hidden_sheet(name, member)
            continue
        grid = Grid(name, limits)
        formula: tuple[int, int] | None = None
        for kind, body in records(stream, start):
            if kind == STRING and formula:  # the result of the formula before it
                grid.put(*formula, book.text(body[2:]))
            formula = None
            if kind == ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
                grid.hidden.append(struct.unpack_from("<H", body)[0])
            for row, column, value in cells(kind, body, book):
                formula = (row, column)
                grid.put(row, column, value)
        yield from lines(grid, member)


def cells(kind: int, body: bytes, book: Workbook) -> Iterator[tuple[int, int, Any]]:
    """The cells that one record gives."""
    if kind not in {NUMBER, LABEL, RICH, BOOLERR, RK, MULRK, *FORMULAS}:
        return
    row, column, style = struct.unpack_from("<HHH", body)
    if kind in (LABEL, RICH):
        length = struct.unpack_from("<H", body, 6)[0]
        yield row, column, book.text(body[8 : 8 + length])
    elif kind == BOOLERR:
        yield row, column, ERRORS.get(body[6], "#VALUE!") if body[7] else bool(body[6])
    elif kind == MULRK:
        for at in range(4, len(body) - 6, 6):
            style, packed = struct.unpack_from("<HI", body, at)
            yield row, column + (at - 4) // 6, book.number(unpack(packed), style)
    elif kind == RK:
        yield row, column, book.number(unpack(struct.unpack_from("<I", body, 6)[0]), style)
    elif kind == NUMBER or body[12:14] != b"\xff\xff":
        yield row, column, book.number(struct.unpack_from("<d", body, 6)[0], style)
    else:
        result = {1: bool(body[8]), 2: ERRORS.get(body[8], "#VALUE!")}
        yield row, column, result.get(body[6], "")


def unpack(packed: int) -> float:
    """A number squeezed into 30 bits."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value
