"""A real Celery worker on the tests' database and broker: Redis when TEST_REDIS_URL is given, else files."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as live_settings
from django.db import connection

from jinshi_zf.celery import app

LEASE_SECONDS = 2.0
PATIENCE = 30.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.services)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """What `condition` gives as soon as it gives something; fails in words after half a minute."""
    pause = Event()
    for _ in range(int(PATIENCE / 0.05)):
        if value := condition():
            return value
        pause.wait(0.05)
    pytest.fail(f"{what}: not within {PATIENCE:.0f} s")


def database_url() -> str:
    """The test database's address, for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))


def environment(redis_url: str) -> dict[str, str]:
    scratch = Path(live_settings.SCRATCH)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jinshi_zf.settings",
        "SECRET_KEY": live_settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "BROKER_DIR": str(scratch / "broker"),
        "MEDIA_ROOT": str(live_settings.MEDIA_ROOT),
        "HTTPS": "0",
        "JOBS_LEASE_SECONDS": str(LEASE_SECONDS),
        "JOBS_HEARTBEAT_SECONDS": "0.5",
    }


class Worker:
    """A worker process and its pool, killed together."""

    def __init__(self, redis_url: str, log: Path) -> None:
        line = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "jinshi_zf", "worker", "-c", "1"]
        line += ["-I", "tests.services.handlers", "--loglevel", "INFO"]
        line += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                line,
                cwd=live_settings.BASE_DIR,
                env=environment(redis_url),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> bool:
        return " ready." in self.log.read_text(errors="replace") or self.process.poll() is not None

    def kill(self) -> None:
        """kill -9, the whole group: nobody gets to tidy up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start_worker(db, tmp_path) -> Iterator[Callable[..., Worker]]:
    """`start_worker()` starts one and waits until it listens; all are stopped at the end."""
    workers: list[Worker] = []

    def start(redis_url: str | None = None) -> Worker:
        worker = Worker(live_settings.REDIS_URL if redis_url is None else redis_url, tmp_path / f"{len(workers)}.log")
        workers.append(worker)
        wait_for(worker.ready, "worker ready")
        assert worker.process.poll() is None, worker.log.read_text(errors="replace")
        return worker

    yield start
    for worker in workers:
        if worker.process.poll() is None:
            worker.kill()


@pytest.fixture
def publishing(settings):
    """Wake-ups go to the real broker, empty at first; leases are short, so that a takeover doesn't take a minute."""
    app.control.purge()
    settings.JOBS_PUBLISH = True
    settings.JOBS_LEASE_SECONDS = LEASE_SECONDS
    settings.JOBS_FORGOTTEN_SECONDS = 0.0


@contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """Seconds since the block began."""
    from time import monotonic  # noqa: PLC0415 -- nothing else here may read a clock

    started = monotonic()
    yield lambda: monotonic() - started
