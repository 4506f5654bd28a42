"""上周的排班照搬到这一周: what can be is seated, what cannot is told with its reason before anything is written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.periods import local_date
from common.rows.database import one_at_a_time, share_rows
from duty.models import DutyLeave, DutyShift, day_words, hq_words
from duty.services.arranging import arrangeable
from duty.services.swaps import ROSTER
from duty.services.telling import tell_week
from duty.weeks import WEEK, sunday
from ledger.calendar import WorkingCalendar


@dataclass(frozen=True)
class CopyLine:
    """One shift of the week before, and why it is not copied; `is_there` already, `why_not` in words, else it is."""

    shift: DutyShift
    day: date
    why_not: str = ""
    is_there: bool = False

    @property
    def is_copied(self) -> bool:
        return not self.why_not and not self.is_there

    @property
    def words(self) -> str:
        half = self.shift.get_half_display()
        return f"{day_words(self.day)}{half} {hq_words(self.shift.workstream)} {self.shift.officer}"


def copy_plan(user: User, week: date, today: date, calendar: WorkingCalendar) -> list[CopyLine]:
    """What copying the week before into this one would do, of the people this person arranges."""
    before = week - WEEK
    rows = DutyShift.objects.visible_to(user).arranged_by(user).of_days(before, sunday(before)).for_list()
    at_work = set(arrangeable(user).exclude(unit=None).values_list("pk", flat=True))
    taken = {
        (row.officer_id, row.day, row.half): row.workstream_id
        for row in DutyShift.objects.of_days(week, sunday(week)).filter(officer__in=[row.officer_id for row in rows])
    }
    leaves = list(DutyLeave.objects.filter(starts_on__lte=sunday(week), ends_on__gte=week))
    return [line_of(row, today, calendar, at_work, taken, leaves) for row in rows]


def line_of(
    row: DutyShift,
    today: date,
    calendar: WorkingCalendar,
    at_work: set[int],
    taken: dict[tuple[int, date, str], int],
    leaves: list[DutyLeave],
) -> CopyLine:
    day = row.day + WEEK
    there = taken.get((row.officer_id, day, row.half))
    if there == row.workstream_id:
        return CopyLine(row, day, is_there=True)
    if day < today:
        return CopyLine(row, day, "这一天已经过去")
    if not calendar.is_working(day):
        return CopyLine(row, day, "这一天放假")
    if row.officer_id not in at_work:
        return CopyLine(row, day, "这个人已停用或不在您的范围内")
    if any(one.officer_id == row.officer_id and one.starts_on <= day <= one.ends_on for one in leaves):
        return CopyLine(row, day, "这个人请假")
    return CopyLine(row, day, "这个人这半天已另有安排" if there else "")


@transaction.atomic
def copy_week(*, actor: User, week: date, at: datetime, calendar: WorkingCalendar) -> list[CopyLine]:
    """Copies; what is there already stays, so that doing it twice is doing it once."""
    one_at_a_time(ROSTER)
    officers = DutyShift.objects.visible_to(actor).arranged_by(actor).of_days(week - WEEK, sunday(week - WEEK))
    share_rows(User, sorted(set(officers.values_list("officer", flat=True))))
    lines = copy_plan(actor, week, local_date(at), calendar)
    copied = [line for line in lines if line.is_copied]
    for line in copied:
        officer: Any = line.shift.officer  # of a unit: the plan has seen to it
        DutyShift.objects.create(
            workstream=line.shift.workstream, day=line.day, half=line.shift.half, officer=officer,
            unit_id=officer.unit_id, made_by=actor, made_at=at,
        )  # fmt: skip
    for person in {line.shift.officer_id: line.shift.officer for line in copied}.values():
        tell_week(person, week, by=actor, at=at)
    return lines
