"""The hours in which people are reminded: working days by the calendar, never at night (docs/domain.md). Pure."""

from datetime import datetime, time

from common.periods import SHANGHAI
from ledger.calendar import WorkingCalendar

WORK_FROM, WORK_UNTIL = time(8), time(18)
DIGEST_AT = time(8, 30)


def in_working_hours(at: datetime, calendar: WorkingCalendar, since: time = WORK_FROM) -> bool:
    """Whether someone may be reminded at this moment; `since` is the hour from which."""
    local = at.astimezone(SHANGHAI)
    return since <= local.time() < WORK_UNTIL and calendar.is_working(local.date())


def next_working_moment(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment itself, or the next morning on which someone may be reminded."""
    if in_working_hours(at, calendar):
        return at
    local = at.astimezone(SHANGHAI)
    day = local.date()
    if local.time() >= WORK_UNTIL or not calendar.is_working(day):
        day = calendar.add(day, 1)
    return datetime.combine(day, WORK_FROM, SHANGHAI)
