import pytest
from django.core.cache import cache

from accounts.models import Unit
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


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
