from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from common.forms.conflicts import in_words
from tests.factories import EnterpriseFactory, KeyProjectFactory, PairingFactory
from tests.factories.enterprises import uscc

pytestmark = pytest.mark.django_db


def results(client, **query):
    return client.get(reverse("enterprises:choices"), query).json()["results"]


def names(client, **query):
    return [choice["text"] for choice in results(client, **query)]


@pytest.mark.parametrize("words", ["样例湘", "ylxy", "yanglixiang", "91430781ma0000042"])
def test_an_enterprise_is_found_by_name_initials_pinyin_and_code(client, officer, words):
    EnterpriseFactory(name="样例湘雅公司", uscc=uscc(42))
    EnterpriseFactory(name="无关企业", uscc=uscc(77))
    client.force_login(officer)
    assert names(client, q=words) == ["样例湘雅公司"]


def test_my_own_pairing_comes_first_without_words(client, officer):
    EnterpriseFactory(name="安样例")
    mine = EnterpriseFactory(name="章样例")
    PairingFactory(officer=officer, enterprise=mine, starts_on=date(2023, 1, 1))
    client.force_login(officer)
    assert names(client) == ["章样例", "安样例"]


def test_both_kinds_say_which_they_are(client, officer):
    enterprise, project = EnterpriseFactory(name="样例甲公司"), KeyProjectFactory(name="样例乙项目")
    client.force_login(officer)
    values = [choice["value"] for choice in results(client, both="1", q="样例")]
    assert values == [f"project:{project.pk}", f"enterprise:{enterprise.pk}"]


def test_twenty_at_most(client, officer, django_assert_num_queries):
    EnterpriseFactory.create_batch(25)
    client.force_login(officer)
    client.get(reverse("enterprises:choices"))
    with django_assert_num_queries(4):
        assert len(names(client)) == 20


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "（空）"),
        (True, "是"),
        ("a", "甲"),
        (date(2023, 5, 1), "2023-05-01"),
        (170000.0, "170,000.00"),
        (Decimal("0.5"), "0.50"),
    ],
)
def test_a_conflict_is_told_in_words(value, words):
    assert in_words(value, {"a": "甲"}) == words
