"""The roster's work in the background: gaps told as they come, headquarters with nobody once a working day."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from duty.services.gap_notices import tell_empty, tell_gaps
from duty.services.swaps import lapse_overtaken
from jobs.registry import handles
from jobs.runner import JobContext
from ledger.calendar import working_calendar
from ledger.services.daily import once
from ledger.worktime import in_working_hours

EMPTY = "duty.empty"


@handles(EMPTY, "核对值班空缺")
def run_empty(context: JobContext) -> dict[str, Any]:
    now, calendar = timezone.now(), working_calendar()
    if not in_working_hours(now, calendar):
        return {"skipped": "不在工作时间，由下一个工作日的任务处理"}
    context.progress(0, 1, "正在核对值班空缺")
    return {"empty": tell_empty(at=now, calendar=calendar)}


@shared_task(name="duty.request_gaps", ignore_result=True)
def request_gaps(**kwargs: Any) -> list[str]:
    """Tells, in working time, of people who left, moved or are away, whichever way that came about; ends swaps that
    nobody answered in time; and asks for the day's look at headquarters with nobody. Beat calls it every minute."""
    now = timezone.now()
    if not in_working_hours(now, working_calendar()):
        return []
    lapse_overtaken(at=now)
    tell_gaps(at=now)
    return once(EMPTY, now)
