"""One row on its way through a plan: its cells cleaned, each by the one rule of its column, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Model

from imports.cleaners import text_of
from imports.errors import CellError, Question
from imports.models import RowOutcome
from imports.reading.parent import LONGEST_WORD
from imports.register import Register
from imports.resources.base import ImportResource
from imports.table import SourceRow
from imports.widgets import CLEAR, CellWidget, Column, Context, context_of


@dataclass(frozen=True)
class Problem:
    """One wrong cell: where, what is in it, what is wrong with it."""

    column: str
    cell: str
    value: str
    reason: str


@dataclass(slots=True)
class PlannedRow:
    source: SourceRow
    outcome: str = RowOutcome.CREATE
    label: str = ""
    problems: list[Problem] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    made: Model | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()  # fields of the record that 清空 empties
    questions: Sequence[Question] = ()  # names to be matched by hand before the row can be written
    choices: Sequence[dict[str, Any]] = ()  # names that were
    closed: frozenset[str] = frozenset()  # closed half-years whose figures it moves, or would

    @property
    def told(self) -> list[Any]:
        """All that it would do and say, to be compared with another plan of the same file."""
        reasons = [problem.reason for problem in self.problems]
        told = [self.source.sheet, self.source.row_no, self.outcome, self.label, self.changes, self.notes, reasons]
        if self.source.adjusted or self.questions or self.choices:
            told.append([vars(item) for item in (self.source.adjusted, *self.questions) if item])
            told.append(self.choices)
        return told

    def settle(self, outcome: str, note: str = "") -> None:
        self.outcome = outcome
        if note:
            self.notes.append(note)


def clean_row(planned: PlannedRow, resource: ImportResource, today: date) -> dict[str, Any]:
    """Every cell by the one rule of its column; all errors of the row, none hidden behind another."""
    source = planned.source
    values: dict[str, Any] = {}
    for name, column in resource.columns().items():
        try:
            if says_clear(source.cells.get(name)):
                planned.cleared |= column.cleared_fields(name)
            values[name] = value_of(source, name, column, today)
        except CellError as error:
            raw = source.cells.get(name)
            planned.problems.append(problem_at(source, column.column_name, name, raw, error))
    return values


def value_of(source: SourceRow, name: str, column: Column, today: date) -> Any:
    """One cell by the one rule of its column.

    Raises:
        CellError: what is wrong with it and what to write instead.
    """
    if source.is_uncalculated(name):
        raise CellError("公式没有结果，请先在表格软件中打开并保存")
    raw = source.cells.get(name)
    if says_clear(raw) and column.cleared_fields(name):
        raw = ""
    clean = clean_long if type(raw) is str and len(raw) > LONGEST_WORD else clean_word
    value = clean(column.widget, raw, context_of(today, source.units.get(name, 10_000)))
    if column.must_fill and value in (None, ""):
        raise CellError(f"缺少{column.column_name}，请填写")
    return value


def says_clear(raw: Any) -> bool:
    return type(raw) is str and CLEAR[0] in raw and text_of(raw) == CLEAR


def clean_long(widget: CellWidget, raw: Any, context: Context) -> Any:
    return widget.clean(raw, context=context)


# Units, kinds, dates and blanks come again from row to row. Typed: 1, 1.0 and True are not the same cell.
clean_word = lru_cache(maxsize=10_000, typed=True)(clean_long)


def problem_at(source: SourceRow, label: str, name: str, raw: Any, error: Exception) -> Problem:
    return Problem(label, source.at.get(name, ""), text_of(raw)[:200], str(error))


def look_up(planned: PlannedRow, values: dict[str, Any], resource: ImportResource, register: Register) -> None:
    """Words that name a record of a small table become that record."""
    columns = resource.columns()
    for name, table in resource.lookups.items():
        try:
            if name in values:
                values[name] = register.one(table, values[name], columns[name].column_name)
        except CellError as error:
            raw = planned.source.cells.get(name)
            planned.problems.append(problem_at(planned.source, columns[name].column_name, name, raw, error))
