"""Chinese statutory working days, 调休 make-up days included (docs/domain.md, “Deadlines”).

Dates past the last announced year know weekends only and are provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.models import CalendarDay

SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """Answers working-day questions; built from the table once and passed about."""

    exceptions: Mapping[date, bool]
    last_announced_year: int

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def is_provisional(self, day: date) -> bool:
        """Past the last year the State Council has announced."""
        return day.year > self.last_announced_year

    def add(self, start: date, working_days: int) -> date:
        """The date so many working days after `start`; the start day itself is not counted."""
        day = start
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def before(self, end: date, working_days: int) -> date:
        """The last date that lies at least so many working days before `end`."""
        day = end
        while working_days > 0:
            working_days -= self.is_working(day)
            day -= timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)


def working_calendar() -> WorkingCalendar:
    """The calendar as the table has it now."""
    exceptions = dict(CalendarDay.objects.values_list("day", "is_working"))
    last = max((day.year for day in exceptions), default=0)
    return WorkingCalendar(exceptions, last)
