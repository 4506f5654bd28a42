import pytest

from ledger.states import EntryState
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", EntryState)
def test_factory_walks_an_entry_to_any_state(state):
    entry = EntryFactory(state=state)
    entry.refresh_from_db()
    assert entry.state == state
    assert entry.events.latest("seq").to_state == state


def test_profile_page_renders_for_an_officer(client, officer):
    client.force_login(officer)
    assert officer.name in client.get("/accounts/me/").content.decode()
