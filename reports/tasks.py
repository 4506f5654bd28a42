"""The tally as a job: asked for by a person or by the clock, run by whichever worker claims it."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from common.periods import UnknownPeriodError, read_period
from jobs.registry import JobRefusedError, handles
from jobs.runner import JobContext
from reports.counting import recount
from reports.services import forget_tallies, request_tallies


@handles("reports.tally")
def run_tally(context: JobContext) -> dict[str, Any]:
    """Counts a period and replaces its figures."""
    try:
        period = read_period(context.params["period"])
    except UnknownPeriodError as error:
        raise JobRefusedError(str(error)) from error
    done = recount(
        period,
        timezone.now(),
        whole=context.params.get("whole", False),
        guard=context.assert_lease,
        tell=lambda step, words: context.progress(step, 3, words),
    )
    return {"period": period.code, "cells": done.cells, "stored": done.stored, "sources": done.sources}


@shared_task(name="reports.tally_open_period", ignore_result=True)
def tally_open_period(**kwargs: Any) -> list[str]:
    """Asks for fresh tallies where records changed since the last; beat calls it every minute."""
    now = timezone.now()
    forget_tallies(now=now)
    return request_tallies(now=now)
