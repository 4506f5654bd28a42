"""From rows to a plan: what would be created, changed, left alone or refused, and why. Writes nothing.

The preview shows a plan and the write carries one out; both come from here, so they cannot differ in what they do.
"""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from common.text import clean, name_key
from imports.cleaners import text_of
from imports.errors import CellError, RowError
from imports.models import RowOutcome
from imports.progress import CHECKING, Step, silent
from imports.register import Register
from imports.resources.base import ImportResource
from imports.seen import Seen
from imports.table import Skipped, SourceRow, Table
from imports.widgets import CLEAR, Context


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
    cleared: set[str] = field(default_factory=set)  # fields of the record that 清空 empties

    def settle(self, outcome: str, note: str = "") -> None:
        self.outcome = outcome
        if note:
            self.notes.append(note)


@dataclass
class Change:
    """Fields of one stored record that get new values: name → (old, new)."""

    record: Model
    fields: dict[str, tuple[Any, Any]]
    row: PlannedRow


@dataclass
class Plan:
    kind: str
    rows: list[PlannedRow] = field(default_factory=list)
    new: dict[type[Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    changes: list[Change] = field(default_factory=list)
    links: list[tuple[Any, Any]] = field(default_factory=list)  # case, enterprise
    origin: dict[int, PlannedRow] = field(default_factory=dict)  # id(record) → the row it came from
    tables: list[Table] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)  # what the headings of its sheets were taken for

    def add(self, record: Model, row: PlannedRow) -> None:
        self.new[type(record)].append(record)
        self.origin[id(record)] = row

    def change(self, record: Any, values: dict[str, Any], row: PlannedRow) -> bool:
        """Plans new values of a stored record; only 清空 erases, blanks don't. True when any differs."""
        differing = {}
        for name, value in values.items():
            old, column = getattr(record, name), record._meta.get_field(name)
            if value in (None, "") and name in row.cleared:
                value = None if column.null else ""
            elif value in (None, ""):
                continue
            if is_same(old, value):
                continue
            differing[name] = (old, value)
            setattr(record, name, value)
            words = dict(column.flatchoices)
            told = [words.get(old, old), words.get(value, value)] if words else [old, value]
            row.changes[str(column.verbose_name)] = [show(told[0]), show(told[1])]
        if differing:
            self.changes.append(Change(record, differing, row))
            self.origin[id(record)] = row
        return bool(differing)

    def mark(self) -> tuple[dict[type[Model], int], int, int]:
        return {model: len(records) for model, records in self.new.items()}, len(self.changes), len(self.links)

    def take_back(self, mark: tuple[dict[type[Model], int], int, int]) -> None:
        """Forgets what a row had planned before it turned out to be wrong."""
        sizes, changes, links = mark
        for model, records in self.new.items():
            del records[sizes.get(model, 0) :]
        del self.changes[changes:], self.links[links:]

    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)

    def digest(self) -> str:
        """The same for two plans that would do the same."""
        told = hashlib.sha256()
        for row in self.rows:
            reasons = [problem.reason for problem in row.problems]
            parts = [row.source.sheet, row.source.row_no, row.outcome, row.label, row.changes, row.notes, reasons]
            told.update(json.dumps(parts, ensure_ascii=False, default=str).encode())
        return told.hexdigest()


def is_same(old: Any, value: Any) -> bool:
    """Whether a cell says what is stored; blanks and marks that cleaning takes off a text are no difference."""
    if isinstance(old, str) and isinstance(value, str):
        return clean(old) == value
    return bool(old == value)


