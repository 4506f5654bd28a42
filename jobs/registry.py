"""Which function does a kind of job, and what people call it.

Apps register in their `tasks.py`, which Celery and Django both load.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.runner import JobContext

Handler = Callable[["JobContext"], dict[str, Any]]
HANDLERS: dict[str, Handler] = {}
NAMES: dict[str, str] = {}


def handles(kind: str, name: str = "后台任务") -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        NAMES[kind] = name
        return handler

    return register


class JobRefusedError(Exception):
    """The work cannot succeed however often it is tried; the message is for the person who asked."""
