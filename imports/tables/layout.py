"""Finds the table, or the form, inside a worksheet. Pure: a Sheet and column names in, rows by field out.

What is passed over (titles, stamps, totals, who filled it in, repeated headers, unknown columns) is listed, never lost.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.cells import shorten, text_of
from imports.reading.parent import Sheet
from imports.tables.amounts import Amounts
from imports.tables.form_grid import find_form
from imports.tables.form_parts import forms_of
from imports.tables.header import Header, find_header, heading_of, likely_header
from imports.tables.headings.columns import base
from imports.tables.headings.folding import fold_rows, notes_of
from imports.tables.parts import tables_of
from imports.tables.passed_over import EMPTY, Passing, prefilled
from imports.tables.synonyms import ALWAYS_KNOWN, SERIAL
from imports.tables.table import (
    Addresses,
    Names,
    Remembered,
    Skipped,
    SourceRow,
    Table,
    as_counted_from_1900,
    cell_at,
    column_letters,
    heading_key,
)

DITTO = re.compile(
    r"[〃″\"'＂“”]{1,2}|[同如见]\s*[上前](述|面|文)?(一?(行|家|企业|单位|公司|格|栏|户|人))?|同一(家|企业|单位|公司)"
)

DITTO_BEGINS = "〃″\"'＂“”同如见 \t　"


@dataclass
class Found:
    """What a sheet, or one part of it, holds: a table or a form, or a heading row nobody has explained yet, or nothing
    of this kind."""

    table: Table | None = None
    header: Header | None = None
    remembered: Remembered | None = None
    is_known: bool = False  # the headings are understood: its rows can be read


def find_all(sheet: Sheet, names: Names) -> list[tuple[Sheet, Found]]:
    """Every table and form of a sheet, each with the part of the sheet it is in."""
    found = look(sheet, names)
    parts = tables_of(sheet, names, found.header) if found.is_known and found.header else forms_of(sheet, names)
    if len(parts) == 1:
        return [(parts[0], read(sheet, names, found) if parts[0] is sheet else find(parts[0], names))]
    inside = [pair for part in parts for pair in find_all(part, names)]
    for part, held in inside:
        if held.table and held.table.is_form:
            pass_blank(held.table, part)
    return inside


def pass_blank(form: Table, part: Sheet) -> None:
    """One of several forms that nobody has filled in is no record."""
    row = form.rows[0] if form.rows else None
    if row and not any(text_of(cell) for cell in row.cells.values()):
        form.rows = []
        form.skipped.append(Skipped(row.sheet, row.row_no, "没有填写的表单", " ".join(form.columns.values())[:100]))


def find(sheet: Sheet, names: Names) -> Found:
    """The one table or form of a sheet."""
    return read(sheet, names, look(sheet, names))


def look(sheet: Sheet, names: Names) -> Found:
    """What an admin has said of these headings or labels counts first; then what is known by itself."""
    header, form = find_header(sheet, names), find_form(sheet, names)
    if header and header.remembered:
        return Found(None, header, header.remembered, is_known=not header.remembered.is_left_out)
    if form and form.remembered and form.remembered.is_left_out:
        return Found(None, None, form.remembered)
    if form and (form.remembered or header is None or len(header.columns) < 4):
        return Found(form, None, form.remembered)
    spelled = {base(name) for name, label in form.columns.items() if names.of(label)} if form else set()
    if form and header and len(spelled) > len(header.columns) + 2:
        return Found(form)
    if header:
        return Found(None, header, is_known=True)
    return Found(None, likely_header(sheet, names))


def read(sheet: Sheet, names: Names, found: Found) -> Found:
    """The rows of a table whose headings are understood."""
    if found.is_known and found.header:
        found.table = read_rows(sheet, names, found.header)
    return found


def read_rows(sheet: Sheet, names: Names, header: Header) -> Table:
    table = Table(
        sheet=sheet.title,
        file=sheet.file,
        columns={name: heading_of(header, index) for index, name in header.columns.items()},
        units={},
        remembered=header.remembered,
    )
    table.ignored = ignored_columns(sheet, header)
    table.blank = frozenset(blank_columns(sheet, header))
    table.given = header.given
    table.notes = notes_of(header.meant, header.headings, header.given, names)
    passing = Passing(sheet, names, header)
    down = fill_down(sheet, header)
    letters = {name: column_letters(sheet.left + index) for index, name in header.columns.items()}
    money = Amounts(sheet, header, names)
    ditto = Ditto(header, names)
    for at in range(len(sheet.rows)):
        reason = passing.above(at) if at < header.first else money.why_skipped(at) or passing.why(at)
        if at in range(header.first, header.last + 1):
            continue
        if reason:
            money.passed_over(at, reason)
            if reason != EMPTY:
                table.skipped.append(Skipped(*sheet.place(at), reason, passed_words(sheet.rows[at])))
            continue
        source = source_row(sheet, at, header, letters, down)
        ditto.fill(source)
        money.settle(source, at)
        if sheet.since_1904:
            days = [name for name in source.cells if base(name) in names.days]
            source.cells |= {name: as_counted_from_1900(source.cells[name]) for name in days}
        asked = passing.doubt(at)
        source.asks = (*source.asks, asked) if asked else source.asks
        table.rows.append(source)
    money.finish(table, range(header.first))
    fold_rows(table, header.meant, names)
    pass_prefilled(table, header.columns.get(passing.subject, ""), names)
    return table


def pass_prefilled(table: Table, subject: str, names: Names) -> None:
    waiting = {id(row) for row in prefilled(table.rows, subject, names.days)}
    for row in table.rows:
        if id(row) in waiting:
            words = passed_words([*row.unknown.values(), *row.cells.values()])
            table.skipped.append(Skipped(row.sheet, row.row_no, "只有序号或预填的内容", words))
    if waiting:
        table.rows = [row for row in table.rows if id(row) not in waiting]
        table.skipped.sort(key=lambda skipped: skipped.row_no)


def passed_words(cells: Sequence[Any]) -> str:
    return " ".join(text for cell in cells if (text := text_of(cell)))[:100]


def ignored_columns(sheet: Sheet, header: Header) -> list[str]:
    """Headings that no field is read from, and columns of values that have none."""
    known = {heading_key(words) for words in ALWAYS_KNOWN}
    width = max((len(row) for row in sheet.rows[header.last + 1 :]), default=0)
    header.headings.extend([""] * (width - len(header.headings)))
    nameless = with_values(sheet, header)
    unknown = [
        heading_of(header, index)
        for index, text in enumerate(header.headings)
        if index not in header.columns
        and index not in header.meant.passed
        and (heading_key(text) not in known if text else index in nameless)
    ]
    passed = (f"{heading_of(header, index)}（{why}）" for index, why in header.meant.passed.items())
    return [*dict.fromkeys(unknown), *passed]


def blank_columns(sheet: Sheet, header: Header) -> list[str]:
    """Headings of columns that hold nothing."""
    return [
        heading_of(header, index)
        for index in range(len(header.headings))
        if index not in header.columns
        and not any(len(row) > index and text_of(row[index]) for row in sheet.rows[header.last + 1 :])
    ]


def with_values(sheet: Sheet, header: Header) -> set[int]:
    """The columns without a heading that hold something all the same."""
    blank = [index for index, text in enumerate(header.headings) if not text and index not in header.columns]
    return {
        index
        for index in blank
        if any(len(row) > index and row[index] != "" and text_of(row[index]) for row in sheet.rows[header.last + 1 :])
    }


def fill_down(sheet: Sheet, header: Header) -> dict[tuple[int, int], Any]:
    """Values of vertically merged cells, for every row they span."""
    values = {}
    for top, left, bottom, _ in sheet.merges:
        if bottom > top > header.last and left in header.columns and top < len(sheet.rows):
            value = cell_at(sheet.rows[top], left)
            for at in range(top + 1, min(bottom, len(sheet.rows) - 1) + 1):
                values[at, left] = value
    return values


def source_row(
    sheet: Sheet, at: int, header: Header, letters: dict[str, str], down: dict[tuple[int, int], Any]
) -> SourceRow:
    row = sheet.rows[at]
    cells = {name: down.get((at, index), cell_at(row, index)) for index, name in header.columns.items()}
    serial = next(
        (text_of(cell_at(row, index)) for index, text in enumerate(header.headings) if text.replace(" ", "") in SERIAL),
        "",
    )
    unknown = {
        heading_of(header, index): cell_at(row, index)
        for index in range(len(header.headings))
        if index not in header.columns and text_of(cell_at(row, index))
    }
    where, row_no = sheet.place(at)
    at_cells: Mapping[str, str] = Addresses(letters, row_no)
    if sheet.is_turned:
        at_cells = {name: sheet.address(at, index) for index, name in header.columns.items()}
    return SourceRow(where, row_no, cells, at_cells, serial, unknown, sheet.uncalculated)


class Ditto:
    """同上, 同前 and the like: what the row above has in the same column. Amounts are not for it: they would count
    twice. What is filled in is said on the row."""

    def __init__(self, header: Header, names: Names) -> None:
        self.headings = {
            name: heading_of(header, index) for index, name in header.columns.items() if name not in names.money
        }
        self.above: dict[str, Any] = {}

    def fill(self, source: SourceRow) -> None:
        filled_in = []
        for name, heading in self.headings.items():
            value = source.cells[name]
            if type(value) is str and value[:1] in DITTO_BEGINS and value and DITTO.fullmatch(value.strip()):
                if name in self.above:
                    source.cells[name] = self.above[name]
                    told = shorten(text_of(self.above[name]))
                    filled_in.append(f"{heading}“{told}”" if told else f"{heading}（上一行是空的）")
                continue
            self.above[name] = value
        if filled_in:
            source.notes = (*source.notes, f"写的“同上”，已照上一行填：{'、'.join(filled_in)}")
