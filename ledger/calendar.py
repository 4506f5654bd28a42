"""Chinese statutory working days, 调休 make-up days included (docs/domain.md, “Deadlines”).

Dates past the last announced year know weekends only and are provisional.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from django.db.models import Subquery

from ledger.models import CalendarDay, CalendarVersion, CalendarYear

SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """Answers working-day questions; built from the table once and passed about. `version` is what deadlines keep."""

    exceptions: Mapping[date, bool]
    last_announced_year: int
    version: int = 0

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def is_provisional(self, day: date) -> bool:
        """Past the last year the State Council has announced."""
        return day.year > self.last_announced_year

    def add(self, start: date, working_days: int) -> date:
        """The date so many working days after `start`, at most the last there is; the start day is not counted."""
        day = start
        while working_days > 0 and day < date.max:
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
        return self._until(end) - self._until(start)

    @cached_property
    def _shifts(self) -> tuple[list[date], list[int]]:
        """The days that are not what their weekday says, and how many working days all up to each add or take."""
        days = sorted(day for day, is_working in self.exceptions.items() if is_working != (day.weekday() < SATURDAY))
        return days, list(accumulate((1 if self.exceptions[day] else -1 for day in days), initial=0))

    def _until(self, day: date) -> int:
        """Working days from the first Monday there is up to and including a day: an export asks for two a row."""
        weeks, weekday = divmod(day.toordinal() - 1, 7)
        days, sums = self._shifts
        return weeks * SATURDAY + min(weekday + 1, SATURDAY) + sums[bisect_right(days, day)]


def working_calendar() -> WorkingCalendar:
    """The calendar as its tables have it now, in one statement."""
    announced = CalendarYear.objects.order_by("-year").values("year")[:1]
    version = CalendarVersion.objects.order_by("-number").values("number")[:1]
    days = CalendarDay.objects.annotate(announced=Subquery(announced), version=Subquery(version))
    rows = list(days.order_by().values_list("day", "is_working", "announced", "version"))
    last, number = rows[0][2:] if rows else (None, None)
    return WorkingCalendar({day: is_working for day, is_working, *_ in rows}, last or 0, number or 0)
