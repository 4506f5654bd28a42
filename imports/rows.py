"""One row on its way through a plan: its cells cleaned, each by the one rule of its column, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model

from imports.cleaners import text_of
from imports.errors import CellError, Question
from imports.models import RowOutcome
from imports.register import Register
from imports.resources.base import ImportResource
from imports.table import SourceRow
from imports.widgets import CLEAR, Column, context_of


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

    def settle(self, outcome: str, note: str = "") -> None:
        self.outcome = outcome
        if note:
            self.notes.append(note)


@dataclass(slots=True)
class CleanRow:
    planned: PlannedRow
    values: dict[str, Any]


def clean_row(source: SourceRow, resource: ImportResource, units: dict[str, int], today: date) -> CleanRow:
    """Every cell by the one rule of its column; all errors of the row, none hidden behind another."""
    planned = PlannedRow(source, label=text_of(source.cells.get(resource.label_field))[:200])
    source.units = units
    if source.adjusted and source.adjusted.left_out:
        planned.settle(RowOutcome.LEFT_OUT)
        return CleanRow(planned, {})
    values: dict[str, Any] = {}
    for name, column in resource.columns().items():
        try:
            if text_of(source.cells.get(name)) == CLEAR:
                planned.cleared |= column.cleared_fields(name)
            values[name] = value_of(source, name, column, today)
        except CellError as error:
            raw = source.cells.get(name)
            planned.problems.append(problem_at(source, column.column_name, name, raw, error))
    return CleanRow(planned, values)


def value_of(source: SourceRow, name: str, column: Column, today: date) -> Any:
    """One cell by the one rule of its column.

    Raises:
        CellError: what is wrong with it and what to write instead.
    """
    if source.is_uncalculated(name):
        raise CellError("公式没有结果，请先在表格软件中打开并保存")
    raw = source.cells.get(name)
    if text_of(raw) == CLEAR and column.cleared_fields(name):
        raw = ""
    value = column.widget.clean(raw, context=context_of(today, source.units.get(name, 10_000)))
    if column.must_fill and value in (None, ""):
        raise CellError(f"缺少{column.column_name}，请填写")
    return value


def problem_at(source: SourceRow, label: str, name: str, raw: Any, error: Exception) -> Problem:
    return Problem(label, source.at.get(name, ""), text_of(raw)[:200], str(error))


def look_up(row: CleanRow, resource: ImportResource, register: Register) -> None:
    """Words that name a record of a small table become that record."""
    columns, planned = resource.columns(), row.planned
    for name, table in resource.lookups.items():
        try:
            if name in row.values:
                row.values[name] = register.one(table, row.values[name], columns[name].column_name)
        except CellError as error:
            raw = planned.source.cells.get(name)
            planned.problems.append(problem_at(planned.source, columns[name].column_name, name, raw, error))
