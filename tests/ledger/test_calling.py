"""记回访: the number to ring and the result to read out stand in the form; who sees it whole is as in the register."""

from datetime import date

import pytest
from django.urls import reverse

from ledger.models import ProblemEntry
from ledger.selectors.entries.calling import call_about
from ledger.states import EntryState
from tests.factories import EnterpriseFactory, EntryFactory, KeyProjectFactory, PairingFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2023, 6, 20)
WHOLE, MASKED = "13907360001", "139****0001"


@pytest.fixture
def firm():
    return EnterpriseFactory(name="津市样例纺织有限公司", contact_name="刘厂长", contact_phone=WHOLE)


def test_the_number_is_the_entrys_own_else_the_registers_masked_as_there(police, firm, coordinator, office):
    registrar, paired = UserFactory(unit=police), UserFactory(unit=police)
    PairingFactory(officer=paired, enterprise=firm, starts_on=date(2023, 1, 1))
    of_firm = EntryFactory(unit=police, enterprise=firm, registered_by=registrar, state=EntryState.COMPLETED)
    own = EntryFactory(unit=police, enterprise=firm, contact_name="王会计", contact_phone="0736-4210000")
    project = KeyProjectFactory(enterprise=firm)
    of_project = EntryFactory(unit=police, enterprise=None, project=project)
    nobody = EntryFactory(unit=police, enterprise=EnterpriseFactory(contact_phone=""))

    def told(entry: ProblemEntry, user):
        call = call_about(entry, user, TODAY)
        return call.person, call.phone, call.is_whole

    for user in (coordinator, office, paired):
        assert told(of_firm, user) == ("刘厂长", WHOLE, True), user
    assert told(of_firm, registrar) == ("刘厂长", MASKED, False)
    assert told(of_project, coordinator) == ("刘厂长", WHOLE, True)
    assert told(own, registrar) == ("王会计", "0736-4210000", True)
    assert told(nobody, coordinator)[1:] == ("", False)


def test_the_form_shows_whom_to_ring_and_what_to_read_out(client, police, firm, coordinator):
    registrar = UserFactory(unit=police)
    entry = EntryFactory(unit=police, enterprise=firm, registered_by=registrar, state=EntryState.COMPLETED)
    ProblemEntry.objects.filter(pk=entry.pk).update(outcome="道路已疏通，货车可以进厂")
    form = reverse("ledger:entry-move", args=[entry.pk, "confirm"])
    client.force_login(coordinator)
    page = client.get(form).content.decode()
    assert f'href="tel:{WHOLE}"' in page
    assert "道路已疏通，货车可以进厂" in page
    assert 'value="刘厂长"' in page
    client.force_login(registrar)
    hidden = client.get(form).content.decode()
    assert (WHOLE in hidden, MASKED in hidden, "全号请向结对干警或联络员要" in hidden) == (False, True, True)
    refused = client.post(form, {"version": entry.version})
    assert (refused.status_code, "道路已疏通" in refused.content.decode()) == (422, True)
    assert "念给企业听" not in client.get(reverse("ledger:entry-move", args=[entry.pk, "send_back"])).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_takes_the_same_statements(client, police, firm, coordinator, rows, django_assert_num_queries):
    entries = [EntryFactory(unit=police, enterprise=firm, state=EntryState.COMPLETED) for _ in range(rows)]
    client.force_login(coordinator)
    form = reverse("ledger:entry-move", args=[entries[0].pk, "confirm"])
    client.get(form)
    with django_assert_num_queries(9):
        client.get(form)


def test_a_firms_number_and_address_lead_its_page_masked_as_in_its_facts(client, police, coordinator, officer):
    firm = EnterpriseFactory(contact_name="刘厂长", contact_phone=WHOLE, region="津市市", address="孟姜女大道1号")
    page = reverse("enterprises:enterprise-detail", args=[firm.pk])
    client.force_login(coordinator)
    text = client.get(page).content.decode()
    assert text.index(f'href="tel:{WHOLE}"') < text.index("detail-grid")
    assert text.index("孟姜女大道1号") < text.index("detail-grid")
    client.force_login(officer)
    hidden = client.get(page).content.decode()
    assert (WHOLE in hidden, hidden.count(MASKED)) == (False, 2)
    bare = EnterpriseFactory(contact_phone="", address="")
    empty = client.get(reverse("enterprises:enterprise-detail", args=[bare.pk])).content.decode()
    assert "电话和地址" not in empty
