"""A form on a worksheet: labels and values in a grid, one record a workbook. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.cells.choices import choice_key
from imports.reading.parent import Sheet
from imports.tables.header import has_box, is_wording
from imports.tables.headings.columns import TICKS, Columns, base, mark_of, understand
from imports.tables.headings.folding import CROSSED, NO_TICK, fold_rows, notes_of
from imports.tables.headings.given import Given, given_around, given_by_hand
from imports.tables.table import (
    SEARCHED_ROWS,
    Names,
    Remembered,
    Skipped,
    SourceRow,
    Table,
    as_counted_from_1900,
    filled,
    fingerprint,
    layout_key,
)
from imports.tables.units import is_unit, settle_units, with_above

LABELLED = re.compile(r"((?:[^:：(（\[【]|[(（\[【][^)）\]】]*[)）\]】])*)[:：](.*)", re.DOTALL)


@dataclass(frozen=True)
class Pair:
    """A label of a form with its value: `企业名称 | 某厂` or `企业名称：某厂`; `name` is the field, "" if unknown."""

    label: str
    name: str
    value: Any
    row: int
    column: int  # of the value
    address: str  # of the value, as in the file
    is_alone: bool = False  # stands where a label or a value may stand, and is neither for sure

    @property
    def heading(self) -> str:
        return "" if self.is_alone else self.label


def find_form(sheet: Sheet, names: Names) -> Table | None:
    """The record of a grid of labels with their values to the right of them; None when it is no such grid."""
    remembered = remembered_form(sheet, names)
    if remembered:
        names = as_remembered(names, remembered)
    pairs = pairs_of(sheet, names)
    rows = {pair.row for pair in pairs if pair.name}
    spelled = {pair.name for pair in pairs if pair.name}
    if not remembered and (len(spelled) < 4 or len(rows) < 3 or not set(names.required) & spelled):
        return None
    return read_form(sheet, pairs, names, remembered)


def understood_pairs(sheet: Sheet, names: Names) -> tuple[list[Pair], Columns]:
    """The labels of a form with their values, and what each is read as."""
    return understood(pairs_of(sheet, names), names)


def understood(pairs: list[Pair], names: Names) -> tuple[list[Pair], Columns]:
    return pairs, understand([pair.heading for pair in pairs], [], [[pair.value for pair in pairs]], names)


def read_form(sheet: Sheet, pairs: list[Pair], names: Names, remembered: Remembered | None) -> Table:
    """The record of these labels with their values; each label is read as a column's heading is."""
    pairs, meant = understood(pairs, names)
    pairs = [replace(pair, name=meant.fields.get(at, "")) for at, pair in enumerate(pairs)]
    known = {pair.name: pair for pair in pairs if pair.name}
    labels = {name: pair.label for name, pair in known.items()}
    form = Table(sheet.title, labels, {}, is_form=True, file=sheet.file, remembered=remembered)
    cells = {
        name: as_counted_from_1900(pair.value) if sheet.since_1904 and base(name) in names.days else pair.value
        for name, pair in known.items()
    }
    at = {name: pair.address for name, pair in known.items()}
    unread = [
        (number, pair) for number, pair in enumerate(pairs) if not pair.name and (pair.is_alone or text_of(pair.value))
    ]
    unknown = {pair.label: pair.value for _, pair in unread if not pair.is_alone}
    first = min((pair.row for pair in known.values()), default=0)
    source = SourceRow(*sheet.place(first), cells, at, unknown=unknown)
    source.uncalculated = sheet.uncalculated
    ignored = [pair.label + (f"（{meant.passed[at]}）" if at in meant.passed else "") for at, pair in unread]
    form.rows, form.ignored = [source], list(dict.fromkeys(ignored))
    settle_units(form, names, *unit_words(sheet, names, known, pairs))
    titles = [[text_of(cell) for cell in row] for row in sheet.rows[:first]]
    form.given = given_around(sheet, titles, first, map(base, known), names) | given_to_form(remembered, known, names)
    form.notes = [*notes_of(meant, [pair.label for pair in pairs], form.given, names), *form.notes]
    fold_rows(form, meant, names)
    form.skipped = titles_of(sheet, pairs)
    return form


