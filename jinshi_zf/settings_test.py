"""Settings of the test suite: same code, fast hasher, nothing outside a temporary folder."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp(prefix="jinshi-test-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{SCRATCH}/db.sqlite3")
os.environ["BROKER_DIR"] = str(SCRATCH / "broker")  # each test process its own, also where the first one's is inherited
os.environ["CELERY_BEAT_SCHEDULE"] = str(SCRATCH / "beat-schedule")
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")
if os.environ["REDIS_URL"]:
    # Two of Redis' databases for each test process: one for messages, one for the cache, which is emptied as a whole.
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw7").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{2 * process}"
os.environ["HTTPS"] = "0"

from jinshi_zf.settings import *  # noqa: E402, F403
from jinshi_zf.settings import CACHES, DATABASES, REDIS_URL  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in use: threads lock an in-memory database by table, without waiting. Nothing here must outlive
    # a power cut, so nobody waits for the disk.
    DATABASES["default"]["TEST"] = {"NAME": str(SCRATCH / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a thread's connection must not outlive its test
    # script/test migrates one database and lets every test process copy it.
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("TEST_DATABASE_TEMPLATE") or None}

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = SCRATCH / "media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if REDIS_URL:
    CACHES["default"]["LOCATION"] = f"{REDIS_URL.rsplit('/', 1)[0]}/{2 * process + 1}"
WHITENOISE_AUTOREFRESH = True
AUDITLOG_DISABLE_ON_RAW_SAVE = True  # putting the reference data back is no one's change
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
# Unit tests never publish: a test that wants the job calls it, the service tests use a real worker.
JOBS_PUBLISH = False
