import pytest
from django.urls import reverse

from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, EntryFactory, KeyProjectFactory
from tests.reports import settle

pytestmark = pytest.mark.django_db


def find(client, user, words):
    client.force_login(user)
    return client.get(reverse("desk:search"), {"q": words})


def titles(response):
    return {group.name: [hit.title for hit in group.hits] for group in response.context["groups"]}


@pytest.mark.parametrize("words", ["港口物流", "gkwl", "gangkouwuliu", "GKWL"])
def test_enterprise_is_found_by_words_and_pinyin(client, officer, words):
    EnterpriseFactory(name="津市样例港口物流有限公司")
    EnterpriseFactory(name="津市样例盐化有限公司")
    assert titles(find(client, officer, words)) == {"企业": ["津市样例港口物流有限公司"]}


def test_everything_of_ones_own_unit_is_found_in_groups(client, officer):
    enterprise = EnterpriseFactory(name="津市样例纺织有限公司")
    entry = EntryFactory(title="纺织厂欠薪", unit=officer.unit)
    project = KeyProjectFactory(name="津市样例纺织园")
    case = CaseFactory(title="纺织合同纠纷", unit=officer.unit)
    ActivityFactory(enterprise=enterprise, unit=officer.unit, officer=officer)
    found = titles(find(client, officer, "纺织"))
    assert list(found) == ["企业", "重点项目", "问题台账", "涉企案件", "服务活动"]  # what was named, then its story
    assert found == {
        "企业": [enterprise.name],
        "重点项目": [project.name],
        "问题台账": [entry.title],
        "涉企案件": [case.number],
        "服务活动": [f"走访企业　{enterprise.name}"],
    }


@pytest.mark.parametrize("words", ["number", "title"])
def test_another_units_entry_is_never_found(client, foreign_officer, officer, words):
    entry = EntryFactory(unit=officer.unit, title="只属于公安的问题")
    response = find(client, foreign_officer, getattr(entry, words))
    assert (response.status_code, titles(response)) == (200, {})
    assert entry.title not in response.content.decode().replace("搜索“只属于公安的问题”", "").replace(
        'value="只属于公安的问题"', ""
    )


@pytest.mark.parametrize("typed", [str, str.lower, lambda number: f" {number} "])
def test_whole_entry_number_opens_the_entry(client, officer, typed):
    entry = EntryFactory(unit=officer.unit)
    response = find(client, officer, typed(entry.number))
    assert (response.status_code, response.url) == (302, reverse("ledger:entry-detail", args=[entry.pk]))


def test_case_number_with_half_width_brackets_opens_the_case(client, officer):
    case = CaseFactory(unit=officer.unit, number="（2023）湘0781民初0101号")
    response = find(client, officer, "(2023)湘0781民初0101号")
    assert response.url == reverse("cases:case-detail", args=[case.pk])


def test_credit_code_opens_the_enterprise(client, officer):
    enterprise = EnterpriseFactory()
    assert find(client, officer, enterprise.uscc.lower()).url == reverse(
        "enterprises:enterprise-detail", args=[enterprise.pk]
    )


def test_nothing_found_says_what_to_try(client, officer):
    assert "换个词试试" in find(client, officer, "没有这个词").content.decode()


@pytest.mark.parametrize("rows", [1, 3, 12])
def test_search_query_budget(client, officer, court, rows, django_assert_num_queries):
    for n in range(rows):
        enterprise = EnterpriseFactory(name=f"津市样例纺织{n}有限公司")
        EntryFactory(title="纺织厂欠薪", unit=officer.unit)
        CaseFactory(title="纺织合同纠纷", unit=officer.unit)
        ActivityFactory(enterprise=enterprise, unit=officer.unit)
    hidden = EntryFactory(title="纺织厂外单位", unit=court)
    settle(client, officer)
    with django_assert_num_queries(9):
        page = client.get(reverse("desk:search"), {"q": "纺织"}).content.decode()
    assert hidden.title not in page
