"""Freezing 每周通报 on Mondays: written once, as of Sunday, also when the clock stood still for weeks."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from common.periods import local_date
from jobs.models import Job
from jobs.services import enqueue
from ledger.models import RobotEvent
from ledger.services.messages.robots import News, announce
from reports.days.populations import Population
from reports.models import WeeklyLine, WeeklyTable
from reports.weekly.lines import NUMBERS, WEEK, WeekLine, monday_of, ranked, week_lines

WEEKLY = "reports.weekly"
MOST = 8  # weeks that are made up for
NAME_LENGTH = 100  # of the column; a name may be as long already, and 本级 comes after it


def missing_weeks(today: date) -> list[date]:
    """The Mondays of the weeks that are over and not frozen: those after the newest frozen one, else the last one."""
    last = monday_of(today) - WEEK
    newest = WeeklyTable.objects.order_by("-monday").values_list("monday", flat=True).first()
    first = last if newest is None else max(newest + WEEK, last - (MOST - 1) * WEEK)
    return [first + n * WEEK for n in range((last - first).days // 7 + 1)]


def request_weekly(*, today: date) -> str:
    """Asks for the freezing of what is over, once a week; gives back the key of the job it asked for."""
    weeks = missing_weeks(today)
    key = f"{WEEKLY}:{monday_of(today)}"
    if not weeks or Job.objects.filter(key=key).exists():
        return ""
    enqueue(kind=WEEKLY, key=key, once=True)
    return key


def freeze_weeks(*, at: datetime, guard: Callable[[], None]) -> list[str]:
    """Freezes every week that is over; which ones were."""
    return [str(monday) for monday in missing_weeks(local_date(at)) if freeze(monday, at, guard)]


def freeze(monday: date, at: datetime, guard: Callable[[], None]) -> bool:
    """Writes one week down; False when it stands already. What was written is told to the groups."""
    lines, target = week_lines(monday, sunday(monday))
    try:
        with transaction.atomic():
            guard()
            table = WeeklyTable.objects.create(monday=monday, target=target, population=Population.YEAR, frozen_at=at)
            WeeklyLine.objects.bulk_create(
                WeeklyLine(
                    table=table,
                    unit_id=line.unit,
                    name=line.name[:NAME_LENGTH],
                    **{number: getattr(line, number) for number in NUMBERS},
                )
                for line in lines
                if line.unit is not None
            )
            tell_groups(monday, ranked(lines), at)
    except IntegrityError:
        return False
    return True


def tell_groups(monday: date, lines: Iterable[WeekLine], at: datetime) -> None:
    news = [
        News(
            line.unit,
            f"· {line.name} 化解率 {line.resolution_text}，办结率 {line.completion_text}，逾期 {line.overdue} 件",
        )
        for line in lines
        if line.unit is not None
    ]
    last = sunday(monday)
    span = f"{monday.month}月{monday.day}日至{last.month}月{last.day}日"
    announce(RobotEvent.WEEKLY, f"{span}通报已定稿，{{n}} 个单位", news, at)


def sunday(monday: date) -> date:
    return monday + WEEK - timedelta(days=1)
