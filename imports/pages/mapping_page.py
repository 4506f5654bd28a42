"""The page on which headings are explained: what it shows, and what was said on it.

Its fields, of the n-th layout: `mapping-n-row` (which row holds the headings), `mapping-n-out` (left out),
`mapping-n-j` (the field of the j-th heading, "" for none), `mapping-n-j-always` (read that heading so everywhere).
Each choice is labelled with its heading: `“企业大名”对应`. `mapping-n-all-unit`: the value of a field for all rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from common.sent.numbers import whole_number
from imports.errors import ImportRefusedError
from imports.models import ImportBatch
from imports.pages.mapping import OPEN, Answer
from imports.pages.mapping_given import Shared, fill_shared, shared_by, shared_fields
from imports.plans.remembered import known_names
from imports.resources.kinds import RESOURCES
from imports.tables.headings.wordings import JOINED, PAIRED
from imports.tables.layouts import is_whole
from imports.tables.seen import FORM, Heading, Seen, from_json, refreshed, row_choices, see_as
from imports.tables.table import Names, heading_key


@dataclass
class Line:
    """One heading with what it was given."""

    number: int
    heading: Heading
    name: str
    may_be_kept: bool  # a word that means nothing yet may be read so everywhere
    likely: list[tuple[str, str]] = field(default_factory=list)  # fields that it may be, with their labels
    always: bool = False
    error: str = ""
    together: str = ""  # with which other headings of its field it is read

    @property
    def text_number(self) -> str:
        return str(self.number)


@dataclass
class Layout:
    """One layout as the page shows it: as it was read, as it is understood today, or as it was just filled in."""

    number: int
    read: Seen  # as kept with the batch
    seen: Seen  # with the heading row that is chosen, as understood today
    lines: list[Line]
    is_left_out: bool
    version: int
    lacking: list[str] = field(default_factory=list)
    error: str = ""
    moved: bool = False  # another heading row was just chosen: nothing is saved before it was looked at
    shared: list[Shared] = field(default_factory=list)  # what may be said for all its rows
    kept: dict[str, str] = field(default_factory=dict)  # …as it is kept with the batch

    @property
    def row_choices(self) -> list[tuple[str, str]]:
        return row_choices(self.read)

    @property
    def text_number(self) -> str:
        return str(self.number)

    @property
    def left_out_words(self) -> str:
        return f"这 {self.read.count} 张表都不导入" if self.read.count > 1 else "这张表不导入"

    @property
    def is_form(self) -> bool:
        return self.seen.choice == FORM

    @property
    def shown(self) -> list[Line]:
        return [line for line in self.lines if not line.heading.is_empty]

    @property
    def at(self) -> datetime | None:
        return datetime.fromisoformat(self.seen.at) if self.seen.at else None

    @property
    def columns(self) -> list[str]:
        return [line.name for line in self.lines]

    @property
    def given(self) -> dict[str, str]:
        """What is said for all rows; a column that has it counts instead."""
        return {one.name: one.value for one in self.shared if one.value and one.name not in self.columns}

    @property
    def has(self) -> list[str]:
        """The fields that have a value, from wherever."""
        return [*self.columns, *self.seen.given, *self.given]

    @property
    def is_changed(self) -> bool:
        return (
            self.seen.choice != self.read.choice
            or self.is_left_out != self.seen.is_left_out
            or (not self.is_left_out and (self.columns != self.seen.columns or self.given != self.kept))
        )

    @property
    def is_said(self) -> bool:
        """Whether anything is to be remembered of it: a change, a word, or that what waited is complete as it is."""
        is_settled = self.read.wanting and (self.is_left_out or not self.lacking)
        return self.is_changed or is_settled or bool(self.answer.always)

    @property
    def answer(self) -> Answer:
        always = tuple((line.name, line.heading.text) for line in self.lines if line.always and line.name)
        told = ((), {}) if self.is_left_out else (always, self.given)
        return Answer(self.seen, self.columns, self.is_left_out, self.version, *told)


@dataclass
class MappingPage:
    layouts: list[Layout]
    fields: list[tuple[str, str, bool]]  # field, label, whether it must have a heading
    error: str = ""

    @property
    def answers(self) -> list[Answer]:
        return [layout.answer for layout in self.layouts if layout.is_said]

    @property
    def is_wrong(self) -> bool:
        lines = any(line.error for layout in self.layouts for line in layout.lines)
        shared = any(one.error for layout in self.layouts for one in layout.shared)
        return bool(self.error or lines or shared or any(layout.error for layout in self.layouts))

    @property
    def moved(self) -> bool:
        return any(layout.moved for layout in self.layouts)


def mapping_page(batch: ImportBatch, data: Mapping[str, Any]) -> MappingPage:
    """The page of a batch; `data` may choose another heading row of a layout (`mapping-0-row` = `4`, `4-5`, `form`).

    Raises:
        ImportRefusedError: nothing is to be said about this batch now.
    """
    return page_with(batch, data, names_for(batch))


def names_for(batch: ImportBatch) -> Names:
    if batch.state not in OPEN or not batch.sheets:
        raise ImportRefusedError("这个批次现在不能改表头对应")
    return known_names(batch.kind)


def page_with(batch: ImportBatch, data: Mapping[str, Any], names: Names) -> MappingPage:
    layouts = [layout_of(number, from_json(told), data, names) for number, told in enumerate(batch.sheets)]
    fields = shared_fields(batch.kind)
    for layout in layouts:
        layout.shared = shared_by(fields, layout.seen, batch.given.get(layout.answer.fingerprint, {}))
        layout.kept = layout.given
        layout.lacking = names.lacking(layout.has)
    return MappingPage(layouts, fields_of(batch))


def fields_of(batch: ImportBatch) -> list[tuple[str, str, bool]]:
    columns = RESOURCES[batch.kind].columns().items()
    return [(name, column.column_name, column.required) for name, column in columns]


def layout_of(number: int, read: Seen, data: Mapping[str, Any], names: Names) -> Layout:
    choice = str(data.get(f"mapping-{number}-row", ""))
    if choice not in {value for value, _ in row_choices(read)}:
        choice = read.choice
    seen = refreshed(read, names) if choice == read.choice else see_as(read.sheet, names, choice)
    lines = [
        Line(
            index,
            heading,
            heading.name,
            bool(heading_key(heading.text)) and heading_key(heading.text) not in names.known,
            [(name, names.labels[name]) for name in heading.likely if name in names.labels],
        )
        for index, heading in enumerate(seen.headings)
    ]
    layout = Layout(number, read, seen, lines, seen.is_left_out, seen.version)
    tell_together(layout)
    return layout


def filled_page(batch: ImportBatch, data: Mapping[str, Any], today: date) -> MappingPage:
    """The page as it was filled in, with what is wrong with it.

    Raises:
        ImportRefusedError: nothing is to be said about this batch now, or it has been read again since.
    """
    names = names_for(batch)
    page = page_with(batch, data, names)
    for layout in page.layouts:
        fill(layout, data, names)
        for one in layout.shared:
            fill_shared(one, batch.kind, str(data.get(f"mapping-{layout.number}-all-{one.name}", "")), today)
        layout.lacking = names.lacking(layout.has)
    mark(page)
    return page


def mark(page: MappingPage) -> None:
    """Says what is missing. A layout that still waits untouched stands in no other's way."""
    wanted = [layout for layout in page.layouts if not layout.is_left_out]
    has_complete = any(not layout.lacking for layout in wanted) or len(wanted) < len(page.layouts)
    for layout in page.layouts:
        if layout.moved:
            continue
        if layout.is_left_out and layout.is_form and not layout.answer.pairs:
            layout.error = "这张表单没有认得的项目，以后认不出来；请换成一行作表头再选不导入"
        elif not layout.is_left_out and layout.lacking and (layout.is_changed or not has_complete):
            layout.error = f"还缺必需的列：{'、'.join(layout.lacking)}；{ways_out(layout)}"
    if not wanted and is_whole([layout.read for layout in page.layouts]):
        page.error = "至少要有一张表导入；如果都不要，请取消这个文件"
    elif not page.moved and not page.is_wrong and not page.answers:
        page.error = "没有改动；对应好以后再保存"


