"""The recount as a job: after a change of the calendar or the rules, for what was assigned while it was made."""

from typing import Any

from django.utils import timezone

from jobs.registry import handles
from jobs.runner import JobContext
from ledger.services.calendars import RECOUNT, recount_behind


@handles(RECOUNT)
def run_recount(context: JobContext) -> dict[str, Any]:
    context.progress(0, 1, "正在核对办理期限")
    return {"moved": recount_behind(timezone.now())}
