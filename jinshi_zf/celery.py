import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinshi_zf.settings")

app = Celery("jinshi_zf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-jobs": {"task": "jobs.sweep", "schedule": 30.0},
    "sweep-exports": {"task": "jobs.sweep_exports", "schedule": 3600.0},
    "request-due-work": {"task": "ledger.request_due_work", "schedule": 60.0},
    "draw-rechecks": {"task": "ledger.draw_rechecks", "schedule": 3600.0},
    "duty-gaps": {"task": "duty.request_gaps", "schedule": 60.0},
    "request-weekly": {"task": "reports.request_weekly", "schedule": 600.0},
    "target-days": {"task": "reports.request_target_days", "schedule": 600.0},
    "figures-mail": {"task": "reports.ask_for_figures_mail", "schedule": 60.0},
    "tally-open-period": {"task": "reports.tally_open_period", "schedule": 60.0},
}


@app.on_configure.connect
def make_folders(**kwargs: object) -> None:
    """The file broker's folders and beat's own must exist before either starts."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        for folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values():
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
    app.conf.beat_schedule_filename = settings.CELERY_BEAT_SCHEDULE_FILENAME
