"""The pages' rules hold in imports: what could not be typed is not imported, what a form completes an import does."""

from datetime import date
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, WorkGroup
from cases.models import LegalCase
from enterprises.models import KeyProject, Workstream
from imports.errors import StalePlanError
from imports.models import ImportBatch
from imports.plans.pipeline import read_file, settle
from imports.writing.apply import Writing
from imports.writing.at_once import check_file, import_file
from ledger.models import ActivityOutput, ProblemCategory, Recovery, ServiceActivity
from ledger.selectors.entries.exports import ACTIVITY_PREFIX
from ledger.services.activities import ActivityData, log_activity
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    RecommendationFactory,
    RecoveryFactory,
    UserFactory,
)
from tests.imports.books import xlsx
from tests.imports.test_adjusting import press_row
from tests.imports.test_pages import desk, page, upload, work  # noqa: F401 -- desk is a fixture

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
ROSTER = ["工号", "姓名", "单位", "角色"]


@pytest.fixture
def bring(tmp_path, admin):
    """Imports `{heading: value}` rows at once; gives back what is told."""

    def bring(kind, *rows, check=False):
        path = tmp_path / "样例.xlsx"
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        xlsx(path, {"表": [headings, *([row.get(heading, "") for heading in headings] for row in rows)]})
        if check:
            return check_file(kind, path, today=TODAY).told
        return import_file(kind, path, actor=admin, at=timezone.now(), today=TODAY).told

    return bring


def reasons(told):
    return [(error["column"], error["reason"]) for error in told["errors"]]


def visit(**more):
    row = {"日期": date(2023, 5, 12), "活动类型": "部门服务企业", "单位": "市公安局", "所属大事": ""}
    return row | {"经办干警": "干警9001", "服务对象": "津市样例甲有限公司", "数量": 1, "带队领导": ""} | more


def test_an_imported_visit_is_completed_like_a_typed_one(bring, police):
    firm = EnterpriseFactory(name="津市样例甲有限公司", workstream=Workstream.objects.get(slug="park"))
    port, _ = Workstream.objects.get(slug="port"), Workstream.objects.update(work_group=None)
    port.work_group = WorkGroup.objects.create(name="样例工作组")
    port.save()
    actor = UserFactory(unit=police, name="干警9001", work_group=port.work_group)
    columns = {"kind": "department", "happened_on": date(2023, 5, 12), "enterprise": firm, "times": 1}
    typed = log_activity(actor=actor, at=timezone.now(), data=ActivityData(columns=columns)).activity
    told = bring("activities", visit(), visit(服务对象="不在册的厂"), visit(服务对象="别的厂", 经办干警=""))
    made = ServiceActivity.objects.exclude(pk=typed.pk).order_by("pk").values_list("workstream", flat=True)
    assert list(made) == [typed.workstream_id, port.pk, None]
    assert "表第2行：所属大事没有填，按服务对象记为“五好园区”" in told["notes"]


@pytest.mark.parametrize(
    ("more", "column", "words"),
    [
        ({"活动类型": "领导调研督导"}, "带队领导", "请写明带队领导"),
        ({"活动类型": "走访企业", "服务对象": ""}, "服务对象", "请选择走访企业的企业或项目"),
        ({"活动类型": "法治体检", "服务对象": ""}, "服务对象", "请选择法治体检的企业或项目"),
        ({"数量": 0}, "数量", "数量为 0"),
        ({"日期": date(2027, 1, 1)}, "日期", "晚于今天"),
    ],
)
def test_what_the_form_of_an_activity_refuses_an_import_refuses(bring, police, more, column, words):
    told = bring("activities", visit(**more))
    assert [name for name, reason in reasons(told) if words in reason] == [column]
    assert not ServiceActivity.objects.exists()


def test_a_list_without_a_column_for_the_leader_is_taken_and_says_so(bring, police):
    row = visit(活动类型="领导调研督导")
    del row["带队领导"]
    told = bring("activities", row)
    assert told["created"] == 1
    assert "表第2行：表里没有带队领导一列，导入后请在活动页面补上" in told["notes"]


def test_nothing_found_is_a_result_as_on_the_page(bring, police):
    bring("activities", visit(活动类型="隐患排查", 数量=0))
    assert list(ActivityOutput.objects.values_list("measure", "quantity")) == [("hazards", 0)]


