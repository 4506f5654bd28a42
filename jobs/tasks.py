"""Thin Celery tasks: an id in, one call."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.runner import run_job
from jobs.services import wake

FORGOTTEN = timedelta(seconds=60)
BATCH = 20


@shared_task(name="jobs.run", ignore_result=True)
def run(*, job_id: int, **kwargs: Any) -> None:
    """Runs the named job, then whatever else waits: a wake-up may have been lost."""
    run_job(job_id)
    for _ in range(BATCH):
        if run_job() is None:
            break


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep(**kwargs: Any) -> int:
    """Wakes jobs whose message or worker was lost. Beat calls it every 30 s, the web process at start-up."""
    now = timezone.now()
    queued = Job.objects.filter(state=JobState.QUEUED, created_at__lt=now - FORGOTTEN)
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    ids = list((queued | expired).order_by("id").values_list("pk", flat=True)[:BATCH])
    for job_id in ids:
        wake(job_id)
    return len(ids)
