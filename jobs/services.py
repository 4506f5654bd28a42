"""Asking for work: the row is written with what asks for it, the wake-up goes out after the commit."""

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When

from jobs.models import ACTIVE, Job, JobState

log = logging.getLogger(__name__)


def enqueue(
    *,
    kind: str,
    params: dict[str, Any] | None = None,
    key: str | None = None,
    owner: Any = None,
    once: bool = False,
) -> Job:
    """Inserts a Job in the caller's transaction.

    With a key, at most one such job is active: a second request while it is queued joins it, while it runs
    makes it run again afterwards. `once` keeps the key for good: the job of that name runs a single time.
    """
    while True:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, keep_key=once, params=params or {}, owner=owner)
        except IntegrityError:
            if key is None:
                raise
            if joined := join(key):
                return joined
        else:
            transaction.on_commit(partial(wake, job.pk), robust=True)
            return job


def join(key: str) -> Job | None:
    """The job that has this key already; None when it ended a moment ago and gave the key back.

    The UPDATE also locks the row until the caller commits: the job cannot start, or end, between this
    request and the moment its data can be seen.
    """
    running = When(state=JobState.RUNNING, then=Value(True))
    Job.objects.filter(key=key, state__in=ACTIVE, keep_key=False).update(again=Case(running, default=F("again")))
    return Job.objects.filter(key=key).first()


def wake(job_id: int) -> None:
    """Publishes the wake-up. A dead broker is logged, never raised: the sweeper will find the row."""
    if not getattr(settings, "JOBS_PUBLISH", True):
        return
    from jobs.tasks import run  # noqa: PLC0415 -- leaf: tasks import the runner, which imports this

    try:
        run.apply_async(kwargs={"job_id": job_id}, ignore_result=True, retry=False)
    except Exception:
        log.exception("job wake-up not sent; the sweeper will", extra={"job": job_id})


def cancel(job: Job) -> bool:
    """Stops a queued job now, asks a running one to stop at its next checkpoint; False if it had ended."""
    if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, key=None):
        return True
    return bool(Job.objects.filter(pk=job.pk, state__in=ACTIVE).update(cancel_requested=True))
