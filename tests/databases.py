"""Test databases: migrated once for each set of migration files, copied afterwards."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

KEPT = 3


def migrations_digest() -> str:
    """Changes whenever a migration or a pinned package does."""
    root = settings.BASE_DIR
    sources = [*sorted(root.glob("*/migrations/*.py")), root / "requirements/base.txt"]
    digest = hashlib.sha256(sys.version.encode())
    for path in sources:
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def migrated_template() -> Path:
    """A migrated SQLite file in var/, made by whoever needs it first."""
    folder = settings.BASE_DIR / "var" / "test-templates"
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / f"{migrations_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            build(template)
            for old in sorted(folder.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
                old.unlink()
    return template


def build(template: Path) -> None:
    draft = template.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{draft}",
        "DJANGO_SETTINGS_MODULE": "jinshi_zf.settings_test",
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
    )
    draft.rename(template)


def copy_template() -> bool:
    """Puts the migrated database where the tests expect theirs; False where the engine has to migrate by itself."""
    if connection.vendor != "sqlite":
        return False
    shutil.copyfile(migrated_template(), connection.settings_dict["TEST"]["NAME"])
    return True
