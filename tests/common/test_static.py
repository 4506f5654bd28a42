"""Every file that a template names is collected, with the ignore patterns in force."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

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
