"""红黄绿灯: how an entry stands with its deadline, in working days. Pure.

Source of the rule: docs/domain.md, “问题台账”. A light depends only on the entry's own columns and on two days, today
and the last one that is still yellow, so that lists filter and count by it in the query (`light_q`)
and show the very same colour (`light_of`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.db.models import Case, DateField, F, Q, TextChoices, Value, When
from django.db.models.functions import Coalesce

from ledger.states import EntryState

YELLOW_DAYS = 3


class Colour(TextChoices):
    """In the order of how much they press."""

    RED = "red", "红灯：已逾期"
    YELLOW = "yellow", "黄灯：临期或被督促"
    GREEN = "green", "绿灯：期限内"
    PAUSED = "paused", "暂停：等待企业"


class WorkingDays(Protocol):
    """What a light asks of the calendar."""

    def add(self, start: date, working_days: int) -> date: ...

    def between(self, start: date, end: date) -> int: ...


class Timed(Protocol):
    """What a light is read from."""

    state: str
    deadline: date | None
    paused_on: date | None
    yellow_reason: str


@dataclass(frozen=True)
class Light:
    """A colour never stands alone: the icon and the words say the same."""

    colour: str
    icon: str
    words: str


def last_yellow_day(today: date, calendar: WorkingDays) -> date:
    """The last deadline with no more than three working days left: days off behind the third one belong to it."""
    return calendar.add(today, YELLOW_DAYS + 1) - timedelta(days=1)


def running_q() -> Q:
    """The deadline is set and its clock runs."""
    return Q(state__in=EntryState.WORKING, deadline__isnull=False, paused_on__isnull=True)


def red_q(today: date) -> Q:
    return running_q() & Q(deadline__lt=today)


def light_q(colour: str, today: date, yellow_until: date) -> Q:
    """The entries of one colour; every entry whose deadline is set and not yet done with is of exactly one."""
    ahead = running_q() & Q(deadline__gte=today)
    return {
        Colour.RED: red_q(today),
        Colour.YELLOW: ahead & (Q(deadline__lte=yellow_until) | ~Q(yellow_reason="")),
        Colour.GREEN: ahead & Q(deadline__gt=yellow_until, yellow_reason=""),
        Colour.PAUSED: Q(state__in=EntryState.WORKING, deadline__isnull=False, paused_on__isnull=False),
    }[Colour(colour)]


def day(field: str | date) -> Any:
    return F(field) if isinstance(field, str) else Value(field, output_field=DateField())


# What lists sort by: the deadline, none last; and how much an entry presses, which is its deadline while that runs,
# then those that wait for the enterprise, then those without a light. Both ask nothing of today, so that an index
# holds them (`ProblemEntry.Meta`): red comes before yellow before green because their deadlines do, and what a leader
# has pressed stands by its deadline.
RUNNING_STATES = sorted(str(state) for state in EntryState.WORKING)
BY_DEADLINE = Coalesce(day("deadline"), day(date.max))
PRESSING = Case(
    When(deadline__isnull=False, paused_on__isnull=True, state__in=RUNNING_STATES, then=day("deadline")),
    When(deadline__isnull=False, state__in=RUNNING_STATES, then=day(date.max - timedelta(days=1))),
    default=day(date.max),
    output_field=DateField(),
)


def light_of(entry: Timed, today: date, calendar: WorkingDays) -> Light | None:
    """The light of an entry; none once it is done, or before it has a deadline."""
    deadline = entry.deadline
    if deadline is None or entry.state not in EntryState.WORKING:
        return None
    if entry.paused_on:
        return Light("paused", "player-pause", f"等待企业 {calendar.between(entry.paused_on, today)} 个工作日")
    days = calendar.between(today, deadline)
    if deadline < today:
        return Light("red", "alert-octagon", f"逾期 {-days} 个工作日" if days else "已逾期")
    words = "今天到期" if deadline == today else f"剩 {days} 个工作日" if days else "不足 1 个工作日"
    if days <= YELLOW_DAYS:
        return Light("yellow", "clock-exclamation", words)
    if entry.yellow_reason:
        return Light("yellow", "hand-finger", f"{words} · 被督促")
    return Light("green", "clock-check", words)


def with_lights(entries: Iterable[Any], today: date, calendar: WorkingDays) -> list[Any]:
    """The same entries, each with its `light` (None where no deadline runs): many lists on one page, one calendar."""
    lit = list(entries)
    for entry in lit:
        entry.light = light_of(entry, today, calendar)
    return lit
