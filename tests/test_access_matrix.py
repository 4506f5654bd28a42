"""Every address × every role. An address missing from the tables fails here, before anyone can forget it."""

from importlib import import_module

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import Access
from tests.factories import UnitFactory, UserFactory

APPS = ["accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports"]
OPEN = {"accounts:login", "accounts:logout", "ledger:confirmation-answer", "reports:screen"}
TABLE: dict[str, Access] = {}
for app in APPS:
    TABLE |= import_module(f"tests.access.{app}").TABLE
ROLES = ["staff", "coordinator", "leader", "admin", "auditor"]
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


def person(role, unit):
    return UserFactory(role=role, unit=None if role == "auditor" else unit)


def ask(client, name, access, unit):
    url = reverse(name, kwargs=access.make(unit) if access.make else {})
    return getattr(client, access.method)(url)


def test_every_address_is_in_a_table():
    known = set(named_urls(get_resolver().url_patterns)) - OPEN
    assert known == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_anonymous_is_sent_to_sign_in(client, police, name):
    answer = ask(client, name, TABLE[name], police)
    assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, reverse("accounts:login"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(TABLE))
def test_only_the_listed_roles_are_let_in(client, police, name, role):
    client.force_login(person(role, police))
    answer = ask(client, name, TABLE[name], police)
    assert (answer.status_code not in REFUSED) is (role in TABLE[name].roles), answer.status_code
    assert answer.status_code < 500


@pytest.mark.parametrize("name", sorted(name for name, access in TABLE.items() if access.scoped))
@pytest.mark.parametrize("role", ["staff", "coordinator", "leader"])
def test_another_unit_finds_nothing_there(client, police, name, role):
    if role not in TABLE[name].roles:
        return
    client.force_login(person(role, UnitFactory()))
    assert ask(client, name, TABLE[name], police).status_code == 404
