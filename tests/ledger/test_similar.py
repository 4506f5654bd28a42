"""While registering, entries that may be the same problem are shown, most alike first, only those one may see."""

import pytest
from django.urls import reverse

from ledger.states import EntryState
from tests.factories import EnterpriseFactory, EntryFactory

pytestmark = pytest.mark.django_db
SIMILAR = reverse("ledger:entry-similar")


def shown(client, **asked) -> list[str]:
    return [one.entry.title for one in client.get(SIMILAR, asked).context["similar"]]


def test_of_the_same_enterprise_come_first_and_foreign_ones_never(client, officer, police, court):
    firm = EnterpriseFactory()
    for title in ("厂区门口道路被大货车占用", "拖欠工资", "门前路被占"):
        EntryFactory(unit=police, title=title, enterprise=firm)
    EntryFactory(unit=police, title="厂区门口的道路被占")
    EntryFactory(unit=police, title="厂区门口道路被占", state=EntryState.DUPLICATE)
    foreign = EntryFactory(unit=court, title="厂区门口道路被占（外单位）", enterprise=firm)
    client.force_login(officer)
    asked = {"title": "厂区门口道路被占"}
    assert shown(client, **asked) == ["厂区门口的道路被占", "厂区门口道路被大货车占用"]
    of_the_firm = ["厂区门口道路被大货车占用", "门前路被占", "厂区门口的道路被占"]
    assert shown(client, **asked, enterprise=firm.pk) == of_the_firm
    page = client.get(SIMILAR, {**asked, "enterprise": firm.pk}).content.decode()
    assert "可能重复" in page
    assert foreign.title not in page


@pytest.mark.parametrize(
    "asked", [{}, {"title": "路"}, {"title": "　（）"}, {"title": "完全无关的另一件事", "enterprise": "x"}]
)
def test_nothing_alike_says_nothing(client, officer, police, asked):
    EntryFactory(unit=police, title="厂区门口道路被占")
    client.force_login(officer)
    assert client.get(SIMILAR, asked).content.decode().strip() == ""


@pytest.mark.parametrize("rows", [1, 3])
def test_takes_the_same_statements_however_many(client, officer, police, rows, django_assert_num_queries):
    firm = EnterpriseFactory()
    EntryFactory.create_batch(rows, unit=police, title="厂区门口道路被占", enterprise=firm)
    client.force_login(officer)
    client.get(SIMILAR)
    with django_assert_num_queries(6):
        assert len(shown(client, title="厂区门口道路被占", enterprise=firm.pk)) == rows
