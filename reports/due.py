"""Deadlines in words: how many working days an open entry has left, and its light."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.calendar import WorkingCalendar
from ledger.models import ProblemEntry
from ledger.states import EntryState

YELLOW_DAYS = 3  # docs/domain.md: yellow with 3 working days or fewer left


@dataclass(frozen=True)
class DueEntry:
    """An entry with its light on a day. `days` are working days left, negative when overdue, None without deadline."""

    entry: ProblemEntry
    days: int | None

    @property
    def colour(self) -> str:
        if self.days is None:
            return ""
        return "red" if self.days < 0 else "yellow" if self.days <= YELLOW_DAYS else "green"

    @property
    def icon(self) -> str:
        return {"red": "alert-circle", "yellow": "clock-exclamation", "green": "clock"}.get(
            self.colour, "clock-question"
        )

    @property
    def words(self) -> str:
        if self.days is None:
            return "未定期限"
        if self.days < 0:
            return f"逾期 {-self.days} 个工作日"
        return f"剩 {self.days} 个工作日" if self.days else "今天到期"


def working_days_left(deadline: date, today: date, calendar: WorkingCalendar) -> int:
    """Overdue from the day after the deadline on, be it a holiday: such an entry is at least one day late."""
    days = calendar.between(today, deadline)
    return min(days, -1) if deadline < today else days


def with_light(entries: Iterable[ProblemEntry], today: date, calendar: WorkingCalendar) -> list[DueEntry]:
    """Each entry with its light; only those whose deadline still runs have one."""
    return [
        DueEntry(
            entry,
            working_days_left(entry.deadline, today, calendar)
            if entry.deadline and entry.state in EntryState.WORKING
            else None,
        )
        for entry in entries
    ]
