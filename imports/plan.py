"""From rows to a plan: what would be created, changed, left alone or refused, and why. Writes nothing.

The preview shows a plan and the write carries one out; both come from here, so they cannot differ in what they do.
"""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from common.text import clean, name_key
from imports.adjust import Adjustments
from imports.errors import RowError, UnsureError
from imports.models import RowOutcome
from imports.progress import CHECKING, Step, silent
from imports.register import Register
from imports.resources.base import ImportResource
from imports.rows import CleanRow, PlannedRow, clean_row, look_up, problem_at
from imports.seen import Seen
from imports.table import Skipped, Table


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
    adjustments: Adjustments = field(default_factory=Adjustments)

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
        for change in self.changes[changes:]:
            for name, (old, _) in change.fields.items():
                setattr(change.record, name, old)
        del self.changes[changes:], self.links[links:]

    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)

    def digest(self) -> str:
        """The same for two plans that would do the same."""
        told = hashlib.sha256()
        for row in self.rows:
            reasons = [problem.reason for problem in row.problems]
            parts = [row.source.sheet, row.source.row_no, row.outcome, row.label, row.changes, row.notes, reasons]
            if row.source.adjusted or row.questions or row.choices:
                parts.append([vars(item) for item in (row.source.adjusted, *row.questions) if item])
                parts.append(row.choices)
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


def leave_out_unread(plan: Plan) -> None:
    """Files of a .zip that could not be read and that nobody wants: they count as left out, like any other row."""
    for row in plan.rows:
        plan.adjustments.lay_over(row.source)
        if row.source.adjusted and row.source.adjusted.left_out:
            row.settle(RowOutcome.LEFT_OUT)
            row.problems = []


def clean_tables(plan: Plan, resource: ImportResource, today: date, step: Step = silent) -> list[CleanRow]:
    total, wrong = sum(len(table.rows) for table in plan.tables), 0
    cleaned: list[CleanRow] = []
    for table in plan.tables:
        for source in table.rows:
            plan.adjustments.lay_over(source)
            cleaned.append(clean_row(source, resource, table.units, today))
            wrong += len(cleaned[-1].planned.problems)
            if len(cleaned) % 100 == 0:
                step(len(cleaned), total, CHECKING, wrong)
    return cleaned


def keys_of(cleaned: list[CleanRow], resource: ImportResource) -> dict[str, Any]:
    """Codes, names and our own numbers that the rows mention: what the register must be asked for.

    `unsure` are names without a code, as written.
    """
    codes = {row.values["uscc"] for row in cleaned if row.values.get("uscc")}
    names: set[str] = set()
    for row in cleaned:
        for name in resource.named_fields:
            names.update(name_key(part) for part in resource.split_names(row.values.get(name) or ""))
    refs = {row.values["ref"] for row in cleaned if row.values.get("ref")}
    unsure = {
        name_key(part): part
        for row in cleaned
        if not row.values.get("uscc")
        for name in resource.matched_fields
        for part in resource.split_names(row.values.get(name) or "")
    }
    return {"codes": codes, "names": names - {""}, "refs": refs, "unsure": unsure}


def place_rows(plan: Plan, cleaned: list[CleanRow], resource: ImportResource, register: Register) -> None:
    """Decides each row's outcome against the register, which learns of new records as it goes."""
    for at, row in enumerate(cleaned):
        cleaned[at] = None  # type: ignore[call-overload] -- spent
        planned = row.planned
        plan.rows.append(planned)
        if planned.outcome == RowOutcome.LEFT_OUT:
            continue
        look_up(row, resource, register)
        if not planned.problems:
            place(plan, row, resource, register)
        judge(planned, resource)


def judge(planned: PlannedRow, resource: ImportResource) -> None:
    """Wrong if anything is wrong with it; the template's own example is pointed out, or left out where it can't be."""
    is_example = resource.is_example(planned.source.cells)
    if is_example and (planned.problems or planned.questions):
        planned.problems, planned.questions = [], ()
        planned.settle(RowOutcome.UNCHANGED, "这是模板里的示例行，已略过")
    elif planned.problems:
        planned.outcome = RowOutcome.ERROR
    elif planned.questions:
        planned.outcome = RowOutcome.DECIDE
    elif is_example:
        planned.notes.append("这是模板里的示例行，正式导入前请删去")


def count_questions(plan: Plan) -> None:
    """Tells each question how many rows ask the same: one answer may do for all of them."""
    asked = Counter(question.key for row in plan.rows for question in row.questions)
    for row in plan.rows:
        if row.questions:
            row.questions = [replace(question, rows=asked[question.key]) for question in row.questions]


def place(plan: Plan, row: CleanRow, resource: ImportResource, register: Register) -> None:
    before = plan.mark()
    try:
        resource.place(row.values, row.planned, register, plan)
    except UnsureError as error:
        plan.take_back(before)
        row.planned.changes, row.planned.made, row.planned.questions = {}, None, error.questions
    except RowError as error:
        plan.take_back(before)
        row.planned.changes, row.planned.made = {}, None
        column = resource.columns()[error.name]
        raw = row.planned.source.cells.get(error.name)
        row.planned.problems.append(problem_at(row.planned.source, column.column_name, error.name, raw, error))
