"""Asking for tallies."""

from datetime import date
from typing import Any

from common.periods import Period
from jobs.models import Job, JobState
from jobs.services import enqueue
from ledger.models import ClosedPeriod
from reports.models import Tally
from reports.watch import marker

KIND = "reports.tally"


def request_tally(period: Period, owner: Any = None) -> Job:
    """A job that counts the period anew; while one waits or runs, it is joined."""
    return enqueue(kind=KIND, params={"period": period.code}, key=f"tally:{period.code}", owner=owner)


def request_tallies(*, today: date) -> list[str]:
    """Asks for the current half-year and every open one with stored figures, if records changed since their last."""
    known = set(Tally.objects.order_by().values_list("period", flat=True).distinct())
    closed = set(ClosedPeriod.objects.values_list("code", flat=True))
    now = marker(today)
    asked = []
    for code in sorted((known | {Period.half_of(today).code}) - closed):
        last = Job.objects.filter(kind=KIND, state=JobState.DONE, params__period=code).order_by("-id").first()
        if last is None or last.result.get("marker") != now:
            request_tally(Period.parse(code))
            asked.append(code)
    return asked
