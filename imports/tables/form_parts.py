"""Cuts a worksheet into its forms: one below another, side by side; or turns a table whose headings stand in a column.
Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.cells.units import noted_units
from imports.reading.parent import Sheet
from imports.tables.form_grid import as_remembered, find_form, is_unit_note, remembered_form
from imports.tables.parts import cut
from imports.tables.row_words import HINT, compact
from imports.tables.table import Names, cell_at, filled, heading_key

FEWEST_LABELS, FEWEST_RECORDS = 3, 2  # of a table that is turned on its side: with one record it is a form
Labels = dict[int, dict[int, str]]  # row → column → field


def forms_of(sheet: Sheet, names: Names) -> list[Sheet]:
    """The forms of a sheet, or the sheet turned, or the sheet itself where it is neither."""
    remembered = remembered_form(sheet, names)
    known = (as_remembered(names, remembered) if remembered else names).known
    labels = labels_of(sheet, known)
    turned = turned_sheet(sheet, names, labels)
    if turned:
        return [turned]
    table = table_start(sheet, labels)
    if table and find_form(above := cut(sheet, range(table)), names):
        return [above, cut(sheet, range(table, len(sheet.rows)))]
    opening = next((name for row in labels.values() for name in row.values() if name in names.required), None)
    if opening is None or sum(list(row.values()).count(opening) for row in labels.values()) < FEWEST_RECORDS:
        return [sheet]
    sides = sides_of(sheet, labels, opening)
    parts = [part for side in sides for part in stacked(side, labels_of(side, known), opening)]
    return parts if all(find_form(part, names) for part in parts) else [sheet]


def table_start(sheet: Sheet, labels: Labels) -> int:
    """The row in which the headings of a table stand below a form: labels without values, with rows of values below."""
    for at, row in labels.items():
        below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) and at + 1 not in labels else []
        is_dense = max(row) - min(row) + 1 == len(row) == len(set(row.values())) == len(filled(sheet.rows[at]))
        if at and is_dense and len(row) > FEWEST_LABELS and len(filled(below)) > 1:
            return at
    return 0


def labels_of(sheet: Sheet, known: Mapping[str, str]) -> Labels:
    labels: Labels = {}
    for at, row in enumerate(sheet.rows):
        found = {index: name for index, cell in enumerate(row) if (name := field_of(cell, known))}
        if found:
            labels[at] = found
    return labels


def field_of(cell: Any, known: Mapping[str, str]) -> str:
    """The field that a cell is the label of: `企业名称`, or `企业名称：某厂`."""
    if not isinstance(cell, str) or not cell or len(cell) > 400 or is_unit_note(cell):
        return ""
    return known.get(heading_key(cell), "") or (
        known.get(heading_key(half_width(cell).partition(":")[0]), "") if ":" in half_width(cell) else ""
    )


def sides_of(sheet: Sheet, labels: Labels, opening: str) -> list[Sheet]:
    """Forms beside each other: what opens a form stands more than once in a row."""
    rows = [sorted(index for index, name in row.items() if name == opening) for row in labels.values()]
    starts = max(rows, key=len)
    if len(starts) < 2:
        return [sheet]
    ends = [*starts[1:], max(len(row) for row in sheet.rows)]
    columns = [range(start, end) for start, end in zip([0, *starts[1:]], ends, strict=True)]
    return [cut(sheet, range(len(sheet.rows)), part) for part in columns]


def stacked(sheet: Sheet, labels: Labels, opening: str) -> list[Sheet]:
    """Forms below each other, each with its title: what opens a form comes again."""
    openings = [at for at, row in labels.items() if opening in row.values()]
    if len(openings) < 2:
        return [sheet]
    first = min(labels)
    before = {name for at in range(first, openings[0]) for name in labels.get(at, {}).values()}
    starts = [0]
    head = next((at for at, row in enumerate(sheet.rows) if filled(row)), 0)
    for at, last in zip(openings[1:], openings, strict=False):
        start = at - (openings[0] - head)
        if start > last and begins_alike(sheet.rows[start], sheet.rows[head]):
            starts.append(start)
            continue
        start = at
        while start - 1 > last and is_above(sheet, labels.get(start - 1, {}), before, start - 1, first):
            start -= 1
        starts.append(start)
    return [cut(sheet, range(start, end)) for start, end in zip(starts, [*starts[1:], len(sheet.rows)], strict=True)]


def begins_alike(row: Sequence[Any], first: Sequence[Any]) -> bool:
    """Whether a row begins with the words that the first form begins with, whatever value stands behind them."""
    words = [next((text for cell in cells if (text := text_of(cell))), "") for cells in (row, first)]
    one, other = (heading_key(half_width(text).partition(":")[0]) for text in words)
    return bool(one) and one == other


def is_above(sheet: Sheet, labels: dict[int, str], before: set[str], at: int, first: int) -> bool:
    """Whether a row may belong to the form below it: a label that comes first there too, a title, a blank row."""
    if labels:
        return set(labels.values()) <= before
    texts = {text for cell in sheet.rows[at] if (text := text_of(cell))}
    if any(noted_units(text) for text in texts):  # a note stands where it stands in the first form
        return any(noted_units(text_of(cell)) for row in sheet.rows[:first] for cell in row)
    return len(texts) <= 1


def turned_sheet(sheet: Sheet, names: Names, labels: Labels) -> Sheet | None:
    """The sheet on its side, where headings stand below each other and each column to the right is a record."""
    if any(len(row) > 1 for row in labels.values()):
        return None
    columns = {index for row in labels.values() for index in row}
    fields = {name for row in labels.values() for name in row.values()}
    if len(columns) != 1 or not FEWEST_LABELS <= len(fields) == len(labels) or not fields & set(names.required):
        return None
    (column,) = columns
    across = range(column + 1, max(len(row) for row in sheet.rows))
    if sum(is_record(sheet, labels, names, index) for index in across) < FEWEST_RECORDS:
        return None
    merges = [(left, top, right, bottom) for top, left, bottom, right in sheet.merges]
    rows = [list(cells) for cells in zip_longest(*sheet.rows, fillvalue="")]
    return replace(sheet, rows=rows, merges=merges, is_turned=True)


def is_record(sheet: Sheet, labels: Labels, names: Names, index: int) -> bool:
    """Whether a column beside the labels says something of a required field and of another; no hints how to fill in."""
    told = {
        name: text
        for at, row in labels.items()
        for name in row.values()
        if (text := compact(cell_at(sheet.rows[at], index)))
    }
    hints = sum(HINT.fullmatch(text) is not None for text in told.values())
    return len(told) >= 2 and any(name in names.required for name in told) and hints * 2 < len(told)
