"""What can be wrong with a file, a cell or a plan; every message is ready for the person who sent the file."""

from typing import Any


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


class ImportRefusedError(Exception):
    """The step asked for is not possible now; the message says why and what to do."""


class PlanChangedError(ImportRefusedError):
    """The database has moved on since the preview: nothing was written, the new plan is to be looked at first."""
