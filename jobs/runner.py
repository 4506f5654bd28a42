"""Claim, lease, heartbeat, progress, finish: everything about running a Job except the work itself."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import F
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.registry import HANDLERS, JobRefusedError

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
CANDIDATES = 5
FRESH: dict[str, Any] = {
    "again": False,
    "attempts": 0,
    "cursor": {},
    "done": 0,
    "total": 0,
    "message": "",
    "cancel_requested": False,
}


def lease() -> timedelta:
    """How long a worker may be silent before another takes its job."""
    return timedelta(seconds=settings.JOBS_LEASE_SECONDS)


class LeaseLostError(Exception):
    """Another worker holds this job now; what this one still has must not be written."""


class CancelledError(Exception):
    """The person who asked for the job no longer wants it."""


class JobContext:
    """What a handler gets: its parameters, and the only ways to report back."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.lost = threading.Event()

    def progress(self, done: int, total: int, message: str = "", cursor: dict[str, Any] | None = None) -> None:
        """Saves progress (and the place to resume from) and renews the lease.

        Raises:
            LeaseLostError: another worker has taken over.
            CancelledError: someone pressed 取消.
        """
        values: dict[str, Any] = {
            "done": min(done, total),
            "total": total,
            "message": message[:500],
        }
        if cursor is not None:
            values["cursor"] = cursor
        self._renew(**values)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise CancelledError

    def assert_lease(self) -> None:
        """Call first inside the final transaction: its UPDATE locks the row, so only the holder can commit."""
        self._renew()

    def _renew(self, **values: Any) -> None:
        held = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, lease_owner=self.job.lease_owner)
        if self.lost.is_set() or not held.update(lease_until=timezone.now() + lease(), **values):
            raise LeaseLostError(self.job.pk)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Renews the lease from a second thread while the handler computes."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(settings.JOBS_HEARTBEAT_SECONDS):
                try:
                    self._renew()
                except LeaseLostError:
                    self.lost.set()
                    return
                except Exception:
                    log.exception("lease not renewed", extra={"job": self.job.pk})
                finally:
                    connection.close()

        thread = threading.Thread(target=beat, name=f"lease-{self.job.pk}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(settings.JOBS_HEARTBEAT_SECONDS)


def claim(job_id: int | None = None) -> Job | None:
    """Takes one waiting or forgotten job by conditional UPDATE; None when there is none or others were faster."""
    now = timezone.now()
    waiting = Job.objects.claimable(now)
    if job_id is not None:
        waiting = waiting.filter(pk=job_id)
    for job in waiting.order_by("id")[:CANDIDATES]:
        if take(job, now):
            return job
    return None


def take(job: Job, now: datetime) -> bool:
    """The conditional UPDATE: it changes a row only if nobody has since it was read."""
    unchanged = Job.objects.claimable(now).filter(pk=job.pk, attempts=job.attempts, state=job.state)
    taken = unchanged.update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        lease_owner=f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}:{now.timestamp()}",
        lease_until=now + lease(),
        started_at=job.started_at or now,
    )
    if taken:
        job.refresh_from_db()
    return bool(taken)


def run_job(job_id: int | None = None) -> Job | None:
    """Claims and runs one job; None when there was nothing to claim."""
    job = claim(job_id)
    if job is None:
        return None
    context = JobContext(job)
    if job.attempts > MAX_ATTEMPTS:
        finish(
            context,
            JobState.FAILED,
            message=f"已尝试 {MAX_ATTEMPTS} 次仍未完成，请联系管理员查看日志后重新发起",
        )
        return job
    try:
        with context.heartbeat():
            result = HANDLERS[job.kind](context)
        finish(context, JobState.DONE, result=result)
    except LeaseLostError:
        log.warning("job taken over by another worker", extra={"job": job.pk})
    except CancelledError:
        finish(context, JobState.CANCELLED, message="已取消，未写入任何内容")
    except JobRefusedError as refusal:
        finish(context, JobState.FAILED, message=str(refusal))
    except SoftTimeLimitExceeded:
        finish(context, JobState.FAILED, message="运行超过时限，已停止；请拆分后重新发起")
    except Exception as error:
        log.exception("job failed")
        retry_or_fail(context, error)
    return job


def retry_or_fail(context: JobContext, error: Exception) -> None:
    """Back to the queue until the attempts are used up: the sweeper wakes it, never a loop."""
    if not connection.in_atomic_block:
        close_old_connections()  # the handler may have failed because its connection did
    if context.job.attempts >= MAX_ATTEMPTS:
        reason = f"已尝试 {MAX_ATTEMPTS} 次仍未完成（{type(error).__name__}），请联系管理员查看日志后重新发起"
        finish(context, JobState.FAILED, message=reason)
        return
    Job.objects.filter(pk=context.job.pk, lease_owner=context.job.lease_owner, state=JobState.RUNNING).update(
        state=JobState.QUEUED, lease_owner="", lease_until=None, message="上次运行未完成，正在重试"
    )


def finish(context: JobContext, state: JobState, *, result: dict[str, Any] | None = None, message: str = "") -> None:
    """Ends the job if this worker still holds it; a job asked for again while it ran goes back to the queue.

    Two conditional UPDATEs, not a look and then an UPDATE: a request that arrives in between is not lost.
    """
    job = context.job
    held = Job.objects.filter(pk=job.pk, lease_owner=job.lease_owner, state=JobState.RUNNING)
    values: dict[str, Any] = {"lease_owner": "", "lease_until": None, "finished_at": timezone.now()}
    ended = held.filter(again=False).update(
        **values,
        state=state,
        result=result or {},
        message=message[:500],
        key=F("key") if job.keep_key else None,
    )
    if not ended:
        held.update(**values, **FRESH, state=JobState.QUEUED)
    job.refresh_from_db()
