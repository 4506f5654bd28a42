"""From rows to a plan: what would be created, changed, left alone or refused, and why."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from itertools import islice
from typing import Any

from common.sent.amounts import office_limit
from common.text import name_key
from imports.errors import CellError, Question, RowError, UnsureError
from imports.known.asking import answers
from imports.known.register import Register
from imports.models import RowOutcome
from imports.planned.plan import Plan
from imports.planned.row import PlannedRow, problem_at
from imports.planned.tally import ACCEPTED
from imports.plans.amounts import middles, point_out
from imports.plans.progress import CHECKING, Step, silent
from imports.plans.rows import clean_row, look_up, value_of
from imports.resources.base import EXAMPLE, NEARLY, ImportResource
from imports.tables.amounts import EACH, take_each
from imports.tables.headings.columns import base, further
from imports.tables.headings.folding import BLANK, choose
from imports.tables.passed_over import SECTION
from imports.tables.table import Skipped, SourceRow, Table
from imports.tables.units import ask_again, take_unit

PART = 2000  # rows in memory with all that is made of them


def lay_over(plan: Plan, resource: ImportResource) -> None:
    """What was decided by hand, over the rows as the file has them. Files that could not be read and that nobody wants
    count as left out, like any other row."""
    for table in plan.tables:
        pass_examples(plan, table, resource)
        for source in table.rows:
            source.units = table.units | source.units if source.units else table.units
            plan.adjustments.lay_over(source)
            ask_again(source, table)
    for row in plan.unread:
        plan.adjustments.lay_over(row.source)
        if row.source.adjusted and row.source.adjusted.left_out:
            row.settle(RowOutcome.LEFT_OUT)
            row.problems = []


def pass_examples(plan: Plan, table: Table, resource: ImportResource) -> None:
    """The template's own example is no row of the file: it is told among what was passed over."""
    examples = [row for row in table.rows if resource.likeness(row.cells) == EXAMPLE]
    if not examples:
        return
    label = resource.label_field
    plan.skipped += [Skipped(row.sheet, row.row_no, EXAMPLE, row.text(label)[:100]) for row in examples]
    passed = {id(row) for row in examples}
    table.rows = [row for row in table.rows if id(row) not in passed]
    if not any(other.rows for other in plan.tables):
        plan.notes.append("文件里只有模板自带的示例行，没有要导入的内容；请填好后再上传")


def keys_of(plan: Plan, resource: ImportResource, today: date) -> dict[str, Any]:
    """Codes, names and our own numbers that the rows mention: what the register must be asked for.

    `unsure` are names without a code, as written; `chosen` the enterprises that names were matched to by hand.
    """
    names: dict[str, str] = {}
    unsure: dict[str, str] = {}
    codes, refs = set(), set()
    for source in (source for table in plan.tables for source in table.rows):
        if source.is_left_out:
            continue
        code, ref = (clean_or_none(source, name, resource, today) for name in ("uscc", "ref"))
        codes.add(code)
        refs.add(ref)
        for name in (*resource.named_fields, *further(source.cells, resource.named_fields)):
            parts = resource.split_names(clean_or_none(source, name, resource, today) or "")
            keyed = {name_key(part): part for part in parts}
            names |= keyed
            if not code and base(name) in resource.matched_fields:
                unsure |= keyed
    keys = {"codes": codes - {None}, "refs": refs - {None}, "names": names.keys() - {""}}
    return keys | {"unsure": unsure, "chosen": plan.adjustments.chosen()}


def clean_or_none(source: SourceRow, name: str, resource: ImportResource, today: date) -> Any:
    """A cell by its rule; None where there is no such column, or the cell is wrong, which is told later."""
    column = resource.columns().get(base(name))
    try:
        return value_of(source, name, column, today) if column else None
    except CellError:
        return None


def place_rows(
    plan: Plan, resource: ImportResource, register: Register, today: date, *, step: Step = silent, size: int = PART
) -> Iterator[Plan]:
    """Decides each row's outcome against the register, which learns of new records as it goes.

    Yields the plan with each part of its rows; the part is let go of when the next one is asked for.
    """
    plan.middles, plan.ask_from = middles(plan, resource), office_limit()
    total, wrong, rows = sum(len(table.rows) for table in plan.tables), 0, rows_of(plan)
    for at, part in enumerate(iter(lambda: list(islice(rows, size)), [])):
        if at:
            yield plan
            plan.begin_part()
        resource.look_ahead(register, cells_of(part, resource, today))
        for row in part:
            if row.source.row_no:
                place_row(plan, row, resource, register, today)
            plan.rows.append(row)
            plan.tally.add(row)
            if row.outcome in ACCEPTED and row.made is not None:
                resource.count(row, plan.tally)
            wrong += len(row.problems)
            if plan.tally.rows % 100 == 0:
                step(plan.tally.rows, total, CHECKING, wrong)
    yield plan


