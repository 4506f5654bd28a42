"""Entering and editing enterprises and projects: bad codes, close names, two people at once, drafts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from accounts.models import Draft
from accounts.signin.drafts import save_draft
from common.clock import today
from enterprises.models import Enterprise, KeyProject
from enterprises.services.similar import similar_names
from tests.factories import EnterpriseFactory, KeyProjectFactory, UserFactory
from tests.factories.enterprises import uscc

pytestmark = pytest.mark.django_db


def typed(**changes):
    return {"name": "津市样例盐业有限公司", "uscc": uscc(1), "kind": "enterprise", "is_active": "on", **changes}


def create(client, **changes):
    return client.post(reverse("enterprises:enterprise-create"), typed(**changes))


def edit(client, enterprise, version, **changes):
    data = typed(uscc=enterprise.uscc, version=version, **changes)
    return client.post(reverse("enterprises:enterprise-edit", args=[enterprise.pk]), data)


def errors(answer):
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_an_enterprise_is_entered_with_its_money_exact(client, coordinator):
    client.force_login(coordinator)
    answer = create(client, registered_capital="4098000.10", uscc=f" {uscc(1).lower()} ")
    made = Enterprise.objects.get()
    assert answer.headers["Location"] == reverse("enterprises:enterprise-detail", args=[made.pk])
    assert (made.uscc, made.registered_capital, made.is_verified) == (uscc(1), Decimal("4098000.10"), True)
    assert LogEntry.objects.get_for_object(made).get().actor == coordinator


def test_without_a_code_it_stays_unverified(client, coordinator):
    client.force_login(coordinator)
    create(client, uscc="")
    assert list(Enterprise.objects.values_list("uscc", "is_verified")) == [(None, False)]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"uscc": "9143078"}, "uscc", "统一社会信用代码应为 18 位，这里是 7 位"),
        (
            {"uscc": uscc(1)[:17] + ("0" if uscc(1)[17] != "0" else "1")},
            "uscc",
            "统一社会信用代码校验位不符，请对照营业执照核对",
        ),
        ({"name": "甲"}, "name", "请填写完整的名称"),
        ({"registered_on": "2099-01-01"}, "registered_on", "注册日期 2099-01-01 晚于今天，请改正"),
        ({"contact_phone": "打电话"}, "contact_phone", "电话只能有数字和短横"),
        ({"registered_capital": "-1"}, "registered_capital", "金额不能小于 0"),
        ({"registered_capital": "0.001"}, "registered_capital", "金额精确到分，最多两位小数"),
        ({"registered_capital": "NaN"}, "registered_capital", "请填写金额（元），只写数字，最多两位小数"),
    ],
)
def test_bad_input_is_told_in_words_and_kept(client, coordinator, changes, field, words):
    client.force_login(coordinator)
    answer = create(client, **changes)
    assert errors(answer) == {field: [words]}
    assert answer.context["form"][field].value() == changes[field]
    assert not Enterprise.objects.exists()


def test_a_known_code_is_refused(client, coordinator):
    EnterpriseFactory(uscc=uscc(1))
    client.force_login(coordinator)
    assert errors(create(client)) == {"uscc": ["这个统一社会信用代码已经登记过，请搜索后直接使用"]}


def test_a_second_post_of_one_form_makes_no_second_row(client, coordinator):
    client.force_login(coordinator)
    create(client, uscc="")
    answer = create(client, uscc="", confirmed="on")
    assert "已经登记过" in errors(answer)["name"][0]
    assert Enterprise.objects.count() == 1


def test_close_names_are_shown_before_a_new_one_is_made(client, coordinator):
    known = EnterpriseFactory(name="津市市样例盐业（集团）有限责任公司", uscc=uscc(2))
    client.force_login(coordinator)
    answer = create(client)
    assert [candidate.name for candidate in answer.context["form"].candidates] == [known.name]
    assert reverse("enterprises:enterprise-detail", args=[known.pk]) in answer.content.decode()
    assert "仍要新建" in answer.content.decode()
    assert Enterprise.objects.count() == 1
    create(client, confirmed="on")
    assert Enterprise.objects.count() == 2


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("湖南津市样例盐业有限公司", "津市市样例盐业有限责任公司", True),
        ("津市 样例（盐业）有限公司", "津市样例盐业有限公司", True),
        ("样例产业园标准厂房一期", "样例产业园标准厂房二期", True),
        ("津市样例企业0001有限公司", "津市样例企业0002有限公司", False),
        ("津市样例盐业有限公司", "津市新湘雅食品有限公司", False),
    ],
)
def test_names_are_close_when_place_and_form_are_set_aside(one, other, close):
    row = EnterpriseFactory(name=one)
    assert similar_names(Enterprise.objects.all(), other) == ([row] if close else [])


def test_two_editors_the_second_sees_both_texts(client, coordinator, admin):
    enterprise = EnterpriseFactory(address="旧址", name="津市样例盐业有限公司")
    client.force_login(admin)
    edit(client, enterprise, 1, address="新址甲")
    client.force_login(coordinator)
    answer = edit(client, enterprise, 1, address="新址乙")
    form = answer.context["form"]
    assert [(found.label, found.stored, found.typed) for found in form.conflicts] == [("地址", "新址甲", "新址乙")]
    assert form.conflict_by == admin.name
    assert f"{admin.name}在您填写期间先保存了这条记录" in answer.content.decode()
    assert (form["address"].value(), form["version"].value()) == ("新址乙", "2")
    enterprise.refresh_from_db()
    assert (enterprise.address, enterprise.version) == ("新址甲", 2)
    edit(client, enterprise, 2, address="新址乙")
    enterprise.refresh_from_db()
    assert (enterprise.address, enterprise.version) == ("新址乙", 3)


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999999999999"])
def test_a_meddled_version_is_a_conflict_not_a_crash(client, coordinator, version):
    enterprise = EnterpriseFactory(address="旧址")
    client.force_login(coordinator)
    assert edit(client, enterprise, version, address="新址").status_code == 200
    enterprise.refresh_from_db()
    assert enterprise.address == "旧址"


def test_a_draft_is_put_back_and_dropped_after_saving(client, coordinator):
    save_draft(user=coordinator, key="enterprise:new", data={"name": ["写了一半的公司"]})
    client.force_login(coordinator)
    page = client.get(reverse("enterprises:enterprise-create"))
    assert page.context["form"]["name"].value() == "写了一半的公司"
    assert "已放回您上次没有保存的内容" in page.content.decode()
    create(client)
    assert not Draft.objects.exists()


def test_a_draft_can_be_thrown_away(client, coordinator):
    save_draft(user=coordinator, key="enterprise:new", data={"name": ["写了一半的公司"]})
    client.force_login(coordinator)
    page = client.get(reverse("enterprises:enterprise-create"), {"fresh": "1"})
    assert page.context["form"]["name"].value() is None
    assert not Draft.objects.exists()


def project(client, **changes):
    return client.post(reverse("enterprises:project-create"), {"name": "样例码头工程", "is_active": "on", **changes})


def test_a_project_is_entered_with_its_builder_and_contact(client, coordinator):
    builder, contact = EnterpriseFactory(), UserFactory(unit=coordinator.unit)
    client.force_login(coordinator)
    project(client, investment="120000000", enterprise=builder.pk, contact=contact.pk, due_on=today())
    made = KeyProject.objects.get()
    assert (made.enterprise, made.contact, made.investment) == (builder, contact, Decimal("120000000"))


def test_a_project_ends_after_it_starts(client, coordinator):
    client.force_login(coordinator)
    answer = project(client, started_on="2023-05-02", due_on="2023-05-01")
    assert errors(answer) == {"due_on": ["计划竣工早于开工日期，请改正"]}


def test_a_known_project_is_refused_and_a_close_one_shown(client, coordinator):
    KeyProjectFactory(name="样例码头工程")
    client.force_login(coordinator)
    assert errors(project(client)) == {"name": ["“样例码头工程”已经登记过，请搜索后直接使用"]}
    answer = project(client, name="津市样例码头项目")
    assert [candidate.name for candidate in answer.context["form"].candidates] == ["样例码头工程"]


def test_a_project_edit_meets_a_conflict(client, coordinator):
    made = KeyProjectFactory(name="样例码头工程", version=3)
    client.force_login(coordinator)
    url = reverse("enterprises:project-edit", args=[made.pk])
    answer = client.post(url, {"name": "样例码头工程", "notes": "改", "is_active": "on", "version": 2})
    assert [found.label for found in answer.context["form"].conflicts] == ["备注"]
    assert client.post(url, {"name": "样例码头工程", "notes": "改", "is_active": "on", "version": 3}).status_code == 302
    made.refresh_from_db()
    assert (made.notes, made.version) == ("改", 4)


def test_a_foreign_contact_is_no_choice(client, coordinator, foreign_officer):
    client.force_login(coordinator)
    assert "contact" in errors(project(client, contact=foreign_officer.pk))


def test_registration_day_may_be_today_and_long_ago(client, coordinator):
    client.force_login(coordinator)
    create(client, registered_on=today())
    create(client, uscc=uscc(9), name="百年老店", registered_on=date(1950, 1, 1))
    assert set(Enterprise.objects.values_list("registered_on", flat=True)) == {today(), date(1950, 1, 1)}
    assert errors(create(client, uscc=uscc(8), name="明日公司", registered_on=today() + timedelta(days=1)))


def test_editing_opens_with_the_chosen_builder_alone(client, coordinator):
    builder = EnterpriseFactory(name="津市样例建设公司")
    EnterpriseFactory(name="别的公司")
    made = KeyProjectFactory(enterprise=builder)
    client.force_login(coordinator)
    page = client.get(reverse("enterprises:project-edit", args=[made.pk])).content.decode()
    assert f'<option value="{builder.pk}" selected>津市样例建设公司</option>' in page
    assert "别的公司" not in page
