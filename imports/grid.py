"""A form on a worksheet: labels and values in a grid, one record a workbook. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from common.text import half_width
from imports.cleaners import text_of, unit_of
from imports.reading.parent import Sheet
from imports.table import SEARCHED_ROWS, Names, Skipped, SourceRow, Table, column_letters, filled, heading_key


def find_form(sheet: Sheet, names: Names) -> Table | None:
    """The record of a grid of labels with their values to the right of them; None when it is no such grid."""
    cells: dict[str, Any] = {}
    labels: dict[str, str] = {}
    at: dict[str, str] = {}
    rows = set()
    for top, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        for index in filled(row):
            name, value, where = label_value(row, index, names)
            if name and name not in cells:
                cells[name], labels[name] = value, text_of(row[index])
                at[name] = f"{column_letters(where)}{top + 1}"
                rows.add(top)
    if len(cells) < 4 or len(rows) < 3 or not set(names.required) & set(cells):
        return None
    units = {name: unit_of(labels[name]) or 10_000 for name in names.money if name in labels}
    form = Table(sheet.title, labels, units, is_form=True, file=sheet.file)
    form.rows = [SourceRow(sheet.title, min(rows) + 1, cells, at, uncalculated=sheet.uncalculated)]
    unread = Counter(
        text_of(row[index])
        for row in sheet.rows[:1]
        for index in filled(row)
        if heading_key(row[index]) not in names.known
    )
    form.skipped = [Skipped(sheet.title, 1, "标题", words[:100]) for words in unread if 0 not in rows]
    return form


def label_value(row: Sequence[Any], index: int, names: Names) -> tuple[str | None, Any, int]:
    """The field a cell labels, its value, and the value's column: `企业名称 | 某厂` or `企业名称：某厂`."""
    text = text_of(row[index])
    name = names.known.get(heading_key(text))
    if name:
        for right in range(index + 1, len(row)):
            if text_of(row[right]):
                taken = names.known.get(heading_key(row[right]))
                return name, "" if taken else row[right], index + 1 if taken else right
        return name, "", index + 1
    label, colon, value = half_width(text).partition(":")
    if colon and value.strip() and heading_key(label) in names.known:
        return names.known[heading_key(label)], value.strip(), index
    return None, "", index