def given_to_form(remembered: Remembered | None, known: Iterable[str], names: Names) -> dict[str, Given]:
    """What an admin said for all forms of this layout."""
    keys = [layout_key(text) for text in remembered.headings] if remembered else []
    return given_by_hand(fingerprint(keys, is_form=True), known, names)


def unit_words(
    sheet: Sheet, names: Names, known: Mapping[str, Pair], pairs: list[Pair]
) -> tuple[dict[str, str], list[str]]:
    """What may say the unit of a form's amounts: label and cell beside, and all texts that are no field's value."""
    words = {}
    for name, pair in known.items():
        if name in names.money:
            beside = next((cell for cell in sheet.rows[pair.row][pair.column + 1 :] if text_of(cell)), "")
            words[name] = f"{pair.label} ({beside})" if is_unit(beside) else pair.label
    values = {(pair.row, pair.column) for pair in pairs if pair.name and pair.name != "notes"}
    texts = [
        cell for at, row in enumerate(sheet.rows[:SEARCHED_ROWS]) for index, cell in enumerate(row)
        if isinstance(cell, str) and (at, index) not in values
    ]  # fmt: skip
    said = [f"{pair.label}：{text_of(pair.value)}" for pair in pairs if not pair.name and not pair.is_alone]
    return words, [sheet.name, *with_above(sheet, [*texts, *said])]


def titles_of(sheet: Sheet, pairs: list[Pair]) -> list[Skipped]:
    """What stands above the first label: the title of the form."""
    above = sheet.rows[: min((pair.row for pair in pairs), default=0)]
    texts = [(at, text) for at, row in enumerate(above) for text in dict.fromkeys(map(text_of, row)) if text]
    return [Skipped(*sheet.place(at), "标题", text[:100]) for at, text in texts]


def remembered_form(sheet: Sheet, names: Names) -> Remembered | None:
    """The layout whose labels are all on the sheet; of several the one with the most labels."""
    if not names.forms:
        return None
    texts = {text_of(cell) for row in sheet.rows[:SEARCHED_ROWS] for cell in row if text_of(cell)}
    keys = {layout_key(text) for text in texts} | {layout_key(half_width(text).partition(":")[0]) for text in texts}
    wanted = [(form, {layout_key(label) for label in form.headings}) for form in names.forms.values()]
    found = [form for form, labels in wanted if labels and labels <= keys]
    return max(found, key=lambda form: len(form.headings), default=None)


def as_remembered(names: Names, form: Remembered) -> Names:
    """The names with what an admin said of this form's labels; one that is not imported is a label all the same."""
    said: Mapping[str, str] = {
        layout_key(label): name for label, name in zip(form.headings, form.columns, strict=False)
    }
    meant = set(said.values())
    known = {key: name for key, name in names.known.items() if key not in said and name not in meant}
    return replace(names, known=known | {key: name if name in names.labels else "" for key, name in said.items()})


@dataclass(frozen=True)
class Layout:
    """How to read a form's rows: what is a label, how far merged cells reach, in which columns labels stand."""

    names: Names
    address: Callable[[int, int], str]
    edges: Mapping[tuple[int, int], int]
    label_columns: frozenset[int]

    def is_label(self, cell: Any) -> bool:
        return self.names.of(cell) is not None

    def may_be_label(self, row: list[Any], index: int) -> bool:
        """Whether a text without a value stands where others have labels, behind another cell."""
        return index in self.label_columns and index > filled(row)[0] and is_wording(text_of(row[index]))

    def beside(self, at: int, index: int) -> int:
        return self.edges.get((at, index), index) + 1


