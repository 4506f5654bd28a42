"""Claim, lease, heartbeat, progress, finish: everything about running a Job except the work itself."""

import logging
import os
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import DateTimeField, F
from django.db.models.functions import Greatest
from django.utils import timezone

from jobs.models import Job, JobQuerySet, JobState
from jobs.registry import HANDLERS, JobRefusedError
from jobs.services import FRESH
from jobs.signals import given_up

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
CANDIDATES = 5
FACTOR = 5  # each wait is so many times the one before
FINAL_LEASES = 10  # how long a last transaction may take, in leases: nobody sees the lease renewed before it commits
ASK_ADMINS = "，请联系管理员查看日志后重新发起"
UNKNOWN_KIND = "后台程序的这个版本不认识这种任务，未计次数，等升级后的程序来做"


def lease() -> timedelta:
    """How long a worker may be silent before another takes its job."""
    return timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def wait_after(attempts: int) -> timedelta:
    """How long to leave a job alone that has failed so often: a minute, then five; a fifth more or less, so that
    those that failed together do not come back together."""
    return timedelta(seconds=settings.JOBS_RETRY_SECONDS * FACTOR ** (attempts - 1) * random.uniform(0.8, 1.2))  # noqa: S311


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
        """Call first inside the final transaction: its UPDATE locks the row, so only the holder can commit.

        Until then nobody sees the lease renewed, nor can the heartbeat renew it; with the commit it is long enough
        that nobody else takes the job before its end is written down.
        """
        self._renew(FINAL_LEASES * lease())
        transaction.on_commit(self._shorten, robust=True)

    def _held(self) -> JobQuerySet:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, lease_owner=self.job.lease_owner)

    def _renew(self, span: timedelta | None = None, **values: Any) -> None:
        """Never earlier than it was: a heartbeat may have waited for the row since it looked at the clock."""
        until = Greatest("lease_until", timezone.now() + (span or lease()), output_field=DateTimeField())
        if self.lost.is_set() or not self._held().update(lease_until=until, **values):
            raise LeaseLostError(self.job.pk)

    def _shorten(self) -> None:
        self._held().update(lease_until=timezone.now() + lease())

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
    with transaction.atomic():
        if job.state == JobState.RUNNING and not unchanged.select_for_update(skip_locked=True).first():
            return False  # a row that a transaction holds is not forgotten: its worker is about to commit
        taken = unchanged.update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_owner=f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}:{now.timestamp()}",
            lease_until=now + lease(),
            not_before=None,
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
        give_up(context, f"已尝试 {MAX_ATTEMPTS} 次仍未完成{ASK_ADMINS}")
        return job
    if job.kind not in HANDLERS:
        hand_back(job, UNKNOWN_KIND, attempts=F("attempts") - 1)
        return job
    carry_out(context)
    return job


def carry_out(context: JobContext) -> None:
    """Lets the handler do the work, and writes down how it ended."""
    job = context.job
    try:
        with context.heartbeat():
            result = HANDLERS[job.kind](context)
        finish(context, JobState.DONE, result=result)
    except LeaseLostError:
        log.warning("job taken over by another worker", extra={"job": job.pk})
    except CancelledError:
        finish(context, JobState.CANCELLED, message="已取消，未写入任何内容")
    except JobRefusedError as refusal:
        give_up(context, str(refusal), for_asker=True)
    except SoftTimeLimitExceeded:
        give_up(context, "运行超过时限，已停止；请拆分后重新发起")
    except Exception as error:
        log.exception("job failed")
        retry_or_fail(context, error)


def retry_or_fail(context: JobContext, error: Exception) -> None:
    """Back to the queue until the attempts are used up: the sweeper wakes it when it is due, never a loop."""
    if not connection.in_atomic_block:
        close_old_connections()  # the handler may have failed because its connection did
    if context.job.attempts >= MAX_ATTEMPTS:
        reason = f"已尝试 {MAX_ATTEMPTS} 次仍未完成（{type(error).__name__}）{ASK_ADMINS}"
        give_up(context, reason)
        return
    words = f"第 {context.job.attempts} 次没有完成（{type(error).__name__}），稍后自动再试，共试 {MAX_ATTEMPTS} 次"
    hand_back(context.job, words)


def hand_back(job: Job, message: str, **values: Any) -> None:
    """Leaves the job to whichever worker finds it when it is due again."""
    held = Job.objects.filter(pk=job.pk, lease_owner=job.lease_owner, state=JobState.RUNNING)
    due = timezone.now() + wait_after(job.attempts)
    held.update(state=JobState.QUEUED, lease_owner="", lease_until=None, not_before=due, message=message, **values)


@transaction.atomic
def give_up(context: JobContext, message: str, *, for_asker: bool = False) -> None:
    """The job has failed for good, which the administrators are told; what was refused to the person who asked
    (`for_asker`) is told to that person by the page alone."""
    finish(context, JobState.FAILED, message=message)
    job = context.job
    if job.state == JobState.FAILED and not (for_asker and job.owner_id):
        given_up.send_robust(sender=Job, job=job)


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
        key=None if state == JobState.DONE and not job.keep_key else F("key"),
    )
    if not ended:
        held.update(**values, **FRESH, state=JobState.QUEUED)
    job.refresh_from_db()
