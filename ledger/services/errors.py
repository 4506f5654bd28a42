class LedgerError(Exception):
    """Something the person can put right; the message says what and how, in Chinese."""


class MoveRefusedError(LedgerError):
    """The move is not open to this person now."""


class MoveConflictError(LedgerError):
    """Someone else moved the entry first; the message names them and what they did."""


class MissingNeedError(LedgerError):
    """The move lacks something; `field` is the form field to mark."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
