from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from enterprises.models import EnterpriseKind, Industry
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    KeyProjectFactory,
    PairingFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.enterprises import uscc, workstream

pytestmark = pytest.mark.django_db


def listed(client, name="enterprises:enterprise-list", **query):
    return [row.name for row in client.get(reverse(name), query).context["page"]]


def exported(client, name="enterprises:enterprise-export", **query):
    answer = client.get(reverse(name), query)
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return rows[0], rows[1 : 1 + int(answer["X-Rows"])]


@pytest.mark.parametrize("words", ["湘雅", "yangli", "ylxy", "91430781ma0000042"])
def test_search_knows_chinese_pinyin_initials_and_credit_code(client, officer, words):
    EnterpriseFactory(name="样例湘雅公司", uscc=uscc(42))
    EnterpriseFactory(name="别的企业", uscc=uscc(77))
    client.force_login(officer)
    assert listed(client, q=words) == ["样例湘雅公司"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"kind": "association"}, ["乙协会"]),
        ({"above_scale": "1"}, ["甲公司"]),
        ({"above_scale": "0", "verified": "1"}, ["乙协会"]),
        ({"verified": "0"}, ["丙商户"]),
        ({"coded": "0"}, ["丙商户"]),
        ({"active": "0"}, ["丙商户"]),
        ({"paired": "1"}, ["甲公司"]),
        ({"paired": "0"}, ["丙商户", "乙协会"]),
        ({"unvisited_since": "2023-05-11"}, ["丙商户", "乙协会", "甲公司"]),
        ({"unvisited_since": "2023-05-10"}, ["丙商户", "乙协会"]),
        ({"sort": "-name"}, ["甲公司", "乙协会", "丙商户"]),
        ({"sort": "visit"}, ["乙协会", "丙商户", "甲公司"]),
    ],
)
def test_filters_in_the_address_choose_the_rows(client, officer, query, names):
    first = EnterpriseFactory(name="甲公司", is_above_scale=True)
    EnterpriseFactory(name="乙协会", kind=EnterpriseKind.ASSOCIATION)
    EnterpriseFactory(name="丙商户", uscc=None, is_verified=False, is_active=False)
    PairingFactory(enterprise=first)
    ActivityFactory(enterprise=first, unit=officer.unit, happened_on=date(2023, 5, 10))
    client.force_login(officer)
    assert listed(client, **query) == names


def test_an_ended_pairing_pairs_no_longer(client, officer):
    PairingFactory(enterprise=EnterpriseFactory(name="甲公司"), ends_on=date(2023, 6, 30))
    client.force_login(officer)
    assert listed(client, paired="1") == []


def test_industry_and_matter_choose_the_rows(client, officer):
    industry = Industry.objects.first()
    EnterpriseFactory(name="甲公司", industry=industry)
    EnterpriseFactory(name="乙公司", workstream=workstream("津市港"))
    client.force_login(officer)
    assert listed(client, industry=industry.pk) == ["甲公司"]
    assert listed(client, workstream=workstream("津市港").pk) == ["乙公司"]
    page = client.get(reverse("enterprises:enterprise-list"), {"industry": industry.pk}).content.decode()
    assert f"产业：{industry.name}" in page
    assert "企业名录 · 1 家" in page


def test_another_units_visit_is_no_visit_to_me(client, officer):
    enterprise = EnterpriseFactory(name="甲公司")
    ActivityFactory(enterprise=enterprise, unit=UnitFactory(), happened_on=date(2023, 5, 10))
    client.force_login(officer)
    assert listed(client, unvisited_since="2023-01-01") == ["甲公司"]
    assert client.get(reverse("enterprises:enterprise-list")).context["page"][0].last_visit is None


