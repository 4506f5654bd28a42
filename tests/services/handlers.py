"""Kinds of job that exist only in the service tests' workers (`celery -I tests.services.handlers`)."""

import os
import time
from pathlib import Path
from typing import Any

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
