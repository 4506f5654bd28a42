"""Closed half-years, asked from below: apps under the ledger refuse a write there without importing it.

The ledger keeps which periods are closed and registers its check here when it loads (`ledger.apps`).
"""

from collections.abc import Callable
from datetime import date

Guard = Callable[..., None]
GUARDS: list[Guard] = []


class PeriodClosed(Exception):  # noqa: N818 -- a state of the books; each app names its own error after it
    """A business date lies in a closed period; the message names the period, in Chinese."""


def register_guard(guard: Guard) -> None:
    """Adds a check `guard(*days)` that raises PeriodClosed."""
    if guard not in GUARDS:
        GUARDS.append(guard)


def ensure_open(*days: date | None) -> None:
    """Refuses a write whose business date lies in a closed period.

    Raises:
        PeriodClosed: with words for the person.
    """
    for guard in GUARDS:
        guard(*days)
