"""A plan: what rows would create and change. Writes nothing.

The preview shows a plan and the write carries one out; both are made alike, so they cannot differ in what they do.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model

from common.sent.amounts import ASK_FROM
from common.text import clean
from imports.planned.row import PlannedRow
from imports.planned.tally import Tally
from imports.tables.adjust import Adjustments
from imports.tables.seen import Seen
from imports.tables.table import Skipped, Table


@dataclass
class Change:
    """Fields of one stored record that get new values: name → (old, new)."""

    record: Model
    fields: dict[str, tuple[Any, Any]]
    at: int  # of the row, among all rows of the plan


@dataclass
class Plan:
    """Rows, and what they make and change, are those of the part at hand: a file may have a hundred thousand."""

    kind: str
    rows: list[PlannedRow] = field(default_factory=list)
    new: dict[type[Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    changes: list[Change] = field(default_factory=list)
    links: list[tuple[Any, Any]] = field(default_factory=list)  # case, enterprise
    origin: dict[int, PlannedRow] = field(default_factory=dict)  # id(record) → the row it came from
    done: int = 0  # rows of the parts before
    unread: list[PlannedRow] = field(default_factory=list)  # files of a .zip that yield nothing, a wrong row each
    tables: list[Table] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)  # what the headings of its sheets were taken for
    adjustments: Adjustments = field(default_factory=Adjustments)
    tally: Tally = field(default_factory=Tally)
    ask_from: Decimal = ASK_FROM  # yuan: an amount from here on is pointed out
    middles: dict[str, Decimal] = field(default_factory=dict)  # field → the middle one of its amounts, in yuan

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
            self.changes.append(Change(record, differing, self.done + len(self.rows)))
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

    def begin_part(self) -> None:
        """Lets go of the rows at hand and what they make: they are dealt with."""
        self.done += len(self.rows)
        self.rows, self.new, self.changes, self.links, self.origin = [], defaultdict(list), [], [], {}


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
