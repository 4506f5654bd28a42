"""Thin Celery tasks: an id in, one call."""

import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.kept.files import prune
from jobs.exports import sweep_exports
from jobs.models import Job, JobState
from jobs.runner import run_job
from jobs.services import RUN, wake

BATCH = 20
DRAIN_SECONDS = 30.0


@shared_task(name=RUN, ignore_result=True)
def run(*, job_id: int, **kwargs: Any) -> None:
    """Runs the named job, then whatever else waits: a wake-up may have been lost."""
    started = time.monotonic()
    run_job(job_id)
    # One message's time limit covers all it runs, so it takes on others only while it is young.
    while time.monotonic() - started < DRAIN_SECONDS:
        if run_job() is None:
            break


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep(**kwargs: Any) -> list[int]:
    """Wakes jobs whose message or worker was lost. Beat calls it every 30 s, the web process at start-up.

    Gives back their ids.
    """
    now = timezone.now()
    forgotten = now - timedelta(seconds=settings.JOBS_FORGOTTEN_SECONDS)
    queued = Job.objects.queued(now).filter(created_at__lt=forgotten)
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    ids = list((queued | expired).order_by("id").values_list("pk", flat=True)[:BATCH])
    for job_id in ids:
        wake(job_id)
    return ids


@shared_task(name="jobs.sweep_exports", ignore_result=True)
def sweep_old_exports(**kwargs: Any) -> int:
    """Deletes exports past their time, and files kept for forms that were never saved; beat calls it every hour."""
    prune(timezone.now())
    return sweep_exports()
