"""Entries with their light, many lists on one page from one calendar."""

from collections.abc import Iterable
from datetime import date

from ledger.calendar import WorkingCalendar
from ledger.lights import light_of
from ledger.models import ProblemEntry


def with_lights(entries: Iterable[ProblemEntry], today: date, calendar: WorkingCalendar) -> list[ProblemEntry]:
    """The same entries, each with its `light` (None where no deadline runs)."""
    lit = list(entries)
    for entry in lit:
        entry.light = light_of(entry, today, calendar)
    return lit
