"""Changing the working calendar: announcing a year, putting single days right. Every change is a version, and the
deadlines counted by rule follow in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from ledger.calendar import SATURDAY, WorkingCalendar, working_calendar
from ledger.deadlines import Terms, rule_book
from ledger.models import CalendarDay, CalendarVersion, CalendarYear
from ledger.services.deadlines.recount_jobs import follow
from ledger.services.deadlines.recounts import Outlook, outlook, recount
from ledger.services.errors import LedgerError


class CalendarConflictError(LedgerError):
    """Somebody else changed the calendar since it was looked at."""


@dataclass(frozen=True)
class DayPlan:
    """What a day is to be: at work or off, and why."""

    is_working: bool
    name: str = ""


@dataclass(frozen=True)
class Notice:
    """The notice a year is announced by."""

    year: int
    number: str
    issued_on: date | None
    link: str = ""


@dataclass(frozen=True)
class CalendarChange:
    """Days to set (None: as its weekday says again), by what source; with `notice`, the year it announces."""

    title: str
    source: str
    days: Mapping[date, DayPlan | None] = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True)
class Preview:
    """What a change would do: to the days, to the deadlines."""

    changes: list[tuple[date, str, str]]
    outlook: Outlook
    version: int  # of the calendar looked at


def day_words(day: date, plan: DayPlan | None) -> str:
    """“放假 春节”, “上班 春节调休”, or what the weekday says."""
    if plan is None:
        return "周末" if day.weekday() >= SATURDAY else "工作日"
    return f"{'上班' if plan.is_working else '放假'} {plan.name}".strip()


def announced(year: int) -> bool:
    return CalendarYear.objects.filter(year=year).exists()


def whole_year(days: Mapping[date, DayPlan], year: int) -> dict[date, DayPlan | None]:
    """The year's own days as the notice has them: what the table holds besides is dropped."""
    old = CalendarDay.objects.filter(day__year=year).values_list("day", flat=True)
    return {**dict.fromkeys(old), **days}


def effective(change: CalendarChange, now: Mapping[date, DayPlan]) -> dict[date, DayPlan | None]:
    """The days that really become something else; a plan that says what the weekday says is no plan."""
    wanted = {
        day: plan if plan and plan.is_working == (day.weekday() >= SATURDAY) else None
        for day, plan in change.days.items()
    }
    return {day: plan for day, plan in wanted.items() if plan != now.get(day)}


def current_days() -> dict[date, DayPlan]:
    rows = CalendarDay.objects.values_list("day", "is_working", "name")
    return {day: DayPlan(is_working, name) for day, is_working, name in rows}


def after(change: CalendarChange, changed: Mapping[date, DayPlan | None], calendar: WorkingCalendar) -> WorkingCalendar:
    """The calendar with the change made."""
    exceptions = dict(calendar.exceptions)
    for day, plan in changed.items():
        if plan is None:
            exceptions.pop(day, None)
        else:
            exceptions[day] = plan.is_working
    last = max(calendar.last_announced_year, change.notice.year if change.notice else 0)
    return WorkingCalendar(exceptions, last, calendar.version + 1)


def preview(change: CalendarChange, today: date) -> Preview:
    """What the change would do; writes nothing.

    Raises:
        LedgerError: it changes nothing.
    """
    calendar, now = working_calendar(), current_days()
    changed = effective(change, now)
    refuse_nothing(change, changed)
    told = [(day, day_words(day, now.get(day)), day_words(day, plan)) for day, plan in sorted(changed.items())]
    return Preview(told, outlook(Terms(after(change, changed, calendar), rule_book()), today), calendar.version)


def refuse_nothing(change: CalendarChange, changed: Mapping[date, DayPlan | None]) -> None:
    if not changed and not (change.notice and not announced(change.notice.year)):
        raise LedgerError("与现在的日历相同，没有要改的")


@transaction.atomic
def change_calendar(*, change: CalendarChange, seen: int, actor: User, at: datetime) -> CalendarVersion:
    """Makes the change that was looked at on version `seen`, and recounts the deadlines with it.

    Raises:
        CalendarConflictError: the calendar has another version by now.
        LedgerError: it changes nothing.
    """
    now = current_days()
    version = next_version(change, seen, actor, at)
    changed = effective(change, now)
    refuse_nothing(change, changed)
    version.changes = [
        [day.isoformat(), day_words(day, now.get(day)), day_words(day, plan)] for day, plan in sorted(changed.items())
    ]
    version.save(update_fields=["changes"])
    write_days(changed, change.source)
    if change.notice:
        CalendarYear.objects.update_or_create(
            year=change.notice.year,
            defaults={
                "notice": change.notice.number,
                "issued_on": change.notice.issued_on,
                "link": change.notice.link,
            },
        )
    follow(Terms(working_calendar(), rule_book()), at, actor, version)
    return version


def next_version(change: CalendarChange, seen: int, actor: User, at: datetime) -> CalendarVersion:
    """The number after the one looked at; only one change can have it."""
    latest = CalendarVersion.objects.order_by("-number").first()
    try:
        if latest and latest.number != seen:
            raise IntegrityError
        with transaction.atomic():
            return CalendarVersion.objects.create(
                number=seen + 1, title=change.title, source=change.source, made_at=at, made_by=actor
            )
    except IntegrityError as error:
        latest = CalendarVersion.objects.order_by("-number").first()
        who = latest.made_by.name if latest and latest.made_by else "别人"
        raise CalendarConflictError(f"日历刚由{who}改过，请重新核对后再确认") from error


def write_days(changed: Mapping[date, DayPlan | None], source: str) -> None:
    for day, plan in changed.items():
        if plan is None:
            CalendarDay.objects.filter(day=day).delete()
        else:
            values = {"is_working": plan.is_working, "name": plan.name, "source": source}
            CalendarDay.objects.update_or_create(day=day, defaults=values)


@transaction.atomic
def recount_behind(at: datetime) -> int:
    """Recounts what was assigned by an older calendar while a newer one was being written; returns how many moved."""
    calendar, rules = working_calendar(), rule_book()
    version = CalendarVersion.objects.filter(number=calendar.version).first()
    return recount(Terms(calendar, rules), at, None, version) if version else 0
