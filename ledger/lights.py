"""红黄绿灯: how an entry stands with its deadline, in working days. Pure.

Source of the rule: docs/domain.md, “The ledger's life”, Light.
"""

from dataclasses import dataclass
from datetime import date

from ledger.calendar import WorkingCalendar
from ledger.states import EntryState

YELLOW_DAYS = 3


@dataclass(frozen=True)
class Light:
    """A colour never stands alone: the icon and the words say the same."""

    colour: str
    icon: str
    words: str


def light_of(state: str, deadline: date | None, today: date, calendar: WorkingCalendar) -> Light | None:
    """The light of an entry whose deadline is running; none once it is done, or before it has a deadline."""
    if deadline is None or state not in EntryState.WORKING:
        return None
    days = calendar.between(today, deadline)
    if deadline < today:
        return Light("red", "alert-octagon", f"逾期 {-days} 个工作日" if days else "已逾期")
    words = "今天到期" if deadline == today else f"剩 {days} 个工作日" if days else "不足 1 个工作日"
    if days <= YELLOW_DAYS:
        return Light("yellow", "clock-exclamation", words)
    return Light("green", "clock-check", words)
