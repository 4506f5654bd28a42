"""Finds the table, or the form, inside a worksheet. Pure: a Sheet and column names in, rows by field out.

What is passed over (titles, stamps, totals, who filled it in, repeated headers, unknown columns) is listed, never lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.reading.parent import Sheet
from imports.tables.amounts import Amounts
from imports.tables.form_grid import find_form
from imports.tables.header import Header, find_header, heading_of, likely_header
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
    filled,
    heading_key,
)

TOTALS = re.compile(r"(合计|总计|小计|共计|累计)[:：]?.{0,12}")
COUNTED = re.compile(r"[总合]?共(计)?\d+(行|条|户|家|件|个|份|人|次|笔).*")  # “共 35 条　导出人：…”, alone in its row
FOOTER = re.compile(
    r"(导出人|填表人|填报人|制表人|审核人|填表单位|填报单位|填表日期|填报日期|联系电话|负责人签字|说明|备注|注)\s*[:：]"
)
DITTO = {"同上", "〃", "″", '"', "''"}


@dataclass
class Found:
    """What one sheet holds: a table or a form, or a heading row nobody has explained yet, or nothing of this kind."""

    table: Table | None = None
    header: Header | None = None
    remembered: Remembered | None = None


def find_table(sheet: Sheet, names: Names) -> Table | None:
    """The table or form of a sheet; None when no heading of this kind is in it."""
    return find(sheet, names).table


def find(sheet: Sheet, names: Names) -> Found:
    """What an admin has said of these headings or labels counts first; then what is known by itself."""
    header, form = find_header(sheet, names), find_form(sheet, names)
    if header and header.remembered:
        table = None if header.remembered.is_left_out else read_rows(sheet, names, header)
        return Found(table, header, header.remembered)
    if form and form.remembered and form.remembered.is_left_out:
        return Found(None, None, form.remembered)
    if form and (form.remembered or header is None or len(header.columns) < 4):
        return Found(form, None, form.remembered)
    if form and header and len(form.columns) > len(header.columns) + 2:
        return Found(form)
    if header:
        return Found(read_rows(sheet, names, header), header)
    return Found(None, likely_header(sheet, names))


def read_rows(sheet: Sheet, names: Names, header: Header) -> Table:
    table = Table(
        sheet=sheet.title,
        file=sheet.file,
        columns={name: heading_of(header, index) for index, name in header.columns.items()},
        units={},
        remembered=header.remembered,
    )
    table.ignored = ignored_columns(sheet, header)
    for at in range(header.first):
        words = " ".join(text_of(cell) for cell in sheet.rows[at] if text_of(cell))
        if words:
            table.skipped.append(Skipped(sheet.title, at + 1, "表头之前的标题或说明", words[:100]))
    down = fill_down(sheet, header)
    letters = {name: column_letters(index) for index, name in header.columns.items()}
    previous: dict[int, Any] = {}
    money = Amounts(sheet, header, names)
    for at in range(header.last + 1, len(sheet.rows)):
        row = sheet.rows[at]
        reason = money.why_skipped(at) or why_skipped(row, header)
        if reason:
            money.passed_over(at, reason)
            if reason != "空行":
                words = " ".join(text_of(cell) for cell in row if text_of(cell))
                table.skipped.append(Skipped(sheet.title, at + 1, reason, words[:100]))
            continue
        source = source_row(sheet, at, header, letters, down, previous)
        money.settle(source)
        if sheet.since_1904:
            days = names.days.intersection(source.cells)
            source.cells |= {name: as_counted_from_1900(source.cells[name]) for name in days}
        table.rows.append(source)
    money.finish(table, range(header.first))
    return table


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
        and text not in header.repeated
        and (heading_key(text) not in known if text else index in nameless)
    ]
    return [*dict.fromkeys(unknown), *(f"{text}（与前面的列重复）" for text in header.repeated)]


def with_values(sheet: Sheet, header: Header) -> set[int]:
    """The columns without a heading that hold something all the same."""
    blank = [index for index, text in enumerate(header.headings) if not text and index not in header.columns]
    return {
        index
        for index in blank
        if any(len(row) > index and row[index] != "" and text_of(row[index]) for row in sheet.rows[header.last + 1 :])
    }


def why_skipped(row: Sequence[Any], header: Header) -> str:
    """Why a row below the header is no record; empty when it is one."""
    cells = filled(row)
    if not cells:
        return "空行"
    first = half_width(text_of(row[cells[0]])).replace(" ", "")
    if TOTALS.fullmatch(first) and len(cells) <= max(len(header.columns) // 2, 3):
        return "合计行"
    if len(cells) == 1 and COUNTED.fullmatch(first):
        return "合计行"
    if FOOTER.match(text_of(row[cells[0]])) and len(cells) <= 3:
        return "填表说明"
    same = sum(text_of(cell_at(row, index)) == header.headings[index] != "" for index in header.columns)
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
        heading_of(header, index): cell_at(row, index)
        for index in range(len(header.headings))
        if index not in header.columns and text_of(cell_at(row, index))
    }
    return SourceRow(sheet.title, at + 1, cells, Addresses(letters, at + 1), serial, unknown, sheet.uncalculated)
