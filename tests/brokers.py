"""Pointing this process' Celery at another broker for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu import pools

from jinshi_zf.celery import app


def forget_connections() -> None:
    """Celery keeps its pools; the next publish must open new ones."""
    pools.reset()
    app._after_fork()


@contextmanager
def broker(url: str, options: dict[str, Any]) -> Iterator[None]:
    before = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.broker_url, app.conf.broker_transport_options = url, options
    forget_connections()
    try:
        yield
    finally:
        app.conf.broker_url, app.conf.broker_transport_options = before
        forget_connections()
