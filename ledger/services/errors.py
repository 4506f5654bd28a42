from collections.abc import Mapping
from typing import Any

from common.audit import last_editor
from common.forms.conflicts import SOMEBODY


class LedgerError(Exception):
    """Something the person can put right; the message says what and how, in Chinese."""


class MoveRefusedError(LedgerError):
    """The move is not open to this person now."""


class MoveConflictError(LedgerError):
    """Somebody moved the entry first; the message names them and what they did, `event` is it."""

    def __init__(self, message: str, event: Any = None) -> None:
        super().__init__(message)
        self.event = event


class ClockBehindError(LedgerError):
    """This machine's clock stands before what has been done already; the message says by how much."""


class EditConflictError(LedgerError):
    """Someone else changed the text first; `theirs` is the row as it now stands."""

    def __init__(self, message: str, theirs: Any) -> None:
        super().__init__(message)
        self.theirs = theirs


class MissingNeedError(LedgerError):
    """The move lacks something; `field` is the first form field to mark, `every` names all with their words."""

    def __init__(self, field: str, message: str, every: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.every = dict(every or {field: message})


class FieldsRefusedError(LedgerError):
    """What was typed cannot be so; `faults` says for each form field what is wrong with it."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = faults


class ChangedMeanwhileError(LedgerError):
    """Somebody changed the record since the person looked at it; the message says what it is now."""


def refuse_unseen(stored: Any, version: int | None) -> None:
    """Deleting counts for what the person has seen, not for what somebody has made of it since.

    Raises:
        ChangedMeanwhileError: the stored version is another one.
    """
    if stored.version != version:
        who = last_editor(stored) or SOMEBODY
        raise ChangedMeanwhileError(f"没有删除：{who}刚改过，现在是“{stored}”，请核对后再删")
