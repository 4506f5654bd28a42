"""The list as of a past day shows what was then, and what has happened since; its counts are those of the rates."""

import re
from datetime import date

import pytest
from django.urls import reverse

from ledger.states import Action, EntryState
from reports.days.from_events import rates_on
from tests.factories import EntryFactory, move
from tests.factories.ledger import walk

pytestmark = pytest.mark.django_db
LIST = reverse("ledger:entry-list")
JUNE = date(2023, 6, 30)


@pytest.fixture
def ledger(police, court, admin):
    """Every state, some reached before the end of June and some after; one entry handed from one unit to the other."""
    for state in EntryState:
        EntryFactory(unit=police, state=state)
        EntryFactory(unit=court, state=state, moved_on=date(2023, 7, 3))
    EntryFactory(unit=police, registered_on=date(2023, 7, 1))
    walk(EntryFactory(unit=court, lead_unit=police), EntryState.ASSIGNED, date(2023, 7, 10))
    closed = EntryFactory(unit=police, state="closed", title="又被占的道路")
    return move(closed, Action.REOPEN, actor=admin, day=date(2023, 7, 2), note="对方再次违约")


def count(client, **query) -> int:
    page = client.get(LIST, {"asof": JUNE.isoformat(), **query})
    return page.context["page"].count


def test_counts_are_those_of_the_rates_of_that_day(client, ledger, office, coordinator, police, court):
    for user in (office, coordinator):
        client.force_login(user)
        table = rates_on(JUNE, user)
        assert count(client, ours="answers") == table.all.registered
        assert count(client, ours="answers", state="resolved") == table.all.resolved
        assert count(client, ours="answers", state="rejected") == table.all.rejected
        assert count(client, ours="answers", state="duplicate") == table.all.duplicate
        for unit in (police, court):
            rates = table.by_unit.get(unit.name)
            assert count(client, answerable=unit.pk) == (rates.registered if rates else 0)


def test_a_day_changes_what_is_told_of_the_rows_and_not_which_are_shown(client, coordinator, police, court):
    """Under the same title: what a unit supports or registered is there with a day as it is without."""
    EntryFactory(unit=police, registered_on=date(2023, 6, 1))
    registered = walk(EntryFactory(unit=police, lead_unit=court, registered_on=date(2023, 6, 1)), EntryState.HANDLING)
    EntryFactory(unit=court, registered_on=date(2023, 6, 1))
    client.force_login(coordinator)
    live = client.get(LIST).context["page"].count
    assert count(client, asof="2023-06-30") == live == 2
    assert count(client, asof="2023-06-30", ours="answers") == 1
    assert registered.number in client.get(LIST, {"asof": "2023-06-30"}).content.decode()


def test_each_row_tells_what_changed_since(client, ledger, office):
    client.force_login(office)
    page = client.get(LIST, {"asof": "2023-06-30", "q": "又被占的道路"})
    told = re.sub(r"\s+", " ", page.content.decode())
    assert "截至 2023年6月30日 问题台账" in told
    assert "看哪天的台账：2023-06-30" in told
    assert "此后 1 步：7月2日重新打开" in told
    (entry,) = page.context["page"].object_list
    assert (entry.stood, entry.standing) == (EntryState.CLOSED, EntryState.HANDLING)


@pytest.mark.parametrize("rows", [1, 3])
def test_takes_the_same_statements_however_many_rows(client, officer, police, court, rows, django_assert_num_queries):
    EntryFactory.create_batch(rows, unit=police)
    hidden = EntryFactory(unit=court)
    client.force_login(officer)
    client.get(LIST)
    with django_assert_num_queries(7):
        page = client.get(LIST, {"asof": "2023-06-30"})
    assert hidden.number not in page.content.decode()
    assert page.context["page"].count == rows
