"""One step of an import in a process of its own, as in use, and what it takes: processor time, statements, memory.

Processor time is that of the process, of the child that reads the file, and of the database server where it runs on
this machine: on a machine that others use too it says more than the clock.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.db import connection

from accounts.models import User
from imports.models import ImportBatch
from imports.writing import services


@dataclass(frozen=True)
class Step:
    """What one step of an import took, in a process of its own."""

    seconds: float
    processor: float  # seconds, user and system
    statements: int
    peak: int  # resident megabytes of the process and its parsing child together
    before: int  # of them before it began


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def processor(work: Callable[[], object]) -> float:
    """Seconds of processor that work in this process takes, the database server's included."""
    server = server_seconds()
    started = time.process_time()
    work()
    return time.process_time() - started + server_seconds() - server


def server_seconds() -> float:
    """Processor seconds of a PostgreSQL on this machine so far, all its processes together; 0 for SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    parent = int(stat_of(backend)[1])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    spent = sum(sum(map(int, stat_of(int(child))[11:13])) for child in children)
    return (spent + sum(map(int, stat_of(parent)[11:15]))) / os.sysconf("SC_CLK_TCK")


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on: parent at 1, own and awaited children's ticks at 11 to 14."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 15  # gone meanwhile: its parent has its ticks


def resident(pid: int) -> int:
    """Megabytes of a process and of its children."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20 + sum(resident(int(child)) for child in children)


def in_a_worker(job: int) -> Step:
    line = [sys.executable, str(Path(__file__).with_name("bench_work.py")), str(job)]
    server, peak = server_seconds(), 0
    connection.close()
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.02)
        told = process.stdout.read() if process.stdout else ""
    assert process.returncode == 0, f"the step ended with {process.returncode}"
    answer = json.loads(told.strip().splitlines()[-1])
    spent = answer["processor"] + server_seconds() - server
    return Step(answer["seconds"], spent, answer["statements"], peak, answer["before"])


def upload(path: Path, kind: str) -> ImportBatch:
    admin = User.objects.filter(role="admin").order_by("pk")[0]
    with path.open("rb") as file:
        batch, _ = services.take_in(kind=kind, file=File(file, name=path.name), actor=admin)
    return batch


def confirm(batch: ImportBatch) -> int:
    admin = User.objects.filter(role="admin").order_by("pk")[0]
    batch.refresh_from_db()
    services.confirm(batch, actor=admin)
    return int(batch.job_id or 0)
