"""Looks into an .xlsb (BIFF12) for what our parser library does not tell: error cells, hidden rows, merged cells, how
far a sheet reaches, where days are counted from."""

import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress

from imports.reading.binary.biff8 import ERRORS
from imports.reading.formats import showing
from imports.reading.ooxml import Extent, first_again

ROW_HEADER, MERGED, SHEET, WORKBOOK = 0, 176, 156, 153
CELLS = range(1, 12)  # blanks, numbers, words and results of formulas, each with its column first
ERROR_CELLS = (3, 11)
NUMBER_CELLS = (2, 5, 9)
FORMAT, STYLE, STYLES, STYLES_END = 44, 47, 617, 618
HIDDEN = 0x10


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        kind, at = data[at], at + 1
        if kind & 0x80 and at < end:
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while at < end and shift < 28:
            part, at = data[at], at + 1
            size |= (part & 0x7F) << shift
            shift += 7
            if part < 0x80:
                break
        yield kind, data[at : at + size]
        at += size


def unit_styles(data: bytes) -> dict[int, str]:
    """The cell styles of a styles.bin whose number format shows a unit, by number."""
    codes: dict[int, str] = {}
    used: list[int] = []
    inside = False
    with suppress(struct.error, IndexError):
        for kind, body in records(data):
            inside = (inside or kind == STYLES) and kind != STYLES_END
            if kind == FORMAT:
                codes[struct.unpack_from("<H", body)[0]] = words(body, 2)[0]
            elif kind == STYLE and inside:
                used.append(struct.unpack_from("<H", body, 2)[0])
    return showing(codes, used)


def extent_of(data: bytes, styles: Mapping[int, str]) -> Extent:
    """What one sheet has besides its values; nothing more from where it is odd on: the library finds its damage."""
    extent, row = Extent(), 0
    with suppress(struct.error, IndexError):
        for kind, body in records(data):
            if kind == ROW_HEADER:
                row, extent.count = struct.unpack_from("<I", body)[0], extent.count + 1
                extent.rows = max(extent.rows, row + 1)
                extent.twice = extent.twice or first_again([row + 1], extent.seen)
                if body[11] & HIDDEN:
                    extent.hidden.add(row)
            elif kind in CELLS:
                column = struct.unpack_from("<I", body)[0]
                extent.columns = max(extent.columns, column + 1)
                if kind in ERROR_CELLS:
                    extent.errors[row, column] = ERRORS.get(body[8], "#VALUE!")
                style = int.from_bytes(body[4:7], "little")
                if kind in NUMBER_CELLS and style in styles:
                    extent.shown[row, column] = styles[style]
            elif kind == MERGED:
                top, bottom, left, right = struct.unpack_from("<4I", body)
                extent.merges.append([top, left, bottom, right])
    return extent


def sheets_of(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Name and relation of every sheet."""
    for kind, body in records(workbook):
        if kind == SHEET:
            relation, at = words(body, 8)
            yield words(body, at)[0], relation


def words(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    length = struct.unpack_from("<I", body, at)[0] * 2
    return body[at + 4 : at + 4 + length].decode("utf-16-le", "replace"), at + 4 + length


def counts_from_1904(workbook: bytes) -> bool:
    return any(kind == WORKBOOK and body[:1] and body[0] & 1 for kind, body in records(workbook))
