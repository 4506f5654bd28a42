import os

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from accounts.models import Unit
from tests.clients import QuickClient
from tests.databases import copy_template
from tests.factories import UserFactory

# A busy machine is slow, not wrong; what was found once is found again by everyone.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("suite")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Gives every transactional test the rows that data migrations made (units, workstreams, calendar, categories).

    Such a test really commits (threads, live_server), so its tables are emptied afterwards; Django puts the
    rows back before the next one only when asked to by `serialized_rollback`, which is easily forgotten.
    """
    marker = item.get_closest_marker("django_db")
    live = {"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    if live or (marker and marker.kwargs.get("transaction")):
        item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


def asks_a_database(item: pytest.Item) -> bool:
    wanted = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(wanted or item.get_closest_marker("django_db")) and not item.get_closest_marker("one_engine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second engine (`SECOND_ENGINE`, set by script/test) only what could come out otherwise is run again."""
    if not os.environ.get("SECOND_ENGINE"):
        return
    left = [item for item in items if not asks_a_database(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if asks_a_database(item)]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings) -> bool:
    """On SQLite the migrated database is a copy; pytest-django then has nothing left to migrate."""
    return copy_template()


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def client() -> QuickClient:
    return QuickClient()


@pytest.fixture
def police(db) -> Unit:
    return Unit.objects.get_or_create(name="市公安局", defaults={"kind": "public_security"})[0]


@pytest.fixture
def court(db) -> Unit:
    return Unit.objects.get_or_create(name="市人民法院", defaults={"kind": "court"})[0]


@pytest.fixture
def officer(police):
    """A dispatched officer of the police."""
    return UserFactory(unit=police)


@pytest.fixture
def foreign_officer(court):
    """An officer of another unit, who must see nothing of the police's."""
    return UserFactory(unit=court)


@pytest.fixture
def coordinator(police):
    return UserFactory(unit=police, coordinator=True)


@pytest.fixture
def office(db):
    """The commission's own coordinator, who receives and assigns for all."""
    return UserFactory(unit=Unit.objects.get(name="市委政法委"), coordinator=True, city=True)


@pytest.fixture
def unit_leader(police):
    return UserFactory(unit=police, leader=True)


@pytest.fixture
def city_leader(db):
    return UserFactory(unit=Unit.objects.get(name="市委政法委"), leader=True, city=True)


@pytest.fixture
def admin(db):
    return UserFactory(unit=Unit.objects.get(name="市委政法委"), admin=True)


@pytest.fixture
def auditor(db):
    return UserFactory(auditor=True)
