"""Which function does a kind of job. Apps register in their `tasks.py`, which Celery and Django both load."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.runner import JobContext

Handler = Callable[["JobContext"], dict[str, Any]]
HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


class JobRefusedError(Exception):
    """The work cannot succeed however often it is tried; the message is for the person who asked."""
