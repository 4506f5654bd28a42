"""Settings of the measurements: those of use, disk writes included, without mail, broker and collected static files."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "bench-only")
os.environ["HTTPS"] = "0"

from jinshi_zf.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver"]
MEDIA_ROOT = os.environ.get("BENCH_FOLDER", tempfile.gettempdir()) + "/media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
JOBS_PUBLISH = False
MAX_UPLOAD_BYTES = 100 * 1024 * 1024
