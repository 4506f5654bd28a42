"""Asking for work: the row is written with what asks for it, the wake-up goes out after the commit."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from jobs.models import ACTIVE, UNDONE, Job, JobState
from jobs.registry import HANDLERS, NEEDED

log = logging.getLogger(__name__)
RUN = "jobs.run"  # the task that works on a job
AGAIN_AFTER = timedelta(minutes=30)  # the clock asks again for what has failed for good
FRESH: dict[str, Any] = {
    "again": False,
    "attempts": 0,
    "not_before": None,
    "cursor": {},
    "done": 0,
    "total": 0,
    "message": "",
    "cancel_requested": False,
}


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
    makes it run again afterwards. `once` keeps the key for good: the job of that name is done a single time. One that
    failed or was cancelled, or waits for its next try, begins at once when it is asked for anew.
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
    """The job that has this key already; None when it gave the key back, as one that ended undone does now.

    The UPDATE also locks the row until the caller commits: the job cannot start, or end, between this
    request and the moment its data can be seen.
    """
    running = When(state=JobState.RUNNING, then=Value(True))
    Job.objects.filter(key=key, state__in=ACTIVE, keep_key=False).update(again=Case(running, default=F("again")))
    Job.objects.filter(key=key, state=JobState.QUEUED, keep_key=True).update(not_before=None)
    job = Job.objects.filter(key=key).first()
    if job is None or job.state not in UNDONE:
        return job
    if job.keep_key:
        begin_anew(job)
        return Job.objects.get(pk=job.pk)
    Job.objects.filter(pk=job.pk, state__in=UNDONE).update(key=None)
    return None


def begin_anew(job: Job, message: str = "") -> bool:
    """Puts a job that failed or was cancelled back into the queue, as if it had never run; False if it has not."""
    ended = Job.objects.filter(pk=job.pk, state__in=UNDONE)
    values = {**FRESH, "message": message, "started_at": None, "finished_at": None}
    if not ended.update(**values, state=JobState.QUEUED):
        return False
    transaction.on_commit(partial(wake, job.pk), robust=True)
    return True


def is_wanted(key: str, at: datetime) -> bool:
    """Whether the clock should ask (again) for the work of this key: nobody did, or it ended undone."""
    job = Job.objects.filter(key=key).first()
    return job is None or is_left_undone(job, at)


def is_left_undone(job: Job, at: datetime) -> bool:
    """Whether it should be done after all, by itself.

    What failed is left alone for half an hour; what somebody cancelled stays so, unless it is needed all the same. A
    failure later than `at` was written by a clock that has been set back since: it says nothing.
    """
    if job.state == JobState.CANCELLED:
        return job.kind in NEEDED
    if job.state != JobState.FAILED:
        return False
    return job.finished_at is None or not timedelta(0) <= at - job.finished_at < AGAIN_AFTER


def ask_for_the_undone(at: datetime) -> list[Job]:
    """Begins anew what has to be done and ended undone, unless it was asked for by another job since; gives the jobs.

    Work of a day or a period catches up by itself when it runs, so nothing that was due in the meantime is missing.
    """
    left = Job.objects.filter(kind__in=NEEDED, state__in=UNDONE).exclude(key=None, keep_key=False).order_by("pk")
    return [job for job in left if is_left_undone(job, at) and begin_anew(job)]


def may_retry(job: Job, user: Any) -> bool:
    """Whoever asked for it, in whose name it runs; any admin what nobody asked for or what has to be done anyway.

    A job without its key was asked for again since: that one counts.
    """
    if job.state not in UNDONE or job.key is None or job.kind not in HANDLERS:
        return False
    return job.owner_id == user.pk or (user.role == "admin" and (job.owner_id is None or job.kind in NEEDED))


def retry(job: Job, user: Any) -> bool:
    """Begins a job anew on its page; False where it has begun already or this person may not."""
    return may_retry(job, user) and begin_anew(job, f"由{user.name}重新发起")


def wake(job_id: int) -> None:
    """Publishes the wake-up. A dead broker is logged, never raised: the sweeper will find the row."""
    if not getattr(settings, "JOBS_PUBLISH", True):
        return
    try:
        current_app.send_task(RUN, kwargs={"job_id": job_id}, ignore_result=True, retry=False)
    except Exception:
        log.exception("job wake-up not sent; the sweeper will", extra={"job": job_id})


def cancel(job: Job) -> bool:
    """Stops a queued job now, asks a running one to stop at its next checkpoint.

    False if it had ended, or follows from something already done (`Job.needed` says from what).
    """
    if job.kind in NEEDED:
        return False
    ended = {"state": JobState.CANCELLED, "finished_at": timezone.now(), "not_before": None}
    if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(**ended):
        return True
    return bool(Job.objects.filter(pk=job.pk, state__in=ACTIVE).update(cancel_requested=True))
