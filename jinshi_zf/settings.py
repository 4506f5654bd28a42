"""One settings file; the environment decides, and with no environment at all it is the embedded mode."""

import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")


def embedded_secret() -> str:
    """The embedded mode makes its own key once and keeps it out of the repository."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


DEBUG = env.bool("DEBUG", False)
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="")
# A production database without a key of its own must not start with one nobody chose.
SECRET_KEY = env("SECRET_KEY") if DATABASE_URL else env("SECRET_KEY", default="") or embedded_secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "jinshi_zf.apps.JinshiConfig",
    "common.apps.CommonConfig",
    "accounts.apps.AccountsConfig",
    "jobs.apps.JobsConfig",
    "enterprises.apps.EnterprisesConfig",
    "cases.apps.CasesConfig",
    "ledger.apps.LedgerConfig",
    "imports.apps.ImportsConfig",
    "reports.apps.ReportsConfig",
    "duty.apps.DutyConfig",
    "desk.apps.DeskConfig",
    "jinshi_zf.apps.MaintenanceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "common.apps.StaticConfig",
    "django_filters",
    "django_htmx",
    "template_partials",
    "import_export",
    "auditlog",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.web.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.signin.middleware.SessionLifetimeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.signin.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "common.web.middleware.OpenedDirectlyMiddleware",
    "common.sent.middleware.PlainInputMiddleware",
    "accounts.signin.middleware.PasswordChangeMiddleware",
    "accounts.signin.middleware.AuditMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jinshi_zf.urls"
WSGI_APPLICATION = "jinshi_zf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "jinshi_zf.frame.context.navigation",
            ],
        },
    },
]
FORM_RENDERER = "common.forms.rendering.QuickRenderer"

# ---- database: SQLite in var/ unless DATABASE_URL names another ----
if not DATABASE_URL:
    VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN, it never fails half-way through
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# ---- cache and jobs: files in var/ unless REDIS_URL is given ----
# A Redis that is gone or silent must not hold up the form that is being saved: the sweeper publishes later.
REDIS_TRANSPORT_OPTIONS: dict[str, float | str] = {
    "socket_timeout": 3,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 2},
        }
    }
    CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL)
    CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TRANSPORT_OPTIONS
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    BROKER_DIR = Path(env("BROKER_DIR", default=str(VAR_DIR / "broker")))
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
# A list counts no further: beyond it says “10000+”.
LIST_COUNT_LIMIT = env.int("LIST_COUNT_LIMIT", 10_000)

# An export of more rows is written by a worker, and kept for a while.
EXPORT_DIRECT_ROWS = env.int("EXPORT_DIRECT_ROWS", 5000)
EXPORT_KEPT_HOURS = env.int("EXPORT_KEPT_HOURS", 24)

JOBS_LEASE_SECONDS = env.float("JOBS_LEASE_SECONDS", 60.0)
JOBS_HEARTBEAT_SECONDS = env.float("JOBS_HEARTBEAT_SECONDS", 10.0)
JOBS_FORGOTTEN_SECONDS = env.float("JOBS_FORGOTTEN_SECONDS", 60.0)
JOBS_RETRY_SECONDS = env.float("JOBS_RETRY_SECONDS", 60.0)  # after the first failure; five times as long after the next
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False  # the Job row's lease redelivers, see docs/adr/0006-jobs.md
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = env("CELERY_BEAT_SCHEDULE", default=str(VAR_DIR / "beat-schedule"))

# ---- the ledger ----
# A step this much “before” the last one is dated like it: servers' clocks differ, or one was set back a little.
CLOCK_TOLERANCE = timedelta(minutes=env.int("CLOCK_TOLERANCE_MINUTES", 5))
LONG_PAUSE_DAYS = env.int("LONG_PAUSE_DAYS", 10)  # working days of waiting for an enterprise that need a look

# So many deadlines set by rule are counted anew in the confirming request; more are counted by a job.
RECOUNT_AT_ONCE = env.int("RECOUNT_AT_ONCE", 2000)
# Hosts of a privately run enterprise WeChat or DingTalk, besides the public ones: {"wecom": ["..."]}
ROBOT_HOSTS = env.json("ROBOT_HOSTS", {})

# ---- people ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.signin.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.signin.passwords.CharacterClassesValidator"},
]
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", 90)
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock a colleague out from another desk
AXES_LOCKOUT_CALLABLE = "accounts.views.signin.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.signin.middleware.client_address"
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # wrong tries stay on record after the right one
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # 30 minutes are 30 minutes
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # locks are lifted on the people's own page
AXES_VERBOSE = False
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # signing in must survive a lost Redis
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_COOKIE_AGE = env.int("SESSION_ABSOLUTE_SECONDS", 12 * 3600)
SESSION_COOKIE_NAME = "jinshi_session"

# ---- transport: HTTPS=1 behind a TLS proxy; the embedded mode on one machine has none ----
HTTPS = env.bool("HTTPS", bool(DATABASE_URL and REDIS_URL))
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "accounts.views.signin.csrf_failed"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# ---- files ----
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
NPM = {
    "tabler/css": "@tabler/core/dist/css",
    "tabler/js": "@tabler/core/dist/js",
    "icons": "@tabler/icons-webfont/dist",
    "echarts": "echarts/dist",
    "tom-select/css": "tom-select/dist/css",
    "tom-select/js": "tom-select/dist/js",
}
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *[(f"npm/{name}", BASE_DIR / "node_modules" / folder) for name, folder in NPM.items()],
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "common.web.static.ModuleStorage"},
}
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"  # never served: attachments go through a view that checks scope
FILE_UPLOAD_PERMISSIONS = 0o640
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
IMPORT_LIMITS = env.json("IMPORT_LIMITS", {})  # names and defaults: imports/reading/limits.py
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ---- words and time ----
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["jinshi_zf.formats"]

# ---- e-mail: into the log until a server is named ----
EMAIL_HOST = env("EMAIL_HOST", default="")
EMAIL_BACKEND = env(
    "EMAIL_BACKEND", default=f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
)
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 15)
# Where people open the system: at the foot of e-mails, and where the links of documents lead.
SITE_URL = env("SITE_URL", default=next(iter(CSRF_TRUSTED_ORIGINS), ""))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="jinshi_zf@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # urllib3 writes addresses, and those of robots hold a key
    "loggers": {"axes": {"level": "WARNING"}, "django.request": {"level": "ERROR"}, "urllib3": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
