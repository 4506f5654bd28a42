"""A case and the problem it resolves find each other from both pages; money is led to what it belongs to."""

from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.models import ProblemEntry
from ledger.states import EntryState
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, EntryFactory, RecoveryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(officer):
    """A problem in the officer's hands and a case, of one firm."""
    firm = EnterpriseFactory()
    entry = EntryFactory(enterprise=firm, unit=officer.unit, lead_unit=officer.unit, handler=officer, state="handling")
    case = CaseFactory(unit=officer.unit)
    case.enterprises.add(firm)
    return entry, case


def link(client, entry, case, **more):
    stored = ProblemEntry.objects.get(pk=entry.pk)
    data = {"case": case.pk if case else "", "version": stored.version, **more}
    return client.post(reverse("ledger:entry-link-case", args=[entry.pk]), data)


def linked(entry):
    return ProblemEntry.objects.get(pk=entry.pk).case


def test_each_page_offers_the_other_and_links_once(client, officer, pair):
    entry, case = pair
    client.force_login(officer)
    pages = [reverse("ledger:entry-detail", args=[entry.pk]), reverse("cases:case-detail", args=[case.pk])]
    assert "据此化解" in client.get(pages[0]).content.decode()
    assert f"关联 {entry.number}" in client.get(pages[1]).content.decode()
    assert link(client, entry, case, **{"from": "case"}).headers["Location"] == pages[1]
    assert linked(entry) == case
    assert LogEntry.objects.get_for_object(entry).order_by("-pk").first().actor == officer
    version = ProblemEntry.objects.get(pk=entry.pk).version
    link(client, entry, case)
    assert ProblemEntry.objects.get(pk=entry.pk).version == version
    assert f"关联 {entry.number}" not in client.get(pages[1]).content.decode()
    assert "不是据此化解" in client.get(pages[0]).content.decode()
    link(client, entry, None)
    assert linked(entry) is None


def test_only_who_answers_for_it_links_and_an_old_page_is_told(client, officer, pair, request):
    entry, case = pair
    client.force_login(officer)
    link(client, entry, case, version=99)
    assert linked(entry) is None
    colleague = request.getfixturevalue("city_leader")
    client.force_login(colleague)
    link(client, entry, case)
    assert linked(entry) is None
    assert "据此化解" not in client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
    foreign = request.getfixturevalue("foreign_officer")
    hidden = CaseFactory(unit=foreign.unit)
    client.force_login(officer)
    assert link(client, entry, hidden).status_code == 404


def test_what_is_resolved_keeps_its_case_and_what_was_set_aside_gets_none(client, officer, coordinator):
    case = CaseFactory(unit=officer.unit)
    resolved = EntryFactory(unit=officer.unit, lead_unit=officer.unit, handler=officer, state=EntryState.COMPLETED)
    rejected = EntryFactory(unit=officer.unit, state=EntryState.REJECTED, handler=officer)
    client.force_login(officer)
    link(client, rejected, case)
    assert linked(rejected) is None
    link(client, resolved, case)
    assert linked(resolved) == case


@pytest.mark.parametrize("rows", [1, 3])
def test_the_offers_cost_the_same_for_one_and_three(client, officer, pair, rows):
    entry, case = pair
    for _ in range(rows - 1):
        EntryFactory(enterprise=entry.enterprise, unit=officer.unit, lead_unit=officer.unit, handler=officer)
        CaseFactory(unit=officer.unit).enterprises.add(entry.enterprise)
    client.force_login(officer)
    costs = []
    for address in (reverse("ledger:entry-detail", args=[entry.pk]), reverse("cases:case-detail", args=[case.pk])):
        client.get(address)
        costs.append(count(client, address))
    assert costs == [COSTS["entry"], COSTS["case"]]


COSTS = {"entry": 13, "case": 12}


def count(client, address):
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)


def test_sums_of_a_case_are_told_by_kind(client, officer):
    case = CaseFactory(unit=officer.unit)
    for kind, amount in (("recovered", "100"), ("recovered", "20.50"), ("avoided", "7")):
        RecoveryFactory(case=case, unit=officer.unit, kind=kind, amount=Decimal(amount))
    client.force_login(officer)
    page = client.get(reverse("cases:case-detail", args=[case.pk]))
    sums = [(one.label, one.amount, one.count) for one in page.context["by_kind"]]
    assert sorted(sums) == [("追回", Decimal("120.50"), 2), ("避免", Decimal("7.00"), 1)]
    listed = client.get(reverse("cases:case-list"))
    (row,) = listed.context["page"]
    assert (row.money, row.recovered, row.avoided, row.saved) == (Decimal("127.50"), Decimal("120.50"), 7, None)
    told = {"total": Decimal("127.50"), "recovered": Decimal("120.50"), "avoided": Decimal("7"), "saved": Decimal("0")}
    assert listed.context["money"] == told


def test_money_is_led_to_what_it_belongs_to(client, officer, foreign_officer):
    case, hidden = CaseFactory(unit=officer.unit), CaseFactory(unit=foreign_officer.unit)
    entry, activity = EntryFactory(unit=officer.unit), ActivityFactory(unit=officer.unit)
    client.force_login(officer)
    start = reverse("ledger:recovery-create")
    recent = {one["value"] for one in client.get(start).context["recent"]}
    assert recent == {f"case:{case.pk}", f"entry:{entry.pk}", f"activity:{activity.pk}"}
    found = client.get(reverse("ledger:recovery-subjects"), {"q": case.number}).json()["results"]
    assert [one["value"] for one in found] == [f"case:{case.pk}"]
    answer = client.get(start, {"subject": f"case:{case.pk}"}, follow=True)
    assert answer.redirect_chain == [(f"{start}?case={case.pk}", 302)]
    assert answer.context["form"]
    assert client.get(start, {"subject": f"case:{hidden.pk}"}, follow=True).status_code == 404
    assert client.get(start, {"subject": "user:1"}).context["recent"]
