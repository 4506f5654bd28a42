"""Every address × every role. An address missing from the tables fails here, before anyone can forget it."""

from importlib import import_module

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from tests.access import COORDINATOR, LEADER, STAFF, Access
from tests.clients import QuickClient
from tests.factories import UnitFactory

APPS = ["accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports", "duty", "desk"]
OPEN = {"accounts:login", "accounts:logout", "ledger:confirmation-answer", "reports:screen"}
TABLE: dict[str, Access] = {}
for app in APPS:
    TABLE |= import_module(f"tests.access.{app}").TABLE
ROLES = ["staff", "coordinator", "leader", "admin", "auditor"]
UNIT_ROLES = {STAFF, COORDINATOR, LEADER}
REFUSED = {403, 404}

pytestmark = pytest.mark.django_db


def named_urls(patterns, namespace="") -> list[str]:
    names = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if pattern.namespace != "admin":
                names += named_urls(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.append(f"{namespace}{pattern.name}")
    return names


def people(police, access: Access) -> dict[tuple[str, str], User]:
    """Somebody of each role in the police; where rows are a unit's own, also whoever of another unit could come in."""
    here = {("police", role): User(role=role, unit=None if role == "auditor" else police) for role in ROLES}
    other = UnitFactory() if access.scoped else None
    there = {("another unit", role): User(role=role, unit=other) for role in sorted(UNIT_ROLES & access.roles) if other}
    for number, user in enumerate([*here.values(), *there.values()]):
        user.username, user.name = f"A{number}", f"干警{number}"
    User.objects.bulk_create([*here.values(), *there.values()])
    return here | there


def ask(user: User | None, method: str, url: str) -> str:
    """What the address answers; what the request did is undone, so that the next person finds everything as it was."""
    cache.clear()
    with transaction.atomic():
        client = QuickClient()
        if user:
            client.force_login(user)
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    if answer.headers.get("Location", "").split("?")[0] == reverse("accounts:login"):
        return "sign in"
    return str(answer.status_code) if answer.status_code in REFUSED or answer.status_code >= 500 else "in"


def fits(answer: str, place: str, role: str, access: Access) -> bool:
    if place != "police":
        return answer == "404"
    return answer == "in" if role in access.roles else answer in {"403", "404"}


def test_every_address_is_in_a_table():
    known = set(named_urls(get_resolver().url_patterns)) - OPEN
    assert known == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_only_the_listed_roles_are_let_in_and_another_unit_finds_nothing_there(police, name):
    access = TABLE[name]
    everyone = people(police, access)
    url = reverse(name, kwargs=access.make(police) if access.make else {})
    assert ask(None, access.method, url) == "sign in"
    answers = {(place, role): ask(user, access.method, url) for (place, role), user in everyone.items()}
    assert {who: told for who, told in answers.items() if not fits(told, *who, access)} == {}, url
