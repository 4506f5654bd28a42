"""Finds the table, or the form, inside a worksheet. Pure: a Sheet and column names in, rows by field out.

What is passed over (titles, stamps, totals, who filled it in, repeated headers, unknown columns) is listed, never lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.text import half_width
from imports.cleaners import text_of, unit_of
from imports.grid import find_form
from imports.reading.parent import Sheet
from imports.synonyms import ALWAYS_KNOWN, SERIAL
from imports.table import (
    PARENTHESES,
    SEARCHED_ROWS,
    Addresses,
    Names,
    Skipped,
    SourceRow,
    Table,
    cell_at,
    column_letters,
    filled,
    heading_key,
)

TOTALS = re.compile(r"(合计|总计|小计|共计|累计)[:：]?.{0,12}")
FOOTER = re.compile(
    r"(填表人|填报人|制表人|审核人|填表单位|填报单位|填表日期|填报日期|联系电话|负责人签字|说明|备注|注)\s*[:：]"
)
DITTO = {"同上", "〃", "″", '"', "''"}
UNIT_NOTE = re.compile(r"(?:金额)?单位[:：]\s*(?:人民币)?\s*((?:亿|千万|百万|万|千)?元)")


def find_table(sheet: Sheet, names: Names) -> Table | None:
    """The table or form of a sheet; None when no heading of this kind is in it."""
    header = find_header(sheet, names)
    form = find_form(sheet, names)
    if form and (header is None or len(header.columns) < 4 or len(form.columns) > len(header.columns) + 2):
        return form
    if header is None:
        return None
    return read_rows(sheet, names, header)


@dataclass
class Header:
    first: int
    last: int
    headings: list[str]
    columns: dict[int, str]  # column → field
    repeated: list[str]


def find_header(sheet: Sheet, names: Names) -> Header | None:
    """The row, or the two rows, whose cells are best known as headings."""
    spread = spread_merges(sheet)
    reach = min(SEARCHED_ROWS, len(sheet.rows))
    texts = [[text_of(cell) for cell in spread.get(at, sheet.rows[at])] for at in range(reach)]
    alone = [match_headings(headings, names) for headings in texts]
    best: Header | None = None
    for at in range(reach):
        options = [(at, texts[at], alone[at])]
        if at + 1 < reach:
            joined = two_rows(texts[at], texts[at + 1], names)
            both = match_headings(joined, names)
            if len(both[0]) > max(len(alone[at][0]), len(alone[at + 1][0])):
                options.append((at + 1, joined, both))
        for last, headings, (columns, repeated) in options:
            known = len(best.columns) if best else 0
            if len(columns) > known and plausible(columns, headings, names):
                best = Header(at, last, headings, columns, repeated)
    return best


def plausible(columns: dict[int, str], headings: list[str], names: Names) -> bool:
    """A heading row names at least two columns, one of them required, and is no line of label–value pairs."""
    written = len({text for text in headings if text})
    has_required = any(name in names.required for name in columns.values())
    return has_required and len(columns) >= 2 and (len(columns) >= 4 or len(columns) * 2 > written)


def spread_merges(sheet: Sheet) -> dict[int, list[Any]]:
    """The first rows with merged cells written out in both directions: for reading headings only."""
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


def match_headings(headings: list[str], names: Names) -> tuple[dict[int, str], list[str]]:
    columns: dict[int, str] = {}
    repeated = []
    for index, text in enumerate(headings):
        name = names.known.get(heading_key(text)) if text else None
        if name and name in columns.values():
            repeated.append(text)
        elif name:
            columns[index] = name
    return columns, repeated


def read_rows(sheet: Sheet, names: Names, header: Header) -> Table:
    table = Table(
        sheet=sheet.title,
        file=sheet.file,
        columns={name: header.headings[index] for index, name in header.columns.items()},
        units=money_units(sheet, names, header),
    )
    table.ignored = ignored_columns(header)
    for at in range(header.first):
        words = " ".join(text_of(cell) for cell in sheet.rows[at] if text_of(cell))
        if words:
            table.skipped.append(Skipped(sheet.title, at + 1, "表头之前的标题或说明", words[:100]))
    down = fill_down(sheet, header)
    letters = {name: column_letters(index) for index, name in header.columns.items()}
    previous: dict[int, Any] = {}
    for at in range(header.last + 1, len(sheet.rows)):
        row = sheet.rows[at]
        reason = why_skipped(row, header)
        if reason:
            if reason != "空行":
                words = " ".join(text_of(cell) for cell in row if text_of(cell))
                table.skipped.append(Skipped(sheet.title, at + 1, reason, words[:100]))
            continue
        table.rows.append(source_row(sheet, at, header, letters, down, previous))
    return table


def ignored_columns(header: Header) -> list[str]:
    known = {heading_key(words) for words in ALWAYS_KNOWN}
    unknown = [
        text
        for index, text in enumerate(header.headings)
        if text and index not in header.columns and heading_key(text) not in known and text not in header.repeated
    ]
    return [*dict.fromkeys(unknown), *(f"{text}（与前面的列重复）" for text in header.repeated)]


def money_units(sheet: Sheet, names: Names, header: Header) -> dict[str, int]:
    """Yuan of a bare number, by field: the heading's own unit, else the one noted above the table, else 万元."""
    above = " ".join(text_of(cell) for row in sheet.rows[: header.first] for cell in row if isinstance(cell, str))
    noted = UNIT_NOTE.search(half_width(above))
    common = unit_of(noted[1]) if noted else None
    units = {}
    for index, name in header.columns.items():
        if name in names.money:
            marked = PARENTHESES.findall(half_width(header.headings[index]))
            own = next((unit_of(words) for words in marked if unit_of(words)), None)
            units[name] = own or common or 10_000
    return units


def why_skipped(row: Sequence[Any], header: Header) -> str:
    """Why a row below the header is no record; empty when it is one."""
    cells = filled(row)
    if not cells:
        return "空行"
    first = half_width(text_of(row[cells[0]])).replace(" ", "")
    if TOTALS.fullmatch(first) and len(cells) <= max(len(header.columns) // 2, 3):
        return "合计行"
    if FOOTER.match(text_of(row[cells[0]])) and len(cells) <= 3:
        return "填表说明"
    same = sum(text_of(cell_at(row, index)) == header.headings[index] for index in header.columns)
    if same >= 2 and same * 2 > len(header.columns):
        return "重复的表头"
    return ""


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
    sheet: Sheet,
    at: int,
    header: Header,
    letters: dict[str, str],
    down: dict[tuple[int, int], Any],
    previous: dict[int, Any],
) -> SourceRow:
    row, cells = sheet.rows[at], {}
    for index, name in header.columns.items():
        value = down.get((at, index), cell_at(row, index))
        if isinstance(value, str) and value.strip() in DITTO:
            value = previous.get(index, "")
        previous[index] = value
        cells[name] = value
    serial = next(
        (text_of(cell_at(row, index)) for index, text in enumerate(header.headings) if text.replace(" ", "") in SERIAL),
        "",
    )
    unknown = {
        text: cell_at(row, index)
        for index, text in enumerate(header.headings)
        if text and index not in header.columns and text_of(cell_at(row, index))
    }
    return SourceRow(sheet.title, at + 1, cells, Addresses(letters, at + 1), serial, unknown, sheet.uncalculated)
