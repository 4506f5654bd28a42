"""What pages say: no sentence of a library, no code, no English; over every address and role, and over every form that
is sent empty or with nonsense."""

import gettext
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django.conf
import django.contrib.auth
import django_filters
import pytest
from django import forms
from django.conf import settings
from django.core import validators
from django.core.cache import cache
from django.db import transaction
from django.forms import fields, models
from django.urls import reverse
from lxml import html

from accounts.models import User
from tests.access import AUDITOR
from tests.clients import QuickClient
from tests.fuzz.routes import SentForm, forms_of
from tests.test_access_matrix import APPS, ROLES

pytestmark = pytest.mark.django_db
OURS = Path(settings.BASE_DIR) / "jinshi_zf/locale/zh_Hans/LC_MESSAGES"
THEIRS = ((django.conf, "zh_Hans"), (django.contrib.auth, "zh_Hans"), (django_filters, "zh_CN"))
NO_FIELD_OF_OURS = {"GenericIPAddressField", "SlugField", "FilePathField", "DurationField"}

# Proper names and kinds of files: Chinese calls them so too.
NAMES = {
    *(
        "word",
        "excel",
        "pdf",
        "jpg",
        "jpeg",
        "png",
        "xlsx",
        "xls",
        "csv",
        "zip",
        "wps",
        "doc",
        "docx",
        "webp",
        "sha",
        "et",
    ),
    "sec",  # what the secret that DingTalk gives out begins with
    *("chrome", "edge", "safari", "firefox", "opera", "http", "https"),
}
UNTOLD = ("script", "style", "svg", "code", "pre", "kbd", "noscript")
TOLD_BY = ("aria-label", "placeholder", "title", "alt")
FAULTS = {
    "a code": re.compile(r"(?a)(?<![\w./=?&-])[a-z]+(?:_[a-z0-9]+)+(?![\w./=-])"),
    "a key": re.compile(r"(?a)(?<!\w)\d+#\d+"),
    "a value of the program": re.compile(r"(?a)(?<![\w\[])(?:None|True|False|null|NaN)(?!\w)|\[\]|\{\}|<[A-Z]\w+[: ]"),
    "a browser's own words": re.compile("Mozilla/|AppleWebKit"),
    "today till today": re.compile("今天 ?至 ?今"),
    "English": re.compile(r"(?a)(?<![\w./@:%#&=+-])[A-Za-z]{3,}(?![\w./@:=+-])"),
}


def catalog(path: Path) -> dict[str, str]:
    """msgid → words of a compiled catalog; of plurals their only form."""
    with path.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key: words for key, words in known.items() if words and key}


def library_words() -> dict[str, str]:
    found: dict[str, str] = {}
    for package, language in THEIRS:
        found |= catalog(Path(package.__file__).parent / f"locale/{language}/LC_MESSAGES/django.mo")
    return found


def sentences() -> list[str]:
    """What the libraries say of what is wrong, as people would read it were it not ours."""
    theirs = library_words()
    overridden = [theirs[msgid] for msgid in catalog(OURS / "django.mo") if msgid in theirs]
    said = [re.sub(r"%\(\w+\)[sdr]|\{\w+\}", "", words) for words in overridden]
    parts = [max(re.split(r"[。：]", words), key=len).strip() for words in said]
    return [part for part in parts if len(part) >= 5]


def told(page: bytes) -> list[str]:
    """Every run of words on the page, read or heard."""
    tree = html.fromstring(page.decode()) if page.strip() else html.fromstring("<p>")
    shown = [node for node in tree.iter() if isinstance(node.tag, str)]
    words = [node.get(name) or "" for node in shown for name in TOLD_BY]
    for node in shown:
        if node.tag not in UNTOLD:
            words.append(node.text or "")
        words.append(node.tail or "")
    return [text.strip() for text in words if text.strip()]


def faults_in(page: bytes, theirs: list[str]) -> set[tuple[str, str]]:
    found = set()
    for words in told(page):
        found |= {("a library's sentence", words[:80]) for sentence in theirs if sentence in words}
        for what, pattern in FAULTS.items():
            hits = [hit[0] for hit in pattern.finditer(words) if hit[0].lower() not in NAMES]
            found |= {(what, f"{hit} | {words[:60]}") for hit in hits}
    return found


def send(user: User, method: str, url: str, **given):
    """What is answered; what the request did is undone."""
    cache.clear()
    with transaction.atomic():
        client = QuickClient()
        client.force_login(user)
        try:
            return getattr(client, method)(url, **given)
        finally:
            transaction.set_rollback(True)


def page_of(answer) -> bytes:
    is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    return answer.content if is_page else b""


def wrongly_sent(form: SentForm) -> list[dict[str, str]]:
    """Nothing at all; what no field takes."""
    own = {name: value for name, value in form.fields if form.kinds.get(name) == "hidden"}
    names = [name for name, _ in form.fields if name not in own]
    return [own | dict.fromkeys(names, value) for value in ("", "？" * 501)]


def refusals(user: User, page: bytes, url: str, sent: set[str]) -> Iterator[bytes]:
    """What comes back when the page's forms are sent empty or with nonsense, each form once."""
    for form in forms_of(page, url):
        if form.method == "post" and form.action not in sent:
            sent.add(form.action)
            for data in wrongly_sent(form):
                yield page_of(send(user, "post", form.action, data=data))


@pytest.mark.parametrize("app", APPS)
def test_no_page_and_no_refused_form_speaks_like_a_program(police, app):
    """With everything that an app's addresses show on them; a form is sent by the first who may open its page."""
    people = {role: User(role=role, unit=None if role == AUDITOR else police) for role in ROLES}
    for number, user in enumerate(people.values()):
        user.username, user.name = f"1000{number}", f"干警{number}"
    User.objects.bulk_create(people.values())
    theirs, wrong, sent = sentences(), {}, set()
    table = import_module(f"tests.access.{app}").TABLE
    for name, access in ((name, access) for name, access in table.items() if access.method == "get"):
        url = reverse(name, kwargs=access.make(police) if access.make else {})
        for role in [role for role in ROLES if role in access.roles]:
            page = page_of(send(people[role], "get", url))
            said = [page, *refusals(people[role], page, url, sent)]
            if found := set().union(*(faults_in(one, theirs) for one in said)):
                wrong[f"{name} as {role}"] = sorted(found)
    assert wrong == {}, "\n".join(f"{where}: {found}" for where, found in wrong.items())


def test_our_words_are_those_compiled_and_the_libraries_still_ask_for_them():
    """After a change of django.po: `msgfmt -o django.mo django.po`."""
    source = (OURS / "django.po").read_text(encoding="utf-8")
    compiled = catalog(OURS / "django.mo")
    written = re.findall(r'^msgstr(?:\[0\])? "(.+)"$', source, re.MULTILINE)
    assert sorted(written) == sorted(compiled.values())
    assert {msgid for msgid in compiled if msgid not in library_words()} == set()


def test_no_message_of_a_field_or_validator_is_the_library_s():
    theirs = set(library_words().values())
    kinds = [kind for module in (fields, models) for kind in vars(module).values() if isinstance(kind, type)]
    said = {
        f"{kind.__name__}.{code}": str(words)
        for kind in kinds
        if issubclass(kind, forms.Field) and kind.__name__ not in NO_FIELD_OF_OURS
        for code, words in kind.default_error_messages.items()
    }
    for kind in (validators.MaxValueValidator, validators.MinValueValidator, validators.URLValidator):
        said[kind.__name__] = str(kind.message)
    assert {name: words for name, words in said.items() if words in theirs} == {}
