"""What work that can run as a job calls of its caller, and what a caller without a job gives it."""


def no_guard() -> None:
    """Nobody else can be writing on behalf of the same job."""


def silent(step: int, words: str) -> None:
    """Nobody waits for it."""
