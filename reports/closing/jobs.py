"""Closing as a job: a ledger of a million entries is not counted while somebody's page waits."""

from datetime import datetime

from accounts.models import User
from common.periods import Period, local_date
from jobs.models import ACTIVE, Job, JobState
from jobs.services import enqueue
from reports.closing.books import check_close, current_close, refuse_unsigned, unsigned
from reports.closing.digests import stored_cells

CLOSE = "reports.close"


def request_close(*, period: Period, actor: User, now: datetime, reason: str = "") -> Job | None:
    """Asks for the close; asked for twice, it is one. None where the period is closed already.

    What is plain by the stored figures is refused at once; the job looks again at those it counts.

    Raises:
        ClosingError: not the office's admin, not over yet, or units have not signed and no reason is given.
    """
    check_close(period, actor, local_date(now))
    if current_close(period):
        return None
    refuse_unsigned(unsigned(period, stored_cells(period)), reason)
    params = {"period": period.code, "reason": reason.strip()}
    return enqueue(kind=CLOSE, params=params, key=f"close:{period.code}", owner=actor)


def last_job(period: Period, user: User) -> Job | None:
    """The close that is under way, or the one that failed since the period was last open to be closed."""
    jobs = Job.objects.visible_to(user).filter(kind=CLOSE, params__period=period.code)
    job = jobs.order_by("-id").first()
    return job if job and job.state in (*ACTIVE, JobState.FAILED, JobState.CANCELLED) else None
