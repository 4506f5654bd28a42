"""Every file that a template names is collected, with the ignore patterns in force; scripts find what they import."""

import json
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

IMPORTED = re.compile(r"""(?:from|import)\s*["'](\.[^"']+)["']""")
NAMED = re.compile(r"""{%\s*static\s+['"]([^'"]+)['"]""")


def test_every_static_file_that_a_template_names_is_collected():
    named = set()
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        named |= set(NAMED.findall(template.read_text(encoding="utf-8")))
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    collected = set()
    for finder in get_finders():
        for path, storage in finder.list(patterns):
            collected.add(f"{storage.prefix}/{path}" if getattr(storage, "prefix", None) else path)
    assert "css/tokens.css" in named
    assert sorted(named - collected) == []


def test_a_script_imports_others_by_their_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [Path(settings.BASE_DIR) / "static"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "common.web.static.ModuleStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    hashed = {tmp_path / served for served in paths.values()}
    imports = [
        (tmp_path / served).parent / found
        for path, served in paths.items()
        if path.endswith(".js")
        for found in IMPORTED.findall((tmp_path / served).read_text(encoding="utf-8"))
    ]
    assert len(imports) > 20
    assert [str(path) for path in imports if path.resolve() not in hashed] == []
