"""What admins decided about rows of a preview, laid over the rows as the file has them. Pure.

The file itself is never changed: a corrected cell keeps what was in it, and who corrected it when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imports.cells import text_of
from imports.models import AdjustmentAction
from imports.tables.headings.folding import choose
from imports.tables.table import Adjusted, SourceRow

WORDS = ("which:", "tick:", "given:")  # questions of what a cell says, which is settled where somebody wrote it in
NEW = "new"  # the choice of none of the candidates
Place = tuple[str, int]


@dataclass(frozen=True)
class Decision:
    """One decision about one row; `told` says who and when, as people read it."""

    sheet: str
    row_no: int
    action: str
    field: str
    value: Any
    told: Mapping[str, str]


@dataclass
class Adjustments:
    """All decisions about one file. `revision` is the number of changes by hand that they come from."""

    rows: dict[Place, Adjusted] = field(default_factory=dict)
    shared: dict[str, dict[str, Any]] = field(default_factory=dict)  # name key → choice for all rows of that name
    revision: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)  # by layout: what was said for all its rows
    reason: str = ""  # why rows of closed half-years are brought in all the same; empty: they are not

    def lay_over(self, source: SourceRow) -> None:
        """The row as it counts now: corrected cells in place of the file's, which are kept beside them."""
        adjusted = self.rows.get(place_of(source.sheet, source.row_no))
        if adjusted is None:
            return
        source.adjusted = adjusted
        for name, correction in adjusted.cells.items():
            correction["was"] = text_of(source.cells.get(name))
            source.cells[name] = correction["now"]
        asked = [question for question in source.asks if question.field in adjusted.cells]
        settled = [question for question in asked if question.key.startswith(WORDS)]
        source.asks = tuple(question for question in source.asks if question not in settled)
        for question in settled:
            choose(source, question.field, question.field)

    def chosen(self) -> set[int]:
        """The enterprises that names were matched to by hand; other answers are words."""
        choices = [*self.shared.values(), *(match for row in self.rows.values() for match in row.matches.values())]
        return {choice["to"] for choice in choices if isinstance(choice["to"], int)}


def place_of(sheet: str, row_no: int) -> Place:
    """A row as it is kept: sheets of a .zip may have names longer than that."""
    return sheet[:100], row_no


def gather(decisions: Iterable[Decision], revision: int = 0, reason: str = "") -> Adjustments:
    """Decisions in the order they were made: the last one of a cell, of a row, of a name counts."""
    adjustments = Adjustments(revision=revision, reason=reason)
    for made in decisions:
        row = adjustments.rows.setdefault((made.sheet, made.row_no), Adjusted())
        if made.action == AdjustmentAction.VALUE:
            row.cells[made.field] = {"now": made.value, **made.told}
        elif made.action == AdjustmentAction.LEAVE_OUT:
            row.left_out = dict(made.told)
        else:
            choice = {**made.value, **made.told, "sheet": made.sheet, "row_no": made.row_no}
            row.matches[made.field] = choice
            if made.value.get("all"):
                adjustments.shared[made.field] = choice
    return adjustments
