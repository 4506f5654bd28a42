"""Looks into the sheets of an .xlsx for what our parser library does not tell: formulas never calculated, error
cells, hidden rows, how far a sheet reaches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

SHEET = re.compile(r"xl/worksheets/[^/]+\.(?:xml|bin)", re.IGNORECASE)
KEEP = 4096  # carried from chunk to chunk, so that nothing hides on a seam
ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d+)["']""")
CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]+)(\d+)["']""")
HIDDEN = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*?\bhidden=["'](?:1|true)["'])[^>]*?\br=["'](\d+)["']""")
WIDE = re.compile(rb"""\br=["']([A-Z]{3,})\d+["']""")
FAR = re.compile(rb"""\br=["'][A-Z]{0,3}(\d{6,})["']""")
NO_RESULT = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]+\d+)["'][^>]*><(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)"""
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
ERROR = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*?\bt=["']e["'])[^>]*?\br=["']([A-Z]+)(\d+)["'][^>]*>"""
    rb"(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,30})</"
)
IS_ERROR = re.compile(rb"""\bt=["']e["']""")
IS_HIDDEN = re.compile(rb"\bhidden=")


@dataclass
class Extent:
    """How far a sheet says it reaches, and what it has besides values; cells by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    count: int = 0
    uncalculated: dict[str, None] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)  # number formats that show a unit
    seen: set[int] = field(default_factory=set)  # rows, from 1
    twice: int = 0  # the first of them that is given twice
    merges: list[list[int]] = field(default_factory=list)  # where the library does not tell them


def first_again(rows: Sequence[int], seen: set[int]) -> int:
    """The first that is among those seen, which these then are too; 0 where all are new."""
    new = set(rows)
    if len(new) == len(rows) and new.isdisjoint(seen):
        seen |= new
        return 0
    for row in rows:
        if row in seen:
            return row
        seen.add(row)
    raise AssertionError("unreachable: some row came twice or was seen")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def measure(data: bytes, extent: Extent, known: int = 0) -> None:
    """Takes one chunk of a sheet into account; its first `known` bytes have been taken before."""
    reach(data, extent, known)
    if b"<f" in data or b":f" in data:
        extent.uncalculated |= dict.fromkeys(cell.decode() for cell in NO_RESULT.findall(data))
    if IS_ERROR.search(data):
        for letters, row, words in ERROR.findall(data):
            extent.errors[int(row[:9]) - 1, column_number(letters[:9]) - 1] = words.decode("utf-8", "replace")
    if IS_HIDDEN.search(data):
        extent.hidden |= {int(row[:9]) - 1 for row in HIDDEN.findall(data)}


def reach(data: bytes, extent: Extent, known: int) -> None:
    rows = [int(found[1][:9]) for found in ROW.finditer(data) if found.end() > known]
    extent.count += len(rows)
    if rows:
        extent.rows = max(extent.rows, *rows)
        extent.twice = extent.twice or first_again(rows, extent.seen)
    for letters, row in set(CELL.findall(data)) if not rows else CELL.findall(data)[-1:]:
        extent.rows = max(extent.rows, int(row[:9]))
        extent.columns = max(extent.columns, column_number(letters[:9]))
    wide = set(WIDE.findall(data))
    if wide:
        extent.columns = max(extent.columns, max(column_number(letters[:9]) for letters in wide))
    far = set(FAR.findall(data))
    if far:
        extent.rows = max(extent.rows, max(int(row[:9]) for row in far))