def test_an_exported_activity_cannot_lose_whom_it_was_done_to(bring, police):
    one = ActivityFactory(kind="visit", unit=police, happened_on=date(2023, 5, 12), enterprise=None, target_name="甲厂")
    told = bring(
        "activities",
        visit(系统编号=f"{ACTIVITY_PREFIX}-{one.pk:05d}", 活动类型="走访企业", 服务对象="清空", 经办干警=""),
    )
    assert reasons(told) == [("服务对象", "请选择走访企业的企业或项目；不在册的，写下名称")]
    one.refresh_from_db()
    assert one.target_name == "甲厂"


def case(**more):
    row = {"案号": "（2023）湘0781民初1号", "案件类型": "买卖合同纠纷", "承办单位": "市公安局"}
    return row | {"立案日期": date(2023, 3, 1)} | more


CASE_FAULTS = [
    ({"结果": "破获"}, "结果", "在办案件还没有结果"),
    ({"状态": "已结"}, "结案日期", "已结案件要填结案日期"),
    ({"状态": "在办", "结案日期": date(2023, 4, 1)}, "状态", "状态请选“已结”"),
    ({"结案日期": date(2023, 2, 1)}, "结案日期", "早于立案日期"),
    ({"拘留": 2}, "拘留日期", "请填拘留日期"),
    ({"拘留": 2, "拘留日期": date(2023, 2, 1)}, "拘留日期", "早于立案日期"),
    ({"拘留日期": date(2023, 4, 1)}, "拘留", "请填拘留人数"),
]


@pytest.mark.parametrize("is_stored", [False, True])
@pytest.mark.parametrize(("more", "column", "words"), CASE_FAULTS)
def test_what_does_not_fit_together_in_a_case_is_refused(bring, police, more, column, words, is_stored):
    if is_stored:
        CaseFactory(number=case()["案号"], unit=police, filed_on=date(2023, 3, 1), kind="sales_contract")
    told = bring("cases", case(**more))
    assert [name for name, reason in reasons(told) if words in reason] == [column]
    assert list(LegalCase.objects.values_list("result", "detained_on", "closed_on")) == [("", None, None)] * is_stored


def test_a_case_moved_by_a_row_takes_its_money_along(bring, police, court):
    stored = CaseFactory(number=case()["案号"], unit=police, filed_on=date(2023, 3, 1), kind="sales_contract")
    RecoveryFactory(case=stored, amount=Decimal(1000), happened_on=date(2023, 4, 1), unit=police)
    told = bring("cases", case(承办单位=court.name, 所属大事="津市港"))
    assert (told["updated"], told["errors"]) == (1, [])
    assert list(Recovery.objects.values_list("unit", "workstream__name")) == [(court.pk, "津市港")]


def test_money_of_a_problem_that_is_linked_with_the_case_is_not_counted_twice(bring, police):
    stored = CaseFactory(number=case()["案号"], unit=police, filed_on=date(2023, 3, 1), kind="sales_contract")
    entry = EntryFactory(unit=police, case=stored)
    RecoveryFactory(case=None, entry=entry, amount=Decimal(50_000), happened_on=date(2023, 4, 1), unit=police)
    told = bring("cases", case(挽回损失="5万元"))
    assert [name for name, reason in reasons(told) if f"问题 {entry.number} 已登记" in reason] == ["挽回损失"]
    assert Recovery.objects.count() == 1


def test_recommendations_of_a_stored_case_are_left_and_it_says_so(bring, police):
    stored = CaseFactory(number=case()["案号"], unit=police, filed_on=date(2023, 3, 1), kind="public_interest")
    RecommendationFactory(case=stored, unit=police)
    told = bring("cases", case(案件类型="公益诉讼", 检察建议=2))
    assert [note for note in told["notes"] if "有检察建议 1 份，表里写 2 份，未改动" in note]
    assert not [note for note in bring("cases", case(案件类型="公益诉讼", 检察建议=1))["notes"] if "检察建议" in note]


def person(user, role, unit=None):
    return dict(zip(ROSTER, [user.username, user.name, unit or user.unit.name, role], strict=True))


