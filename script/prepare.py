"""Before the server starts: migrations, static files, the demo office in an empty database. Prints the sign-ins."""

import hashlib
import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinshi_zf.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command, get_commands  # noqa: E402


def static_digest() -> str:
    """Changes with our own static files, the front-end packages and the list of what is served."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + path.read_bytes())
    digest.update("\n".join(apps.get_app_config("staticfiles").ignore_patterns).encode())
    digest.update((ROOT / "requirements/base.txt").read_bytes())  # the admin brings static files too
    return digest.hexdigest()


def collect_static() -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = static_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", "--noinput", "--clear", verbosity=0)
    stamp.write_text(wanted)


def demo_office() -> str:
    """Makes the demo office in an empty database; gives back the sign-ins, or where they were kept."""
    kept = ROOT / "var" / "demo-accounts.txt"
    if get_user_model().objects.exists() or "seed_demo" not in get_commands():
        return f"演示账号见 {kept.relative_to(ROOT)}\n" if kept.exists() else ""
    print("空数据库：正在装入演示数据", file=sys.stderr, flush=True)
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    kept.parent.mkdir(exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(said.getvalue(), encoding="utf-8")
    return said.getvalue()


call_command("migrate", "--noinput", verbosity=0)
collect_static()
print(demo_office(), end="")
