"""How gunicorn serves the pages: `gunicorn -c python:jinshi_zf.web jinshi_zf.wsgi:application`."""

import logging
import os
from typing import Any

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
max_requests = 5000  # a slow leak ends here
max_requests_jitter = 500
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 -- gunicorn's heartbeat file
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """The first worker wakes jobs whose message or worker was lost while nothing ran."""
    if worker.age != 1:
        return
    from jobs.tasks import sweep  # noqa: PLC0415 -- Django is loaded only now

    try:
        sweep()
    except Exception:
        logging.getLogger(__name__).exception("jobs not swept at start")