@pytest.mark.parametrize(
    ("kind", "row", "column", "words"),
    [
        ("enterprises", {"企业名称": "甲", "地区": "常德"}, "企业名称", "请填写完整的名称"),
        ("projects", {"项目名称": "甲", "项目编号": "A1"}, "项目名称", "请填写完整的名称"),
        (
            "projects",
            {"项目名称": "甲项目", "开工日期": "2026-05-01", "计划竣工": "2026-04-01"},
            "计划竣工",
            "早于开工",
        ),
        ("roster", dict(zip(ROSTER, ["ZF/9", "干警0009", "市公安局", "派驻干部"], strict=True)), "工号", "工号只能有"),
        ("roster", dict(zip(ROSTER, ["ZF9", "干警0009", "", "派驻干部"], strict=True)), "单位", "只有审计员"),
        (
            "roster",
            dict(zip([*ROSTER, "派驻工作组"], ["ZF9", "干警0009", "市公安局", "派驻干部", "停用组"], strict=True)),
            "派驻工作组",
            "已停用",
        ),
        ("activities", visit(活动类型="走访企业", 数量=1001), "数量", "次数超过 1000"),
        (
            "surveys",
            {"企业名称": "津市样例甲厂", "走访单位": "市公安局", "走访日期": "2023-05-12", "诉求类别": "停用类"},
            "诉求类别",
            "已停用",
        ),
    ],
)
def test_what_no_page_takes_no_import_takes(bring, police, kind, row, column, words):
    WorkGroup.objects.create(name="停用组", is_active=False)
    ProblemCategory.objects.create(name="停用类", is_active=False)
    told = bring(kind, row)
    assert [(name, words in reason) for name, reason in reasons(told)] == [(column, True)]
    assert told["created"] == 0


def test_a_project_of_nearly_a_stored_name_is_asked_about(desk, tmp_path):  # noqa: F811
    stored = KeyProjectFactory(name="津市样例码头改造项目", number="A1")
    KeyProjectFactory(name="津市样例一期厂房项目")
    rows = [["样例码头改造工程", "5"], ["津市样例码头改建项目", "6"], ["津市样例二期厂房项目", "7"]]
    upload(desk, xlsx(tmp_path / "p.xlsx", {"表": [["项目名称", "总投资(万元)"], *rows]}), kind="projects")
    work()
    batch = ImportBatch.objects.get()
    assert list(batch.rows.order_by("row_no").values_list("outcome", flat=True)) == ["decide", "decide", "create"]
    for row, to in zip(
        batch.rows.filter(outcome="decide").order_by("row_no"), (f"project-{stored.pk}", "new"), strict=True
    ):
        (asked,) = row.values["questions"]
        press_row(desk, "choose", batch, row.row_no, sheet="表", key=asked["key"], to=to)
    work()
    batch.refresh_from_db()
    confirm(desk, batch)
    work()
    assert dict(KeyProject.objects.exclude(investment=None).values_list("name", "investment")) == {
        "津市样例码头改造项目": 50_000, "津市样例码头改建项目": 60_000, "津市样例二期厂房项目": 70_000,
    }  # fmt: skip


def test_the_last_admin_stays(bring, admin):
    told = bring("roster", person(admin, "派驻干部"))
    assert reasons(told) == [("角色", f"{admin.name} 是唯一在用的管理员，请先另设一位管理员")]
    other = UserFactory(unit=admin.unit)
    told = bring("roster", person(other, "管理员"), person(admin, "派驻干部"))
    assert (told["updated"], list(User.objects.filter(role="admin"))) == (2, [other])


def test_an_admin_who_went_while_a_roster_was_written_stops_it(tmp_path, admin):
    other = UserFactory(unit=admin.unit, role="admin")
    path = xlsx(tmp_path / "r.xlsx", {"表": [ROSTER, list(person(admin, "派驻干部").values())]})
    writing = Writing(actor=admin, batch=None, at=timezone.now())
    for part in settle(read_file(path, path.name, "roster"), today=TODAY):
        writing.take(part)
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(StalePlanError, match="没有在用的管理员"):
        writing.carry_out()
    admin.refresh_from_db()
    assert admin.role == "admin"


@pytest.fixture
def roster(tmp_path, police, court):
    """Two become leaders, one of them elsewhere; one moves; one changes the post only; one is new."""
    people = [UserFactory(unit=police, name=f"干警000{number}") for number in range(1, 5)]
    wanted = [("领导", None), ("领导", court.name), ("派驻干部", court.name), ("派驻干部", None)]
    rows = [list(person(one, *more).values()) for one, more in zip(people, wanted, strict=True)]
    rows += [["ZF9009", "干警9009", "市公安局", "领导"]]
    path = xlsx(tmp_path / "花名册.xlsx", {"表": [[*ROSTER, "职务"], *([*row, "科员"] for row in rows)]})
    return path, people


