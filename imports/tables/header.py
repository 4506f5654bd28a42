"""Finds the heading row of a table: by what an admin said of it before, else by what its headings mean. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from imports.cells import text_of
from imports.cells.choices import EMPTY_MARKS, MARKS
from imports.reading.parent import Sheet
from imports.tables.headings.columns import Columns, arrange, base, option_of, understand
from imports.tables.headings.given import Given, given_around, given_by_hand
from imports.tables.headings.meaning import meant_by
from imports.tables.headings.wordings import GIVEN
from imports.tables.table import (
    SEARCHED_ROWS,
    Names,
    Remembered,
    cell_at,
    filled,
    fingerprint,
    heading_key,
    layout_key,
)

LONGEST = 100  # as much of a heading as is kept and compared
RECORDS_WITHIN = 5  # rows below a heading row in which a record must be
NO_WORDS = re.compile(r"[\d\s.,:/年月日时分元万亿%±+-]*")
WHOLE = (
    "内容",
    "情况",
    "具体内容",
    "具体情况",
    "名称",
    "全称",
    "姓名",
    "描述",
    "详情",
    "说明",
)  # of what stands over it
BOXES = tuple(MARKS + EMPTY_MARKS)


@dataclass
class Header:
    """A heading row, or two; by column of the sheet, from 0."""

    first: int
    last: int
    headings: list[str]
    meant: Columns
    keys: list[str] = field(default_factory=list)
    remembered: Remembered | None = None
    given: dict[str, Given] = field(default_factory=dict)  # fields that have no column but stand above the table
    place: Callable[[int], str] = str  # what people call a column of it in the worksheet

    @property
    def columns(self) -> dict[int, str]:
        """Column → field, `appeal#2` for a further one of it."""
        return self.meant.fields

    @property
    def fields(self) -> list[str]:
        """The fields that have a value: from a column or from above the table."""
        return [*dict.fromkeys(map(base, self.columns.values())), *self.given]

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
    header = remembered_header(texts, names) or known_header(texts, names) or understood_header(sheet, names)
    if header:
        header.place = sheet.column_place
        header.given = given_around(sheet, texts, header.first, header.fields, names)
        header.given |= given_by_hand(header.fingerprint, header.columns.values(), names)
    return header


def understood_header(sheet: Sheet, names: Names) -> Header | None:
    """Where too few spellings are known: the likely row, if the meaning of its words names all that is required but
    what may stand once above the table."""
    header = likely_header(sheet, names)
    return header if header and not set(names.required) - set(header.fields) - GIVEN else None


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
    header = Header(first, last, headings, Columns(), keys)
    header.remembered = names.remembered.get(header.fingerprint)
    if header.remembered and not header.remembered.is_left_out:
        fields = zip(header.span, header.remembered.columns, strict=False)
        arrange({index: name for index, name in fields if name in names.labels}, headings, names, header.meant)
    else:
        header.meant = understand(headings, texts[first] if first != last else [], texts[last + 1 :], names)
    return header


def heading_keys(texts: list[list[str]], first: int, last: int) -> list[str]:
    """What a layout is known again by: it must not depend on which words are known today."""
    if first == last:
        return [layout_key(text[:LONGEST]) for text in texts[first]]
    top, below = texts[first], texts[last]
    pairs = [(str(cell_at(top, index)), str(cell_at(below, index))) for index in range(max(len(top), len(below)))]
    return [layout_key((upper if lower in ("", upper) else f"{upper}{lower}")[:LONGEST]) for upper, lower in pairs]


def remembered_header(texts: list[list[str]], names: Names) -> Header | None:
    if not names.remembered:
        return None
    for at in range(len(texts)):
        for last in (at, at + 1):
            if last < len(texts):
                header = Header(at, last, [], Columns(), heading_keys(texts, at, last))
                if header.span and header.fingerprint in names.remembered:
                    return header_at(texts, at, last, names)
    return None


def known_header(texts: list[list[str]], names: Names) -> Header | None:
    alone = [known_columns(headings, names) for headings in texts]
    best: tuple[int, int] | None = None
    most = 0
    for at, headings in enumerate(texts):
        options = [(at, headings, alone[at])]
        if at + 1 < len(texts):
            joined = two_rows(headings, texts[at + 1], names)
            both = known_columns(joined, names)
            if len(both) > max(len(alone[at]), len(alone[at + 1])):
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
        score = (len(known_columns(headings, names)), len(words))
        if score > most:
            best, most = at, score
    if best is None:
        return None
    header = header_at(texts, best, best, names)
    header.place = sheet.column_place
    return header


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
        elif is_spread(top, index) and option_of(names.of(upper) or "", lower, names):
            headings.append(f"{upper}：{lower}")  # a word to tick
        elif not upper or heading_key(lower) in names.known:
            headings.append(lower)
        elif heading_key(upper + lower) in names.known:
            headings.append(upper + lower)
        else:
            headings.append(upper if is_all(top, index, lower, names) else f"{upper}{lower}")
    return headings


def is_all(top: list[str], index: int, lower: str, names: Names) -> bool:
    """Whether an upper heading says all that a column is: of several columns under it, the one that is about just that
    (问题诉求 over 内容, not over 发生时间)."""
    upper = str(cell_at(top, index))
    name = names.of(upper)
    if not name or not is_spread(top, index):
        return bool(name)
    return lower in WHOLE or meant_by(upper + lower, names) == name


def is_spread(top: list[str], index: int) -> bool:
    """Whether a heading stands over several columns."""
    upper, after = str(cell_at(top, index)), str(cell_at(top, index + 1))
    if index and top[index - 1 : index] == [upper]:
        return bool(upper)
    return bool(upper) and (after == upper or (not after and index + 1 < len(top)))


def known_columns(headings: Sequence[str], names: Names) -> dict[int, str]:
    """The columns whose headings are spellings of a field, one a field; and the further words of a field to tick."""
    columns: dict[int, str] = {}
    for index, text in enumerate(headings):
        name = names.of(text) if text else None
        if name and name not in columns.values():
            columns[index] = name
        elif ":" in text or "：" in text:
            ticked = next((field for field in names.choices if option_of(field, text, names)), "")
            columns |= {index: f"{ticked}#{index}"} if ticked else {}
    return columns


def heading_of(header: Header, index: int) -> str:
    """A column's heading as people see it; one without says where it is."""
    return header.headings[index] or f"{header.place(index)}（没有表头）"
