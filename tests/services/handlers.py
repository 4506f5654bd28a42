"""Kinds of job that exist only in the service tests' workers (`celery -I tests.services.handlers`)."""

import os
import time
from pathlib import Path
from typing import Any

from django.db import transaction

from jobs.models import Job, JobState
from jobs.registry import handles
from jobs.runner import JobContext

WAIT_SECONDS = 60.0


@handles("test.add")
def add(context: JobContext) -> dict[str, Any]:
    return {"sum": sum(context.params["numbers"]), "pid": os.getpid()}


@handles("test.hang_at_first")
def hang_at_first(context: JobContext) -> dict[str, Any]:
    """Counts to 10, saving where it is; the first worker hangs at 4, to be killed there."""
    for number in range(context.job.cursor.get("next", 1), 11):
        if number == 4 and context.job.attempts == 1:
            Path(context.params["reached"]).touch()
            time.sleep(WAIT_SECONDS)
        context.progress(
            number, 10, cursor={"next": number + 1, "by": [*context.job.cursor.get("by", []), os.getpid()]}
        )
        context.job.refresh_from_db()
    return {"workers": len(set(context.job.cursor["by"])), "steps": len(context.job.cursor["by"])}


@handles("test.fail_twice")
def fail_twice(context: JobContext) -> dict[str, Any]:
    if context.job.attempts < 3:
        raise OSError
    return {"tries": context.job.attempts}


@handles("test.long_commit")
def long_commit(context: JobContext) -> dict[str, Any]:
    """Its last transaction is open until it is let go on."""
    reached, go_on = Path(context.params["reached"]), Path(context.params["go_on"])
    with transaction.atomic():
        context.assert_lease()
        reached.touch()
        started = time.monotonic()
        while not go_on.exists() and time.monotonic() - started < WAIT_SECONDS:
            time.sleep(0.05)
        Job.objects.create(kind="test.written", state=JobState.DONE)
    return {"whole": True}
