"""What a person is told when a briefing can't be written or issued."""


class BriefingError(Exception):
    """What a person is told when a briefing can't be written or issued; `field` names what it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
