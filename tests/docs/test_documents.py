"""What the documents say is what the code does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from jinshi_zf.management.commands.state_diagram import with_diagram

ROOT = Path(settings.BASE_DIR)
READS = re.compile(r'\benv(?:\.(?:bool|int|float|list))?\(\s*"([A-Z_]+)"')
FROM_ENVIRONMENT = re.compile(r'environ(?:\.get)?[\[(]"([A-Z_]+)"')


def test_the_state_diagram_is_the_table_of_moves():
    text = (ROOT / "docs/domain.md").read_text(encoding="utf-8")
    assert text == with_diagram(text), "run manage.py state_diagram --write"


def test_every_setting_is_in_the_example():
    settings_text = (ROOT / "jinshi_zf/settings.py").read_text(encoding="utf-8")
    web_text = (ROOT / "jinshi_zf/web.py").read_text(encoding="utf-8")
    read = set(READS.findall(settings_text)) | set(FROM_ENVIRONMENT.findall(web_text))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert "SECRET_KEY" in read
    assert read - explained == set()


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_fits_on_one_screen(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/domain.md"])
def test_links_between_documents_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / name).parent.joinpath(target).exists()] == []