def show(value: Any) -> str:
    """A value as people read it in “old → new”."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)[:200]


@dataclass(slots=True)
class CleanRow:
    planned: PlannedRow
    values: dict[str, Any]


def clean_row(source: SourceRow, resource: ImportResource, table: Table, today: date) -> CleanRow:
    """Every cell by the one rule of its column; all errors of the row, none hidden behind another."""
    planned = PlannedRow(source)
    source.units = table.units
    values: dict[str, Any] = {}
    for name, column in resource.columns().items():
        raw = source.cells.get(name)
        try:
            if source.at.get(name) in source.uncalculated:
                raise CellError("公式没有结果，请先在表格软件中打开并保存")
            if text_of(raw) == CLEAR:
                planned.cleared |= column.cleared_fields(name)
                raw = ""
            values[name] = column.widget.clean(raw, context=Context(today, table.units.get(name, 10_000)))
            if column.must_fill and values[name] in (None, ""):
                raise CellError(f"缺少{column.column_name}，请填写")
        except CellError as error:
            planned.problems.append(problem_at(source, column.column_name, name, raw, error))
    planned.label = text_of(source.cells.get(resource.label_field))[:200]
    return CleanRow(planned, values)


def problem_at(source: SourceRow, label: str, name: str, raw: Any, error: Exception) -> Problem:
    return Problem(label, source.at.get(name, ""), text_of(raw)[:200], str(error))


def clean_tables(plan: Plan, resource: ImportResource, today: date, step: Step = silent) -> list[CleanRow]:
    total, wrong = sum(len(table.rows) for table in plan.tables), 0
    cleaned: list[CleanRow] = []
    for table in plan.tables:
        for source in table.rows:
            cleaned.append(clean_row(source, resource, table, today))
            wrong += len(cleaned[-1].planned.problems)
            if len(cleaned) % 100 == 0:
                step(len(cleaned), total, CHECKING, wrong)
    return cleaned


def keys_of(cleaned: list[CleanRow], resource: ImportResource) -> dict[str, set[Any]]:
    """Codes, names and our own numbers that the rows mention: what the register must be asked for."""
    codes = {row.values["uscc"] for row in cleaned if row.values.get("uscc")}
    names: set[str] = set()
    for row in cleaned:
        for name in resource.named_fields:
            names.update(name_key(part) for part in resource.split_names(row.values.get(name) or ""))
    refs = {row.values["ref"] for row in cleaned if row.values.get("ref")}
    return {"codes": codes, "names": names - {""}, "refs": refs}


def place_rows(plan: Plan, cleaned: list[CleanRow], resource: ImportResource, register: Register) -> None:
    """Decides each row's outcome against the register, which learns of new records as it goes."""
    columns = resource.columns()
    for at, row in enumerate(cleaned):
        cleaned[at] = None  # type: ignore[call-overload] -- spent
        planned = row.planned
        plan.rows.append(planned)
        for name, table in resource.lookups.items():
            try:
                if name in row.values:
                    row.values[name] = register.one(table, row.values[name], columns[name].column_name)
            except CellError as error:
                raw = planned.source.cells.get(name)
                planned.problems.append(problem_at(planned.source, columns[name].column_name, name, raw, error))
        if not planned.problems:
            place(plan, row, resource, register)
        judge(planned, resource)


def judge(planned: PlannedRow, resource: ImportResource) -> None:
    """Wrong if anything is wrong with it; the template's own example is pointed out, or left out where it can't be."""
    is_example = resource.is_example(planned.source.cells)
    if planned.problems and is_example:
        planned.problems = []
        planned.settle(RowOutcome.UNCHANGED, "这是模板里的示例行，已略过")
    elif planned.problems:
        planned.outcome = RowOutcome.ERROR
    elif is_example:
        planned.notes.append("这是模板里的示例行，正式导入前请删去")


def place(plan: Plan, row: CleanRow, resource: ImportResource, register: Register) -> None:
    before = plan.mark()
    try:
        resource.place(row.values, row.planned, register, plan)
    except RowError as error:
        plan.take_back(before)
        row.planned.changes, row.planned.made = {}, None
        column = resource.columns()[error.name]
        raw = row.planned.source.cells.get(error.name)
        row.planned.problems.append(problem_at(row.planned.source, column.column_name, error.name, raw, error))
