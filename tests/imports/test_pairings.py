"""结对联系表: who serves whom, by the rules of the pages."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import User
from enterprises.models import Pairing
from imports.plans.summary import problems, summarise
from tests.factories import EnterpriseFactory, KeyProjectFactory, PairingFactory, UserFactory
from tests.imports.books import xlsx
from tests.imports.test_samples import FOLDER, TODAY, bring_in
from tests.imports.test_undo import bring_in as import_page
from tests.imports.test_undo import dump, undo
from tests.imports.whole import make_plan, write_plan

pytestmark = pytest.mark.django_db
HEAD = ["结对干警", "工号", "单位", "对象类别", "企业或项目", "开始日期", "结束日期", "备注"]


@pytest.fixture
def firm():
    return EnterpriseFactory(name="津市样例甲厂")


@pytest.fixture
def officer(police):
    return UserFactory(name="干警0001", username="ZF0001", unit=police)


def planned(tmp_path, *rows, head=HEAD):
    path = xlsx(tmp_path / "结对.xlsx", {"结对": [head, *rows]})
    return make_plan(path, path.name, "pairings", today=TODAY)


def write(plan):
    write_plan(plan)


def pairing_row(**changes):
    row = dict(zip(HEAD, ["干警0001", "", "", "", "津市样例甲厂", "2023-04-01", "", ""], strict=True)) | changes
    return list(row.values())


def test_the_sample_pairs_officers_by_number_name_and_unit():
    for name in ("干警花名册.xlsx", "企业名录.xlsx", "重点项目清单.xlsx"):
        bring_in(name)
    path = FOLDER / "结对联系表.xlsx"
    plan = make_plan(path, path.name, "pairings", today=TODAY)
    told = summarise(plan)
    assert (told["rows"], told["created"], told["duplicates"], told["wrong"]) == (63, 58, 1, 4)
    assert [problem["column"] for problem in problems(plan)] == ["结对企业", "结束日期", "开始日期", "结对干警"]
    write(plan)
    assert (Pairing.objects.filter(project=None).count(), Pairing.objects.exclude(ends_on=None).count()) == (38, 5)
    again = summarise(make_plan(path, path.name, "pairings", today=TODAY))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 58)


def test_one_row_may_name_an_enterprise_and_a_project(tmp_path, firm, officer):
    project = KeyProjectFactory(name="津市样例码头项目")
    plan = planned(
        tmp_path,
        ["ZF0001", "津市样例甲厂", "津市样例码头项目", date(2023, 4, 1)],
        head=["工号", "结对企业", "结对项目", "开始日期"],
    )
    write(plan)
    assert set(Pairing.objects.values_list("officer", "enterprise", "project")) == {
        (officer.pk, firm.pk, None),
        (officer.pk, None, project.pk),
    }
    assert summarise(plan)["created"] == 1


def test_an_end_date_ends_the_pairing_and_nothing_else(tmp_path, firm, officer):
    stored = PairingFactory(officer=officer, enterprise=firm, starts_on=date(2023, 4, 1), notes="驻点")
    plan = planned(tmp_path, pairing_row(结束日期="2023.10.8", 备注="岗位调整"))
    assert plan.rows[0].changes == {"结束日期": ["（空）", "2023-10-08"], "备注": ["驻点", "岗位调整"]}
    write(plan)
    stored.refresh_from_db()
    assert (stored.ends_on, stored.notes, Pairing.objects.count()) == (date(2023, 10, 8), "岗位调整", 1)


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"开始日期": "2023-06-01"}, "开始日期", "从 2023-04-01 至今已与“津市样例甲厂”结对"),
        ({"开始日期": "2023-01-01", "结束日期": "2023-04-01"}, "开始日期", "日期不能重叠"),
        ({"结束日期": "2023-03-01"}, "结束日期", "早于开始日期"),
        ({"结束日期": "2023-10-08"}, "备注", "写明原因"),
        ({"结束日期": "2027-01-01"}, "结束日期", "晚于今天"),
        ({"企业或项目": "查无此厂"}, "企业或项目", "不在企业名录和重点项目里"),
        ({"结对干警": "干警0002"}, "结对干警", "已停用"),
        ({"结对干警": "干警0003"}, "结对干警", "有 2 位“干警0003”，请填工号"),
        ({"结对干警": "干警0009"}, "结对干警", "不在花名册里"),
        ({"工号": "zf0002"}, "结对干警", "与姓名“干警0001”不符"),
    ],
)
def test_what_the_pages_refuse_is_refused_with_the_reason(tmp_path, firm, officer, changes, column, words):
    PairingFactory(officer=officer, enterprise=firm, starts_on=date(2023, 4, 1))
    UserFactory(name="干警0002", username="ZF0002", is_active=False, last_login=timezone.now())
    UserFactory.create_batch(2, name="干警0003")
    [problem] = problems(planned(tmp_path, pairing_row(**changes)))
    assert (problem["column"], words in problem["reason"]) == (column, True), problem["reason"]


def test_someone_the_roster_named_can_be_paired_before_being_invited(tmp_path, firm, officer):
    User.objects.update(is_active=False)
    assert summarise(planned(tmp_path, pairing_row(), pairing_row()))["created"] == 1


def test_a_name_two_units_share_is_told_apart_by_the_unit(tmp_path, firm, officer, court):
    other = UserFactory(name="干警0001", unit=court)
    write(planned(tmp_path, pairing_row(单位=court.name)))
    assert Pairing.objects.get().officer == other


def test_an_undone_import_leaves_the_pairings_as_before(client, admin, tmp_path, firm, officer):
    client.force_login(admin)
    PairingFactory(officer=officer, enterprise=firm, starts_on=date(2023, 4, 1))
    KeyProjectFactory(name="津市样例码头项目")
    rows = [pairing_row(结束日期="2023-10-08", 备注="岗位调整"), pairing_row(企业或项目="津市样例码头项目")]
    before = dump()
    batch = import_page(client, xlsx(tmp_path / "结对.xlsx", {"结对": [HEAD, *rows]}), "pairings")
    assert (Pairing.objects.count(), batch.result["created"], batch.result["updated"]) == (2, 1, 1)
    listed = client.get(f"/imports/{batch.pk}/", {"outcome": "update"}).content.decode()
    assert f"/enterprises/{firm.pk}/" in listed
    undo(client, batch)
    assert dump() == before
