"""Pointing this process' Celery at another broker for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings
from kombu import pools

from jinshi_zf.celery import app


def forget_connections() -> None:
    """Celery keeps its pools; the next publish must open new ones."""
    pools.reset()
    app._after_fork()


@contextmanager
def broker(redis_url: str) -> Iterator[None]:
    options = settings.REDIS_TRANSPORT_OPTIONS
    with override_settings(CELERY_BROKER_URL=redis_url, CELERY_BROKER_TRANSPORT_OPTIONS=options):
        forget_connections()
        try:
            assert app.conf.broker_url == redis_url
            yield
        finally:
            forget_connections()
