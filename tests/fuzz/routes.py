"""What can be asked: the addresses of tests/access, the parameters the code reads, the forms on the pages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.urls import NoReverseMatch, reverse
from lxml import html

from tests.access import Access

APPS = ["accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports", "duty", "desk"]
ROOT = Path(__file__).parents[2]
READ = r'\.{}(?:\.get(?:list)?\(|\[)"(\w+)"|"(\w+)" in request\.{}\b'
# The addresses that need no signing in.
OPEN = {
    "accounts:login": Access(frozenset()),
    "ledger:confirmation-answer": Access(frozenset(), lambda unit: {"token": "样例"}),
    "reports:screen": Access(frozenset(), lambda unit: {"key": "sample"}),
}


def table() -> dict[str, Access]:
    return {name: access for app in APPS for name, access in import_module(f"tests.access.{app}").TABLE.items()} | OPEN


@cache
def names_read(where: str) -> list[str]:
    """The names that the code itself takes from request.GET or request.POST, without a form."""
    pattern = re.compile(READ.format(where, where))
    sources = (
        path.read_text(encoding="utf-8") for app in [*APPS, "common"] for path in sorted((ROOT / app).rglob("*.py"))
    )
    return sorted({name for text in sources for pair in pattern.findall(text) for name in pair if name})


@dataclass(frozen=True)
class SentForm:
    """A form as the page carries it: where it goes, how, and what it would send untouched."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)  # of its fields: date, number, select, hidden …


def forms_of(page: bytes, url: str) -> Iterator[SentForm]:
    """The forms of a page, and the buttons that htmx sends on their own."""
    tree: Any = html.fromstring(page.decode()) if page.strip() else html.fromstring("<p>")
    for form in tree.iter("form"):
        method = "post" if form.get("hx-post") or (form.get("method") or "").lower() == "post" else "get"
        named = [one for one in form.inputs if one.get("name")]
        files = tuple(one.get("name") for one in named if one.get("type") == "file")
        filled = {one.get("name"): "" for one in named if one.get("name") not in files}
        kinds = {one.get("name"): one.get("type") or one.tag for one in named}
        sent = tuple((filled | dict(form.form_values())).items())
        yield SentForm(form.get("hx-post") or form.get("action") or url, method, sent, files, kinds)
    for button in tree.xpath("//*[@hx-post][not(self::form)]"):
        yield SentForm(button.get("hx-post"), "post")


def spoiled_address(name: str, kwargs: dict[str, Any], values: list[str]) -> str | None:
    """The address with each of its arguments replaced, where its pattern lets such a one in."""
    try:
        return reverse(name, kwargs=dict(zip(kwargs, values, strict=False)))
    except NoReverseMatch:
        return None
