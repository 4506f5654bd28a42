"""What can be wrong with a file, a cell or a plan; every message is ready for the person who sent the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """What a row does not say for sure: the cell it stands in, what it may mean, and what else can be chosen.

    Rows that ask the same have the same `key`, so that one answer may serve them all. An option's `pk` is what is kept
    of the choice: the id of an enterprise, or a word of the rule that asks.
    """

    field: str
    name: str
    key: str
    reason: str
    options: tuple[dict[str, Any], ...]
    otherwise: str = ""  # the words of choosing none of them; blank where that is impossible
    prompt: str = "是哪一家？"
    done: str = "就是这一家"
    alike: str = "同名的"  # the other rows that ask the same
    settled: str = ""  # the option that counts until somebody says otherwise: such a question holds nothing up


def option(value: str, words: str, note: str = "") -> dict[str, Any]:
    """A way to answer a question that is not about an enterprise."""
    return {"pk": value, "name": words, "note": note}


class UnreadableFileError(Exception):
    """The file cannot be read as a workbook at all; the message says why and what to do."""


class MappingNeededError(UnreadableFileError):
    """Headings must be explained before any row is read; `seen` is what an admin is shown for that."""

    def __init__(self, reason: str, seen: list[Any]) -> None:
        super().__init__(reason)
        self.seen = seen


class CellError(ValueError):
    """One cell does not say what its column needs; the message says what is wrong and what to write instead."""


class RowError(Exception):
    """A row that is right cell by cell and wrong as a whole; `name` is the field to mark."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


class UnsureError(Exception):
    """Names on a row may each mean one of several records, or none: a person must choose before it is written."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__("、".join(question.name for question in questions))
        self.questions = questions


class ImportRefusedError(Exception):
    """The step asked for is not possible now; the message says why and what to do."""


class PlanChangedError(ImportRefusedError):
    """The database has moved on since the preview: nothing was written, the new plan is to be looked at first."""


class StalePlanError(PlanChangedError):
    """Someone wrote between the planning and the write: nothing was written, and planning again may do."""