def pairs_of(sheet: Sheet, names: Names) -> list[Pair]:
    """Every label of the first rows with its value. An unknown text is a label where a value stands beside it."""
    rows = sheet.rows[:SEARCHED_ROWS]
    edges = {(top, left): right for top, left, _, right in sheet.merges}
    labels = {index for row in rows for index in filled(row) if names.of(row[index]) is not None}
    layout = Layout(names, sheet.address, edges, frozenset(labels))
    pairs: list[Pair] = []
    for at, row in enumerate(rows):
        taken: set[int] = set()
        for index in filled(row):
            if pairs and pairs[-1].row == at and is_to_tick(row[index], names.choices.get(pairs[-1].name, {})):
                continue
            pair = None if index in taken else pair_at(row, at, index, layout)
            if pair:
                pairs.append(pair)
                if text_of(pair.value):
                    taken.add(pair.column)
            elif index not in taken and layout.may_be_label(row, index):
                pairs.append(Pair(text_of(row[index]), "", "", at, index, sheet.address(at, index), is_alone=True))
    return pairs


def pair_at(row: list[Any], at: int, index: int, layout: Layout) -> Pair | None:
    text = text_of(row[index])
    if is_unit_note(text):
        return None
    name = layout.names.of(text)
    label, within = label_and_value(text)
    if name is None and within and is_wording(label):
        return Pair(label, layout.names.of(label) or "", within, at, index, layout.address(at, index))
    value, where = value_beside(row, at, index, layout)
    if name is not None or (text_of(value) and is_wording(text)):
        return Pair(text, name or "", value, at, where, layout.address(at, where))
    return None


def is_unit_note(text: str) -> bool:
    """`金额单位：元` stands beside a form, and is neither a label nor its value."""
    label, within = label_and_value(text)
    return label.endswith("单位") and is_unit(within)


def label_and_value(text: str) -> tuple[str, str]:
    """The parts of `涉及金额（单位：元）：5` at the colon outside its brackets; no value where there is none."""
    found = LABELLED.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found else (text, "")


def value_beside(row: list[Any], at: int, index: int, layout: Layout) -> tuple[Any, int]:
    """A label's value and its column: the cell beside it, or the next filled one unless that is a label itself."""
    beside = layout.beside(at, index)
    following = [column for column in filled(row) if column >= beside]
    if not following or layout.is_label(row[following[0]]):
        return "", beside
    column = following[0]
    after = layout.beside(at, column)
    has_own_value = after in following and not layout.is_label(row[after])
    if column > beside and (column in layout.label_columns or has_own_value):
        return "", beside  # behind a gap: an unknown label, where labels stand or with a value of its own
    words = layout.names.choices.get(layout.names.of(row[index]) or "", {})
    return ticked_words(row[beside:], words) or joined_boxes(row, following) or row[column], column


def is_to_tick(cell: Any, words: Mapping[str, str]) -> bool:
    """Whether a cell is one more word of a field, or the mark beside one."""
    return bool(words) and (choice_key(text_of(cell)) in words or mark_of(cell) in TICKS)


def ticked_words(cells: list[Any], words: Mapping[str, str]) -> str:
    """Words to tick in cells of their own, each with its mark beside it, as one value: `满意 | √ | 基本满意 |`."""
    texts = [text_of(cell) for cell in cells]
    places = [at for at, text in enumerate(texts) if choice_key(text) in words]
    if len(places) < 2:
        return ""
    step = 1 if places[0] == 0 else -1  # the marks stand behind the words, or before them
    marks = [mark_of(texts[at + step]) if at + step < len(texts) else "" for at in places]
    if any(mark in CROSSED for mark in marks):
        return "　".join(text for text in texts if text)  # struck out to choose or to rule out: nobody can say
    return "　".join(f"{'□' if mark in NO_TICK else '☑'}{texts[at]}" for at, mark in zip(places, marks, strict=True))


def joined_boxes(row: list[Any], following: list[int]) -> str:
    """Boxes to tick that stand in cells of their own, side by side, as one value: `□满意 | ☑基本满意`."""
    texts = [text_of(row[column]) for column in following]
    boxes = list(takewhile(has_box, texts))
    return "　".join(boxes) if len(boxes) > 1 else ""
