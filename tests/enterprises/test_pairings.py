from datetime import date

import pytest
from django.urls import reverse

from common.clock import today
from enterprises.models import Pairing
from tests.factories import EnterpriseFactory, KeyProjectFactory, PairingFactory, UserFactory

pytestmark = pytest.mark.django_db


def start(client, officer, target, **changes):
    data = {"officer": officer.pk, "target": target, "starts_on": "2023-05-01", **changes}
    return client.post(reverse("enterprises:pairing-start"), data)


def end(client, pairing, **changes):
    data = {"ends_on": "2023-06-30", "notes": "岗位调整", **changes}
    return client.post(reverse("enterprises:pairing-end", args=[pairing.pk]), data)


def errors(answer):
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_a_coordinator_pairs_an_officer_with_an_enterprise_and_a_project(client, coordinator, officer):
    enterprise, project = EnterpriseFactory(), KeyProjectFactory()
    client.force_login(coordinator)
    answer = start(client, officer, f"enterprise:{enterprise.pk}")
    assert answer.headers["Location"] == reverse("enterprises:enterprise-detail", args=[enterprise.pk])
    start(client, officer, f"project:{project.pk}")
    rows = Pairing.objects.order_by("pk").values_list("officer", "enterprise", "project", "starts_on", "ends_on")
    assert list(rows) == [
        (officer.pk, enterprise.pk, None, date(2023, 5, 1), None),
        (officer.pk, None, project.pk, date(2023, 5, 1), None),
    ]


def test_the_office_pairs_anyones_officer(client, office, officer):
    client.force_login(office)
    assert start(client, officer, f"enterprise:{EnterpriseFactory().pk}").status_code == 302


def test_another_units_officer_cannot_be_paired(client, coordinator, foreign_officer):
    client.force_login(coordinator)
    answer = start(client, foreign_officer, f"enterprise:{EnterpriseFactory().pk}")
    assert errors(answer) == {"officer": ["只能为本单位的干警结对"]}
    assert not Pairing.objects.exists()


@pytest.mark.parametrize("target", ["", "enterprise:0", "enterprise:abc", "user:1", "enterprise:99999999999999999999"])
def test_the_target_must_be_in_the_register(client, coordinator, officer, target):
    client.force_login(coordinator)
    assert list(errors(start(client, officer, target))) == ["target"]


def test_one_open_pairing_an_officer_and_enterprise(client, coordinator, officer):
    pairing = PairingFactory(officer=officer, starts_on=date(2023, 4, 1))
    client.force_login(coordinator)
    answer = start(client, officer, f"enterprise:{pairing.enterprise_id}")
    assert errors(answer) == {"officer": [f"{officer.name}从 2023-04-01 起已与“{pairing.enterprise}”结对"]}
    assert Pairing.objects.count() == 1


def test_a_new_pairing_starts_after_the_last_one_ended(client, coordinator, officer):
    pairing = PairingFactory(officer=officer, starts_on=date(2023, 4, 1), ends_on=date(2023, 5, 1))
    client.force_login(coordinator)
    assert list(errors(start(client, officer, f"enterprise:{pairing.enterprise_id}"))) == ["starts_on"]
    start(client, officer, f"enterprise:{pairing.enterprise_id}", starts_on="2023-05-02")
    assert Pairing.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2099-01-01", "开始日期 2099-01-01 晚于今天，请改正"),
        ("1999-12-31", "开始日期 1999-12-31 早于 2000 年，请改正"),
    ],
)
def test_a_pairing_starts_on_a_day_that_can_be(client, coordinator, officer, day, words):
    client.force_login(coordinator)
    answer = start(client, officer, f"enterprise:{EnterpriseFactory().pk}", starts_on=day)
    assert errors(answer) == {"starts_on": [words]}


def test_ending_keeps_the_history(client, coordinator, officer):
    pairing = PairingFactory(officer=officer)
    client.force_login(coordinator)
    end(client, pairing)
    pairing.refresh_from_db()
    assert (pairing.ends_on, pairing.notes) == (date(2023, 6, 30), "岗位调整")
    assert errors(end(client, pairing)) == {"__all__": ["这次结对已于 2023-06-30 结束"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"ends_on": "2023-03-31"}, "ends_on"), ({"ends_on": "2999-01-01"}, "ends_on"), ({"notes": " "}, "notes")],
)
def test_an_end_needs_a_reason_and_a_day_that_can_be(client, coordinator, officer, changes, field):
    pairing = PairingFactory(officer=officer, starts_on=date(2023, 4, 1))
    client.force_login(coordinator)
    assert list(errors(end(client, pairing, **changes))) == [field]
    pairing.refresh_from_db()
    assert pairing.ends_on is None


def test_another_units_coordinator_cannot_end_it(client, coordinator, foreign_officer):
    pairing = PairingFactory(officer=foreign_officer)
    client.force_login(coordinator)
    assert end(client, pairing).status_code == 404


def test_the_form_opens_on_the_enterprise_it_was_called_from(client, coordinator):
    enterprise = EnterpriseFactory(name="津市样例盐业")
    client.force_login(coordinator)
    page = client.get(reverse("enterprises:pairing-start"), {"target": f"enterprise:{enterprise.pk}"})
    assert f'<option value="enterprise:{enterprise.pk}" selected>津市样例盐业</option>' in page.content.decode()
    assert page.context["form"]["starts_on"].value() == today()


def test_the_list_offers_an_end_only_for_ones_own_officers(client, coordinator, officer):
    mine, other = PairingFactory(officer=officer), PairingFactory(officer=UserFactory())
    client.force_login(coordinator)
    page = client.get(reverse("enterprises:pairing-list")).content.decode()
    assert reverse("enterprises:pairing-end", args=[mine.pk]) in page
    assert reverse("enterprises:pairing-end", args=[other.pk]) not in page
