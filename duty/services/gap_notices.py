"""空班 told once: to who receives for the unit that sent somebody, to the office where a headquarters has nobody."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from common.periods import local_date
from common.rows.database import one_at_a_time
from duty.models import DutyShift
from duty.selectors.gaps import empty_seats, has_shifts
from duty.services.swaps import ROSTER
from duty.services.telling import tell, week_page
from duty.weeks import WEEK, monday
from ledger.calendar import WorkingCalendar
from ledger.services.people.receiving import Office, receivers_of

AHEAD = 3  # working days looked at for headquarters that nobody sits at, today among them
NAMED = 3  # shifts a notice names before it says that there are more


@transaction.atomic
def tell_gaps(*, at: datetime, officer: User | None = None, by: User | None = None) -> int:
    """Tells of shifts, from today on, whose person will not come and of which nobody has been told; how many. One that
    is a gap no more can be told of anew."""
    one_at_a_time(ROSTER)
    rows = DutyShift.objects.filter(day__gte=local_date(at)).gap_changed()
    changed = rows.select_related("unit", "officer", "workstream").order_by("day", "half")
    if officer:
        changed = changed.filter(officer=officer)
    by_unit: dict[int, list[DutyShift]] = defaultdict(list)
    for row in changed:
        DutyShift.objects.filter(pk=row.pk).update(told_gap=row.gap)
        if row.gap:
            by_unit[row.unit_id].append(row)
    for shifts in by_unit.values():
        told = [f"{row.words} {row.officer}（{row.gap_words}）" for row in shifts]
        words = f"值班缺人 {len(shifts)} 班：{named(told)}，请另排"
        tell(receivers_of(shifts[0].unit), words, week_page(shifts[0].day), by=by, at=at)
    return sum(len(shifts) for shifts in by_unit.values())


@transaction.atomic
def tell_empty(*, at: datetime, calendar: WorkingCalendar) -> int:
    """Tells the office which headquarters have nobody on the next working days, and of a next week not arranged yet on
    the last working day of this one; a week nobody arranges anything in is left alone. How many were told of."""
    today = local_date(at)
    first = today if calendar.is_working(today) else calendar.add(today, 1)
    empty = empty_seats(first, calendar.add(first, AHEAD - 1), calendar)
    office = Office.now().of_office()
    if empty:
        told = [f"{one.words}" for one in empty]
        words = f"值班空缺 {len(empty)} 个半天没有人：{named(told)}"
        tell(office, words, week_page(empty[0].day), by=None, at=at)
    if is_last_of_week(today, calendar) and has_shifts(monday(today)) and not has_shifts(monday(today) + WEEK):
        tell(office, "下周的值班还没有排，请安排", week_page(today + WEEK), by=None, at=at)
    return len(empty)


def is_last_of_week(day: date, calendar: WorkingCalendar) -> bool:
    rest = [day + timedelta(days=n) for n in range(1, 7 - day.weekday())]
    return calendar.is_working(day) and not any(calendar.is_working(one) for one in rest)


def named(told: Sequence[str]) -> str:
    return f"{'、'.join(told[:NAMED])}{' 等' if len(told) > NAMED else ''}"
