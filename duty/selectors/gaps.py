"""Where nobody will sit: headquarters without anyone, and people down for a shift who will not come."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.leaving import Counts
from accounts.models import User
from duty.models import DutyShift, Half, day_words, hq_words
from duty.querysets import RosterQuerySet
from duty.weeks import monday, sunday
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar


@dataclass(frozen=True)
class EmptySeat:
    """A headquarters and half-day of a working day for which nobody will come."""

    hq: Workstream
    day: date
    half: Half

    @property
    def words(self) -> str:
        return f"{day_words(self.day)}{self.half.label} {hq_words(self.hq)}"


def personal_gaps(user: User, today: date) -> RosterQuerySet:
    """From today on, those this person arranges whose people will not come."""
    rows = DutyShift.objects.visible_to(user).arranged_by(user).filter(day__gte=today)
    return rows.not_coming()


def has_shifts(week: date) -> bool:
    return DutyShift.objects.of_days(week, sunday(week)).exists()


def manned(first: date, last: date) -> set[tuple[int, date, str]]:
    """Where somebody will come, from whatever unit: of whom is not told, only that a headquarters is not empty."""
    rows = DutyShift.objects.of_days(first, last).coming()
    return set(rows.order_by().values_list("workstream", "day", "half").distinct())


def planned_weeks(first: date, last: date) -> set[date]:
    """The weeks that have any shift: nothing is missing in one that nobody has begun."""
    days = DutyShift.objects.of_days(monday(first), sunday(monday(last))).order_by().values_list("day", flat=True)
    return {monday(day) for day in days.distinct()}


def empty_seats(first: date, last: date, calendar: WorkingCalendar) -> list[EmptySeat]:
    planned, there = planned_weeks(first, last), manned(first, last)
    if not planned:
        return []
    days, matters = [first + timedelta(days=n) for n in range((last - first).days + 1)], list(Workstream.objects.all())
    asked = [day for day in days if calendar.is_working(day) and monday(day) in planned]
    seats = [EmptySeat(hq, day, half) for day in asked for half in Half for hq in matters]
    return [seat for seat in seats if (seat.hq.pk, seat.day, str(seat.half)) not in there]


def shifts_ahead(person: User, today: date) -> Counts:
    """For the page on which an account is closed or moved."""
    count = DutyShift.objects.filter(officer=person, day__gte=today).count()
    return {"以后的值班": f"{count} 班，成为空班并告知联络员另排"} if count else {}
