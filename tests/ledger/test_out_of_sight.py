"""Whoever sends an entry out of their own sight ends on their list, with words that it is done."""

import pytest
from django.urls import reverse

from ledger.models import ProblemEntry
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("action", [Action.RETURN, Action.TRANSFER])
def test_a_unit_that_hands_an_entry_on_ends_on_its_list_and_reads_what_was_done(client, police, court, action, htmx):
    clerk = UserFactory(unit=court, coordinator=True)
    entry = EntryFactory(unit=police, lead_unit=court, state=EntryState.ASSIGNED)
    third = UserFactory().unit
    client.force_login(clerk)
    url = reverse("ledger:entry-move", args=[entry.pk, action.value])
    given = {"version": entry.version, "note": "不属本单位职责"}
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post(url, given | ({"lead_unit": third.pk} if action == Action.TRANSFER else {}), headers=headers)
    assert not ProblemEntry.objects.visible_to(clerk).filter(pk=entry.pk).exists(), answer.status_code
    assert (answer.headers["HX-Redirect"] if htmx else answer.url) == reverse("ledger:entry-list")
    page = client.get(reverse("ledger:entry-list")).content.decode()
    assert f"{entry.number} 已不归您的单位，不再显示在您的台账里" in page


def test_one_who_still_sees_it_stays_on_its_page(client, police, office):
    entry = EntryFactory(unit=police, state=EntryState.REGISTERED)
    client.force_login(office)
    answer = client.post(reverse("ledger:entry-move", args=[entry.pk, "accept"]), {"version": entry.version})
    assert answer.url == reverse("ledger:entry-detail", args=[entry.pk])
