"""The tally as a job: asked for by a person or by the clock, run by whichever worker claims it."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from common.periods import Period, UnknownPeriodError, local_date
from jobs.registry import JobRefusedError, handles
from jobs.runner import JobContext
from reports.services import request_tallies
from reports.standings import compute_standings, store_standings
from reports.tallies import compute, store
from reports.watch import marker


@handles("reports.tally")
def run_tally(context: JobContext) -> dict[str, Any]:
    """Counts a period and replaces its figures; what changes meanwhile is seen next time, by the marker taken first."""
    now = timezone.now()
    try:
        period = Period.parse(context.params["period"])
    except UnknownPeriodError as error:
        raise JobRefusedError(str(error)) from error
    seen = marker(local_date(now))
    year = period.start.year
    context.progress(0, 3, f"正在统计 {period.label}")
    cells = compute(period, local_date(now))
    context.progress(1, 3, f"正在统计 {year}年台账各日状况")
    stands = compute_standings(year, local_date(now))
    context.progress(2, 3, "正在保存")
    stored = store(period, cells, now, guard=context.assert_lease)
    store_standings(year, stands, now, guard=context.assert_lease)
    return {"period": period.code, "cells": len(cells), "stored": stored, "marker": seen}


@shared_task(name="reports.tally_open_period", ignore_result=True)
def tally_open_period(**kwargs: Any) -> list[str]:
    """Asks for fresh tallies where records changed since the last; beat calls it every minute."""
    return request_tallies(today=local_date(timezone.now()))