def test_changed_rights_are_counted_on_top_and_need_their_own_tick(desk, roster):  # noqa: F811
    path, people = roster
    upload(desk, path, kind="roster")
    work()
    batch = ImportBatch.objects.get()
    shown = " ".join(page(desk, batch).split())
    assert "2 人岗位变动，2 人升为领导，2 人单位变动" in shown
    for ticked in ({}, {"rights": "another preview's"}):
        assert "请逐人核对" in confirm(desk, batch, **ticked)
        work()
    assert User.objects.filter(role="leader").count() == 0
    confirm(desk, batch, rights=batch.summary["digest"])
    work()
    batch.refresh_from_db()
    assert (batch.state, User.objects.filter(role="leader").count()) == ("applied", 3)
    audited = LogEntry.objects.filter(
        action=LogEntry.Action.UPDATE, content_type__model="user", changes__has_key="role"
    )
    assert sorted(audited.values_list("object_id", "changes__role")) == [
        (one.pk, ["staff", "leader"]) for one in people[:2]
    ]


def confirm(desk, batch, **ticked):  # noqa: F811
    return desk.post(reverse("imports:batch-confirm", args=[batch.pk]), ticked, follow=True).content.decode()


def test_a_roster_that_changes_no_rights_asks_for_no_tick(desk, tmp_path, police):  # noqa: F811
    one = UserFactory(unit=police, name="干警0001")
    row = [*person(one, "派驻干部").values(), "科长"]
    upload(desk, xlsx(tmp_path / "r.xlsx", {"表": [[*ROSTER, "职务"], row]}), kind="roster")
    work()
    batch = ImportBatch.objects.get()
    assert 'name="rights"' not in page(desk, batch)
    confirm(desk, batch)
    work()
    one.refresh_from_db()
    assert one.post == "科长"


def test_the_command_writes_changed_rights_only_when_told_so(roster):
    path, people = roster
    with pytest.raises(CommandError, match=r"2 人岗位变动，2 人升为领导，2 人单位变动.*--rights"):
        call_command("import_workbook", "roster", str(path), "--commit")
    assert not User.objects.filter(username="ZF9009").exists()
    call_command("import_workbook", "roster", str(path), "--commit", "--rights")
    people[0].refresh_from_db()
    assert people[0].role == "leader"


def test_the_roster_leaves_no_work_behind(bring, police, court):
    """As on the page: in words at the cell, and nothing of the row is written."""
    entry = EntryFactory(unit=police, state="handling")
    clerk = UserFactory(unit=police, coordinator=True)
    handler, new = entry.handler, UserFactory(unit=police)
    told = bring("roster", person(handler, "派驻干部", court.name))
    assert reasons(told) == [("单位", f"{handler.name} 名下还有经办的问题 1 件，请先交接再调到{court}")]
    told = bring("roster", person(handler, "审计员"))
    assert reasons(told) == [("角色", f"{handler.name} 名下还有经办的问题 1 件，请先交接再改为审计员")]
    told = bring("roster", person(clerk, "派驻干部"))
    [(column, words)] = reasons(told)
    assert (column, f"{police}只有 {clerk.name} 一位联络员，还有未销号的问题 1 件" in words) == ("角色", True)
    told = bring("roster", person(new, "单位联络员"), person(clerk, "派驻干部"))
    assert (told["updated"], reasons(told)) == (2, [])
    clerk.refresh_from_db()
    assert clerk.role == "staff"


def test_work_given_while_a_roster_was_written_stops_it(tmp_path, admin, police, court):
    officer = UserFactory(unit=police)
    path = xlsx(tmp_path / "r.xlsx", {"表": [ROSTER, list(person(officer, "派驻干部", court.name).values())]})
    writing = Writing(actor=admin, batch=None, at=timezone.now())
    for part in settle(read_file(path, path.name, "roster"), today=TODAY):
        writing.take(part)
    EntryFactory(unit=police, handler=officer, lead_unit=police, state="handling")
    with pytest.raises(StalePlanError, match=f"{officer.name} 名下还有经办的问题 1 件，请先交接再调到{court}"):
        writing.carry_out()
    officer.refresh_from_db()
    assert (officer.unit, officer.version) == (police, 1)