def cells_of(rows: Iterable[PlannedRow], resource: ImportResource, today: date) -> Iterator[dict[str, Any]]:
    """The cells of a part of the file that its resource looks at beforehand."""
    for row in rows if resource.looked_at else ():
        if row.source.row_no and not row.source.is_left_out:
            for source in readings(row.source, resource.looked_at):
                yield {name: clean_or_none(source, name, resource, today) for name in resource.looked_at}


def readings(source: SourceRow, names: Iterable[str]) -> Iterator[SourceRow]:
    """The row, and as it reads once another of several columns of one of these fields is chosen."""
    yield source
    for cell in source.cells:
        if cell != base(cell) and base(cell) in names:
            other = copy(source)
            other.cells = source.cells | {base(cell): source.cells[cell]}
            yield other


def rows_of(plan: Plan) -> Iterator[PlannedRow]:
    """All rows of a file, each let go of by its table as it is taken; the number of the table's rows stays."""
    yield from plan.unread
    for table in plan.tables:
        for at, source in enumerate(table.rows):
            table.rows[at] = None  # type: ignore[call-overload]  # spent: nobody looks at it again
            yield PlannedRow(source)


def place_row(plan: Plan, row: PlannedRow, resource: ImportResource, register: Register, today: date) -> None:
    row.label = row.source.text(resource.label_field)[:200]
    if row.source.is_left_out:
        row.settle(RowOutcome.LEFT_OUT)
        return
    row.notes += row.source.notes
    if not settled(row, register):
        return
    values = clean_row(row, resource, today)
    point_out(row, values, resource, plan)
    look_up(row, values, resource, register)
    if not row.problems:
        place(plan, row, values, resource, register)
    judge(row, resource)


def settled(row: PlannedRow, register: Register) -> bool:
    """Whether everything that its table asks was answered; what was answered is laid over the row."""
    asked: Sequence[Question] = row.source.asks
    while asked:
        try:
            found = answers(register, row, asked)
        except UnsureError as error:
            row.questions = error.questions
            row.settle(RowOutcome.DECIDE)
            return False
        asked = [further for key, value in found.items() for further in lay_answer(row, key, value)]
    return row.outcome != RowOutcome.LEFT_OUT


def lay_answer(row: PlannedRow, key: str, value: str) -> Sequence[Question]:
    """Lays what was answered over the row; returns what must be asked then."""
    what, _, name = key.partition(":")
    return LAY_OVER[what](row, name, value) or ()


def take_own(row: PlannedRow, name: str, value: str) -> Sequence[Question]:
    """An amount in common with a row above is this row's own as well, or not."""
    same = (row.source.repeats or {}).get(name.partition(":")[0])
    if value == EACH and same:
        row.notes = [f"{note}；已选每行各算，这一行也计入" if note == same.note else note for note in row.notes]
    return take_each(row.source, name, value)


def take_row(row: PlannedRow, _: str, value: str) -> None:
    """A row that may be a section's title is one, or is a record after all."""
    if value == SECTION:
        row.settle(RowOutcome.LEFT_OUT, "是分段标题，不导入")


def take_word(source: SourceRow, name: str, value: str) -> None:
    """This is what a column says, or what its table says in its stead."""
    source.cells[name.partition(":")[0]] = "" if value == BLANK else value


# By the first part of a question's key: what its answer does to the row.
LAY_OVER: dict[str, Callable[[PlannedRow, str, str], Sequence[Question] | None]] = {
    "unit": lambda row, name, value: take_unit(row.source, name, value),
    "which": lambda row, name, value: choose(row.source, name, value),
    "tick": lambda row, name, value: take_word(row.source, name, value),
    "given": lambda row, name, value: take_word(row.source, name, value),
    "row": take_row,
    "each": take_own,
}


def judge(row: PlannedRow, resource: ImportResource) -> None:
    """Wrong if anything is wrong with it; one that is nearly the template's own example is pointed out."""
    if row.problems:
        row.outcome = RowOutcome.ERROR
    elif row.questions:
        row.outcome = RowOutcome.DECIDE
    if resource.likeness(row.source.cells) == NEARLY:
        row.notes.append("与模板里的示例行几乎相同，请核对：如果是示例改剩的，请选“不导入”")


def place(plan: Plan, row: PlannedRow, values: dict[str, Any], resource: ImportResource, register: Register) -> None:
    before = plan.mark()
    try:
        resource.place(values, row, register, plan)
        resource.tell_money(values, row)
    except UnsureError as error:
        plan.take_back(before)
        row.changes, row.made, row.questions = {}, None, error.questions
    except RowError as error:
        plan.take_back(before)
        row.changes, row.made = {}, None
        column, raw = resource.columns()[error.name], row.source.cells.get(error.name)
        row.problems.append(problem_at(row.source, column.column_name, error.name, raw, error))
