"""Looks into an old .xls (BIFF5, BIFF8) for what our parser library does not tell: error cells, hidden rows, a
password. Pure standard library."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from imports.reading.formats import showing

SECTOR_END = 0xFFFFFFFA  # and above: end of chain, free, tables
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
BOUNDSHEET, FILEPASS, END, BOOLERR, ROW, DATEMODE = 0x85, 0x2F, 0x0A, 0x205, 0x208, 0x22
FORMULAS = (0x06, 0x206, 0x406)
FORMAT, XF, NUMBER, RK, MULRK = 0x41E, 0xE0, 0x203, 0x27E, 0xBD


@dataclass
class Facts:
    """What one sheet has besides its values, by (row, column) from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)  # number formats that show a unit


class Ole:
    """A compound file: a small file system of sectors. Chains are followed no further than the file is long."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini = struct.unpack_from("<HH", data, 30)
        if not 7 <= shift <= 16 or not 4 <= mini <= shift:
            raise ValueError("sector size")
        self.size, self.mini_size = 1 << shift, 1 << mini
        start, self.cutoff, mini_start = struct.unpack_from("<I4xII", data, 48)
        tables = [number for number in struct.unpack_from("<109I", data, 76) if number < SECTOR_END]
        per = self.size // 4 - 1
        extra = struct.unpack_from("<I", data, 68)[0]
        while extra < SECTOR_END and len(tables) * self.size < len(data):
            *more, extra = struct.unpack(f"<{per + 1}I", self.sector(extra))
            tables += [number for number in more if number < SECTOR_END]
        self.fat = self.numbers(b"".join(self.sector(number) for number in tables))
        self.mini_fat = self.numbers(self.chain(mini_start))
        self.entries = self.chain(start)

    def numbers(self, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def sector(self, number: int) -> bytes:
        part = self.data[(number + 1) * self.size : (number + 2) * self.size]
        return part.ljust(self.size, b"\0")

    def chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < len(self.fat) and len(parts) <= len(self.data) // self.size:
            parts.append(self.sector(number))
            number = self.fat[number]
        return b"".join(parts)

    def stream(self, *names: str) -> bytes:
        """The first stream of one of these names; empty when there is none."""
        root = b""
        for at in range(0, len(self.entries) - 127, 128):
            entry = self.entries[at : at + 128]
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if entry[66] == 5:
                root = self.chain(start)
            elif entry[66] == 2 and name in names:
                return self.small(root, start, size) if size < self.cutoff else self.chain(start)[:size]
        return b""

    def small(self, root: bytes, number: int, size: int) -> bytes:
        parts: list[bytes] = []
        while number < len(self.mini_fat) and len(parts) * self.mini_size < size:
            parts.append(root[number * self.mini_size : (number + 1) * self.mini_size])
            number = self.mini_fat[number]
        return b"".join(parts)[:size]


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, up to its end."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == END:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def workbook_stream(data: bytes) -> bytes:
    """The stream that holds the workbook; empty where the compound file is odd."""
    try:
        return Ole(data).stream("Workbook", "Book", "WORKBOOK", "BOOK")
    except (struct.error, ValueError, IndexError):
        return b""


def is_locked(stream: bytes) -> bool:
    return any(kind == FILEPASS for kind, _ in records(stream, 0))


def counts_from_1904(stream: bytes) -> bool:
    """Whether day 0 is 1904-01-01; only bare numbers need to know, the library reads cells in a date style rightly."""
    return any(kind == DATEMODE and body[:1] == b"\1" for kind, body in records(stream, 0))


def facts_by_place(stream: bytes) -> dict[int, Facts]:
    """Facts of the sheets in their order; nothing where the stream is odd."""
    try:
        starts = [struct.unpack_from("<I", body)[0] for kind, body in records(stream, 0) if kind == BOUNDSHEET]
        styles = unit_styles(stream)
        return {place: facts_of(stream, start, styles) for place, start in enumerate(starts)}
    except struct.error:
        return {}


def unit_styles(stream: bytes) -> dict[int, str]:
    """The cell styles whose number format shows a unit, by number."""
    codes: dict[int, str] = {}
    used: list[int] = []
    for kind, body in records(stream, 0):
        if kind == FORMAT:
            number, length, is_wide = struct.unpack_from("<HHB", body)
            text = body[5 : 5 + length * (1 + (is_wide & 1))]
            codes[number] = text.decode("utf-16-le" if is_wide & 1 else "latin-1", "replace")
        elif kind == XF:
            used.append(struct.unpack_from("<H", body, 2)[0])
    return showing(codes, used)


def facts_of(stream: bytes, start: int, styles: Mapping[int, str]) -> Facts:
    facts = Facts()
    for kind, body in records(stream, start):
        if kind == ROW and len(body) >= 14 and struct.unpack_from("<H", body, 12)[0] & 0x20:
            facts.hidden.append(struct.unpack_from("<H", body)[0])
        elif kind == BOOLERR and len(body) >= 8 and body[7]:
            facts.errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[6], "#VALUE!")
        elif kind in FORMULAS and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
            facts.errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[8], "#VALUE!")
        elif styles and kind in (NUMBER, RK, MULRK, *FORMULAS):
            facts.shown |= {
                (row, column): styles[style] for row, column, style in styled(kind, body) if style in styles
            }
    return facts


def styled(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of the numbers that a record gives."""
    row, column, style = struct.unpack_from("<HHH", body)
    if kind != MULRK:
        yield row, column, style
        return
    for at in range(4, len(body) - 6, 6):
        yield row, column + (at - 4) // 6, struct.unpack_from("<H", body, at)[0]
