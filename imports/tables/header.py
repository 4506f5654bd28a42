"""Finds the heading row of a table: by what an admin said of it before, else by what its headings mean. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from imports.cells import text_of
from imports.cells.choices import EMPTY_MARKS, MARKS
from imports.reading.parent import Sheet
from imports.tables.table import (
    SEARCHED_ROWS,
    Names,
    Remembered,
    cell_at,
    column_letters,
    filled,
    fingerprint,
    heading_key,
)

LONGEST = 100  # as much of a heading as is kept and compared
RECORDS_WITHIN = 5  # rows below a heading row in which a record must be
NO_WORDS = re.compile(r"[\d\s.,:/年月日时分元万亿%±+-]*")
BOXES = tuple(MARKS + EMPTY_MARKS)


@dataclass
class Header:
    """A heading row, or two; by column of the sheet, from 0."""

    first: int
    last: int
    headings: list[str]
    columns: dict[int, str]  # column → field
    repeated: list[str]
    keys: list[str] = field(default_factory=list)
    remembered: Remembered | None = None

    @property
    def span(self) -> range:
        """The columns from the first heading to the last, blank ones between them included."""
        named = filled(self.keys)
        return range(named[0], named[-1] + 1) if named else range(0)

    @property
    def fingerprint(self) -> str:
        return fingerprint([self.keys[index] for index in self.span])


def find_header(sheet: Sheet, names: Names) -> Header | None:
    """The row, or the two rows, that an admin has mapped, else those whose cells are best known as headings."""
    texts = heading_texts(sheet)
    return remembered_header(texts, names) or known_header(texts, names)


def heading_texts(sheet: Sheet) -> list[list[str]]:
    """The first rows as text, with merged cells written out in both directions: for reading headings only."""
    spread = spread_merges(sheet)
    reach = min(SEARCHED_ROWS, len(sheet.rows))
    return [[text_of(cell) for cell in spread.get(at, sheet.rows[at])] for at in range(reach)]


def spread_merges(sheet: Sheet) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for top, left, bottom, right in sheet.merges:
        if top > SEARCHED_ROWS or top >= len(sheet.rows):
            continue
        value = cell_at(sheet.rows[top], left)
        for at in range(top, min(bottom, SEARCHED_ROWS, len(sheet.rows) - 1) + 1):
            row = rows.setdefault(at, list(sheet.rows[at]))
            row.extend([""] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return rows


def header_at(texts: list[list[str]], first: int, last: int, names: Names) -> Header:
    """These rows taken as the heading: read as remembered where they are, else by what is known."""
    headings = texts[first] if first == last else two_rows(texts[first], texts[last], names)
    keys = heading_keys(texts, first, last)
    columns, repeated = match_headings(headings, names)
    header = Header(first, last, headings, columns, repeated, keys)
    header.remembered = names.remembered.get(header.fingerprint)
    if header.remembered and not header.remembered.is_left_out:
        fields = zip(header.span, header.remembered.columns, strict=False)
        header.columns = {index: name for index, name in fields if name in names.labels}
        header.repeated = []
    return header


def heading_keys(texts: list[list[str]], first: int, last: int) -> list[str]:
    """What a layout is known again by: it must not depend on which words are known today."""
    if first == last:
        return [heading_key(text[:LONGEST]) for text in texts[first]]
    top, below = texts[first], texts[last]
    pairs = [(str(cell_at(top, index)), str(cell_at(below, index))) for index in range(max(len(top), len(below)))]
    return [heading_key((upper if lower in ("", upper) else f"{upper}{lower}")[:LONGEST]) for upper, lower in pairs]


def remembered_header(texts: list[list[str]], names: Names) -> Header | None:
    if not names.remembered:
        return None
    for at in range(len(texts)):
        for last in (at, at + 1):
            if last < len(texts):
                header = Header(at, last, [], {}, [], heading_keys(texts, at, last))
                if header.span and header.fingerprint in names.remembered:
                    return header_at(texts, at, last, names)
    return None


def known_header(texts: list[list[str]], names: Names) -> Header | None:
    alone = [match_headings(headings, names) for headings in texts]
    best: tuple[int, int] | None = None
    most = 0
    for at, headings in enumerate(texts):
        options = [(at, headings, alone[at][0])]
        if at + 1 < len(texts):
            joined = two_rows(headings, texts[at + 1], names)
            both, _ = match_headings(joined, names)
            if len(both) > max(len(alone[at][0]), len(alone[at + 1][0])):
                options.append((at + 1, joined, both))
        for last, words, columns in options:
            if len(columns) > most and plausible(columns, words, names):
                best, most = (at, last), len(columns)
    return header_at(texts, *best, names) if best else None


def plausible(columns: dict[int, str], headings: list[str], names: Names) -> bool:
    """A heading row names at least two columns, one of them required, and is no line of label–value pairs."""
    written = len({text for text in headings if text})
    has_required = any(name in names.required for name in columns.values())
    return has_required and len(columns) >= 2 and (len(columns) >= 4 or len(columns) * 2 > written)


def likely_header(sheet: Sheet, names: Names) -> Header | None:
    """Where no heading row is known: the row that looks most like one, of words only and with records below it."""
    texts = heading_texts(sheet)
    best: int | None = None
    most = (0, 1)
    for at, headings in enumerate(texts):
        words = {text for text in headings if text}
        if len(words) < 2 or not all(is_wording(text) for text in words) or not has_records(sheet, at):
            continue
        score = (len(match_headings(headings, names)[0]), len(words))
        if score > most:
            best, most = at, score
    return None if best is None else header_at(texts, best, best, names)


def is_wording(text: str) -> bool:
    """Whether a cell may be a heading: words, not a date, a number, a ticked box or a whole sentence."""
    return len(text) <= 40 and not has_box(text) and not NO_WORDS.fullmatch(text)


def has_box(text: str) -> bool:
    """`☑满意` or `满意□`; a mark in brackets is an instruction: `满意度（√）`."""
    return text.startswith(BOXES) or text.endswith(BOXES)


def has_records(sheet: Sheet, at: int) -> bool:
    return any(len(filled(row)) >= 2 for row in sheet.rows[at + 1 : at + 1 + RECORDS_WITHIN])


def two_rows(top: list[str], below: list[str], names: Names) -> list[str]:
    """Headings of a two-row header: the lower one where it is known alone, both joined where they are known so."""
    headings = []
    for index in range(max(len(top), len(below))):
        upper, lower = str(cell_at(top, index)), str(cell_at(below, index))
        if not lower or lower == upper:
            headings.append(upper)
        elif not upper or heading_key(lower) in names.known:
            headings.append(lower)
        elif heading_key(upper + lower) in names.known:
            headings.append(upper + lower)
        else:
            headings.append(upper if heading_key(upper) in names.known else f"{upper}{lower}")
    return headings


def match_headings(headings: Sequence[str], names: Names) -> tuple[dict[int, str], list[str]]:
    columns: dict[int, str] = {}
    repeated = []
    for index, text in enumerate(headings):
        name = names.known.get(heading_key(text)) if text else None
        if name and name in columns.values():
            repeated.append(text)
        elif name:
            columns[index] = name
    for index, name in columns.items():
        other = names.also.get(heading_key(headings[index]))
        if other and other not in columns.values() and name not in names.required:
            columns[index] = other
    return columns, repeated


def heading_of(header: Header, index: int) -> str:
    """A column's heading as people see it; one without says where it is."""
    return header.headings[index] or f"{column_letters(index)}列（没有表头）"
