"""One row of a plan: what it would do, what is wrong with it, what must be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from imports.cells import text_of
from imports.errors import Question
from imports.models import RowOutcome
from imports.tables.table import SourceRow


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
    understood: dict[str, str] = field(
        default_factory=dict
    )  # heading → what its cell is taken for, where that says more
    parts: dict[str, Any] = field(default_factory=dict)  # the requests that a cell was split into, and whether it was
    made: Model | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()  # fields of the record that 清空 empties
    questions: Sequence[Question] = ()  # names to be matched by hand before the row can be written
    choices: Sequence[dict[str, Any]] = ()  # names that were
    offers: Sequence[Question] = ()  # what may be said otherwise than it is taken
    closed: frozenset[str] = frozenset()  # closed half-years whose figures it moves, or would

    @property
    def told(self) -> list[Any]:
        """All that it would do and say, to be compared with another plan of the same file."""
        reasons = [problem.reason for problem in self.problems]
        told = [self.source.sheet, self.source.row_no, self.outcome, self.label, self.changes, self.notes, reasons]
        if self.source.adjusted or self.questions or self.choices or self.offers:
            told.append([vars(item) for item in (self.source.adjusted, *self.questions, *self.offers) if item])
            told.append(self.choices)
        if self.understood or self.parts:
            told += [self.understood, self.parts]
        return told

    def settle(self, outcome: str, note: str = "") -> None:
        self.outcome = outcome
        if note:
            self.notes.append(note)


def problem_at(source: SourceRow, label: str, name: str, raw: Any, error: Exception) -> Problem:
    return Problem(label, source.at.get(name, ""), text_of(raw)[:200], str(error))
