from collections.abc import Mapping, Sequence
from typing import Any


class RegisterError(Exception):
    """Something the person can put right; the message says what and how, `field` where."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RegisterPeriodClosedError(RegisterError):
    """Figures of a closed period count it: only with a reason."""


class SimilarNamesError(RegisterError):
    """The register has records so close that this may be one of them; `why` tells of some, by their keys."""

    def __init__(self, candidates: Sequence[Any], why: Mapping[int, str] | None = None) -> None:
        super().__init__("名录里有名称相近的记录，请先核对；确认不是同一家，再勾选“仍要新建”", "confirmed")
        self.candidates = candidates
        self.why = why or {}