def ways_out(layout: Layout) -> str:
    """What can be done about a required column that is missing."""
    shared = [one.label for one in layout.shared if one.label in layout.lacking]
    told = f"表里没有{'、'.join(shared)}的，可以在下面给各行统一填；" if shared else ""
    return f"请为它选一个表头，{told}或者选“{layout.left_out_words}”"


def fill(layout: Layout, data: Mapping[str, Any], names: Names) -> None:
    prefix = f"mapping-{layout.number}"
    if data.get(f"{prefix}-layout") != layout.read.fingerprint:
        raise ImportRefusedError("这个文件刚重新读取过，请再核对一次表头")
    layout.is_left_out = f"{prefix}-out" in data
    if data.get(f"{prefix}-shown") != layout.seen.choice:
        layout.moved = True
        return
    layout.version = whole_number(data.get(f"{prefix}-version")) or 0
    given: dict[str, str] = {}
    for line in layout.lines:
        name = str(data.get(f"{prefix}-{line.number}", ""))
        line.name = name if name in names.labels else ""
        line.always = line.may_be_kept and f"{prefix}-{line.number}-always" in data
        if line.name in given and not layout.is_left_out and not may_repeat(line.name, layout, data):
            line.error = f"“{names.labels[line.name]}”已经给了“{given[line.name]}”，一列只能对应一个表头"
        elif line.name:
            given[line.name] = line.heading.text or line.heading.where
    tell_together(layout)


def may_repeat(name: str, layout: Layout, data: Mapping[str, Any]) -> bool:
    """Whether several headings may be one field: what people wrote is joined, requests and their amounts are paired,
    and what was read from several columns by itself may stay so."""
    said = [str(data.get(f"mapping-{layout.number}-{line.number}", "")) for line in layout.lines]
    lead, *others = PAIRED
    is_paired = name in others and said.count(name) == said.count(lead)
    return name in JOINED or is_paired or layout.seen.columns.count(name) >= said.count(name)


def tell_together(layout: Layout) -> None:
    """Says beside each heading with which others of its field it is read."""
    for line in layout.lines:
        same = [other for other in layout.lines if other.name == line.name and other is not line]
        line.together = "、".join(f"“{other.heading.text or other.heading.where}”" for other in same if line.name)
