"""Which function does a kind of job, and what people call it.

Apps register in their `tasks.py`, which Celery and Django both load.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[Any], dict[str, Any]]  # takes a `jobs.runner.JobContext`
About = Callable[[Sequence[Mapping[str, Any]]], list[str]]  # the parameters of several jobs → what each is about
HANDLERS: dict[str, Handler] = {}
NAMES: dict[str, str] = {}
FILES: set[str] = set()  # kinds whose result is a file for whoever asked
ABOUT: dict[str, About] = {}
NEEDED: dict[str, str] = {}  # kinds that follow from something already done, and why they cannot be left


def handles(
    kind: str,
    name: str = "后台任务",
    *,
    makes_file: bool = False,
    needed: str = "",
    about: About | None = None,
) -> Callable[[Handler], Handler]:
    """`needed`: why nobody may cancel it, in words for whoever would; it is asked for again until it is done.

    `makes_file`: its parameters hold `what` the file is, its result the `file` in the folder of exports, `bytes`
    and `rows`, and the `name` to save it under where that is not `what`.xlsx.

    `about`: the file, period or cause that its parameters name, in words, for the list of jobs."""

    def register(handler: Handler) -> Handler:
        if makes_file:
            FILES.add(kind)
        HANDLERS[kind] = handler
        NAMES[kind] = name
        if about:
            ABOUT[kind] = about
        if needed:
            NEEDED[kind] = needed
        return handler

    return register


class JobRefusedError(Exception):
    """The work cannot succeed however often it is tried; the message is for the person who asked."""
