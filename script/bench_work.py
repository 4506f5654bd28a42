"""One step of an import in a process of its own, as a worker runs it: `bench_work.py read|apply|usual ARGUMENT`.

Prints JSON: seconds by the clock and of the processor, statements, resident megabytes before it began.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]


class Counter:
    """Statements sent, COPY apart: it passes by Django."""

    count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def job(number: int) -> None:
    """Runs a queued job to its end."""
    from jobs.runner import run_job  # noqa: PLC0415 -- after django.setup()

    done = run_job(number)
    assert done is not None, "the job was not there to claim"
    assert done.state == "done", done.message


def processor() -> float:
    """Seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(argument: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    counter = Counter()
    connection.ensure_connection()
    with Path("/proc/self/statm").open() as file:
        before = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    with connection.execute_wrapper(counter):
        started, spent = time.perf_counter(), processor()
        job(int(argument))
        taken, spent = time.perf_counter() - started, processor() - spent
    print(json.dumps({"seconds": taken, "processor": spent, "statements": counter.count, "before": before}))


if __name__ == "__main__":
    main(sys.argv[1])
