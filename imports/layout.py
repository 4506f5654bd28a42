"""Finds the table, or the form, inside a worksheet. Pure: a Sheet and column names in, rows by field out.

What is passed over (titles, stamps, totals, who filled it in, repeated headers, unknown columns) is listed, never lost.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.text import half_width
from imports.cleaners import text_of, unit_of
from imports.reading.parent import Sheet
from imports.synonyms import ALWAYS_KNOWN, SERIAL

SEARCHED_ROWS = 40
TOTALS = re.compile(r"(合计|总计|小计|共计|累计)[:：]?.{0,12}")
FOOTER = re.compile(
    r"(填表人|填报人|制表人|审核人|填表单位|填报单位|填表日期|填报日期|联系电话|负责人签字|说明|备注|注)\s*[:：]"
)
DITTO = {"同上", "〃", "″", '"', "''"}
UNIT_NOTE = re.compile(r"(?:金额)?单位[:：]\s*(?:人民币)?\s*((?:亿|千万|百万|万|千)?元)")
PARENTHESES = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")


@dataclass(frozen=True)
class Skipped:
    sheet: str
    row_no: int
    reason: str
    text: str


@dataclass
class SourceRow:
    """One record as it stands in the file: raw cells by field, and each cell's address."""

    sheet: str
    row_no: int
    cells: dict[str, Any]
    at: dict[str, str]
    serial: str = ""
    unknown: dict[str, Any] = field(default_factory=dict)
    uncalculated: frozenset[str] = frozenset()
    units: dict[str, int] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.sheet}第{self.row_no}行"


@dataclass
class Table:
    """What one worksheet yields."""

    sheet: str
    columns: dict[str, str]  # field → heading as written
    units: dict[str, int]  # field → yuan that a bare number means there
    rows: list[SourceRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    is_form: bool = False
    file: str = ""


@dataclass(frozen=True)
class Names:
    """The headings of one kind: every known spelling → field; which fields are money, which must have a heading."""

    known: Mapping[str, str]
    money: frozenset[str]
    required: Mapping[str, str]


def names_of(
    labels: Mapping[str, str], synonyms: Mapping[str, Iterable[str]], money: Iterable[str], required: Iterable[str]
) -> Names:
    known: dict[str, str] = {}
    for name, label in labels.items():
        for words in (label, *synonyms.get(name, ())):
            known.setdefault(heading_key(words), name)
    return Names(known, frozenset(money), {name: labels[name] for name in required})


def heading_key(words: Any) -> str:
    """A heading without blanks, marks and bracketed units: `涉及金额(万元)` and `涉及 金额：` are one."""
    text = PARENTHESES.sub("", half_width(text_of(words)))
    return re.sub(r"[\s*:;,.、。\-_/]", "", text).casefold()


def column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_at(row: Sequence[Any], index: int) -> Any:
    return row[index] if index < len(row) else ""


def filled(row: Sequence[Any]) -> list[int]:
    return [index for index, cell in enumerate(row) if text_of(cell)]


def find_table(sheet: Sheet, names: Names) -> Table | None:
    """The table or form of a sheet; None when no heading of this kind is in it."""
    header = find_header(sheet, names)
    form = find_form(sheet, names)
    if form and (header is None or len(header.columns) < 4 or len(form.columns) > len(header.columns) + 2):
        return form
    if header is None:
        return None
    return read_rows(sheet, names, header)


# ---- a table: one record a row ----


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
    previous: dict[int, Any] = {}
    for at in range(header.last + 1, len(sheet.rows)):
        row = sheet.rows[at]
        reason = why_skipped(row, header)
        if reason:
            if reason != "空行":
                words = " ".join(text_of(cell) for cell in row if text_of(cell))
                table.skipped.append(Skipped(sheet.title, at + 1, reason, words[:100]))
            continue
        table.rows.append(source_row(sheet, at, header, down, previous))
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
    same = sum(heading_key(cell_at(row, index)) == heading_key(header.headings[index]) for index in header.columns)
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
    sheet: Sheet, at: int, header: Header, down: dict[tuple[int, int], Any], previous: dict[int, Any]
) -> SourceRow:
    row = sheet.rows[at]
    cells, addresses = {}, {}
    for index, name in header.columns.items():
        value = down.get((at, index), cell_at(row, index))
        if isinstance(value, str) and value.strip() in DITTO:
            value = previous.get(index, "")
        previous[index] = value
        cells[name] = value
        addresses[name] = f"{column_letters(index)}{at + 1}"
    serial = next(
        (text_of(cell_at(row, index)) for index, text in enumerate(header.headings) if text.replace(" ", "") in SERIAL),
        "",
    )
    unknown = {
        text: cell_at(row, index)
        for index, text in enumerate(header.headings)
        if text and index not in header.columns and text_of(cell_at(row, index))
    }
    return SourceRow(sheet.title, at + 1, cells, addresses, serial, unknown, sheet.uncalculated)


# ---- a form: labels and values in a grid, one record a workbook ----


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
