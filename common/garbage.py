"""When Python looks for cycles that nothing refers to any more."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OFTEN = 50_000  # objects made and not yet gone between two looks


@contextmanager
def collected_rarely() -> Iterator[None]:
    """For work that makes millions of objects and hardly a cycle: looking for them would take a fifth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(OFTEN, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