def test_the_export_is_the_filtered_list_in_its_order(client, officer):
    EnterpriseFactory.create_batch(3)
    wanted = [EnterpriseFactory(name=f"津市港样例{n}") for n in range(3)]
    client.force_login(officer)
    query = {"q": "津市港", "sort": "-name"}
    head, rows = exported(client, **query)
    assert [row[0] for row in rows] == listed(client, **query) == [row.name for row in reversed(wanted)]
    assert head[:3] == ["企业名称", "统一社会信用代码", "市场主体类型"]


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("officer", "138****0000"),
        ("unit_leader", "138****0000"),
        ("coordinator", "13800000000"),
        ("admin", "13800000000"),
    ],
)
def test_contact_phones_are_masked_in_page_and_export(client, request, who, shown):
    enterprise = EnterpriseFactory(contact_phone="13800000000")
    client.force_login(request.getfixturevalue(who))
    head, rows = exported(client)
    page = client.get(reverse("enterprises:enterprise-detail", args=[enterprise.pk])).content.decode()
    assert rows[0][head.index("联系电话")] == shown
    assert shown in page
    assert ("13800000000" in page) is (shown == "13800000000")


def test_the_paired_officer_sees_the_phone(client, officer):
    pairing = PairingFactory(officer=officer, enterprise=EnterpriseFactory(contact_phone="13800000000"))
    client.force_login(officer)
    head, rows = exported(client)
    assert rows[0][head.index("联系电话")] == "13800000000"
    page = client.get(reverse("enterprises:enterprise-detail", args=[pairing.enterprise_id])).content.decode()
    assert "13800000000" in page


def test_projects_are_chosen_by_matter_lead_unit_and_words(client, officer):
    unit = UnitFactory()
    KeyProjectFactory(name="疏港铁路一期", lead_unit=unit)
    KeyProjectFactory(name="津市港码头", workstream=workstream("津市港"))
    client.force_login(officer)
    name = "enterprises:project-list"
    assert listed(client, name, lead_unit=unit.pk) == ["疏港铁路一期"]
    assert listed(client, name, workstream=workstream("津市港").pk) == ["津市港码头"]
    assert listed(client, name, q="jsg") == ["津市港码头"]
    assert [row[0] for row in exported(client, "enterprises:project-export", q="jsg")[1]] == ["津市港码头"]


def test_pairings_are_chosen_by_unit_target_and_state(client, officer):
    mine = PairingFactory(officer=officer)
    other = PairingFactory(enterprise=None, project=KeyProjectFactory(), ends_on=date(2023, 6, 30))
    client.force_login(officer)

    def found(**query):
        return list(client.get(reverse("enterprises:pairing-list"), query).context["page"])

    assert found() == [other, mine]
    assert found(unit=officer.unit.pk) == found(force="1") == found(target="enterprise") == [mine]
    assert found(force="0") == found(target="project") == found(q=other.officer.name) == [other]
    assert len(exported(client, "enterprises:pairing-export", force="1")[1]) == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("enterprises:enterprise-list", 9),
        ("enterprises:enterprise-export", 6),
        ("enterprises:project-list", 8),
        ("enterprises:project-export", 6),
        ("enterprises:pairing-list", 8),
        ("enterprises:pairing-export", 4),
        ("enterprises:workstream-list", 4),
        ("enterprises:workgroup-list", 5),
        ("enterprises:coverage", 11),
        ("enterprises:coverage-export", 8),
    ],
)
def test_query_budgets(client, coordinator, foreign_officer, rows, name, queries, django_assert_num_queries):
    for _ in range(rows):
        pairing = PairingFactory(officer=UserFactory(unit=coordinator.unit))
        PairingFactory(officer=pairing.officer, enterprise=None, project=KeyProjectFactory())
        ActivityFactory(enterprise=pairing.enterprise, officer=foreign_officer, unit=foreign_officer.unit)
    client.force_login(coordinator)
    client.get(reverse(name))
    with django_assert_num_queries(queries):
        page = client.get(reverse(name))
    assert "2023年5月10日" not in page.content.decode(errors="ignore")
