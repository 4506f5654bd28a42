"""Export → import again: unchanged it changes nothing; an edited cell changes exactly that field."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, WorkGroup
from enterprises.models import Industry
from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.models import ActivityKind, ActivityOutput, ClosedPeriod, Measure, ProblemCategory
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    KeyProjectFactory,
    PairingFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.enterprises import workstream

pytestmark = pytest.mark.django_db
LONG = "第一行\n第二行，含“引号”与、顿号\n" + "内容" * 300
ODD = ("=1+1", "+86 开头", "007")


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def people():
    unit = UnitFactory(short_name="简称")
    return unit, UserFactory(name="干警0007", unit=unit)


def make_enterprises():
    industry = Industry.objects.get_or_create(name="现代物流")[0]
    for at, odd in enumerate(ODD):
        EnterpriseFactory(
            name=f"津市样例（{odd}）有限公司",
            uscc=None if at == 2 else EnterpriseFactory.build().uscc,
            kind="association",
            is_above_scale=at == 0,
            industry=industry,
            workstream=workstream("津市港"),
            legal_form="有限责任公司",
            registered_on=date(1987, 3, 1),
            registered_capital=None if at == 1 else Decimal("98800000.55"),
            capital_text=["9880.000055万元", "21(万美元)", ""][at],
            business_scope=LONG,
            region="常德",
            address=odd,
            contact_name="联系人001",
            contact_phone="0736-4212345",
            is_active=at != 1,
            is_verified=at != 2,
            notes=odd,
        )


def make_projects():
    unit, officer = people()
    UserFactory(name="干警0007")
    builder = EnterpriseFactory(name="津市样例建设有限公司")
    for at, odd in enumerate(ODD):
        KeyProjectFactory(
            name=f"样例项目{odd}",
            number=f"00{at}",
            workstream=workstream("津市港"),
            builder="" if at else "某某建设公司",
            enterprise=builder,
            investment=Decimal("397000000.10"),
            started_on=date(2023, 5, 19),
            due_on=date(2030, 1, 1),
            lead_unit=unit,
            contact=officer,
            is_active=at != 1,
            notes=f"{odd}\n{LONG}",
        )


def make_roster():
    unit = UnitFactory(is_active=False)
    group = WorkGroup.objects.get_or_create(name="样例工作组")[0]
    for role, city in (("staff", False), ("leader", True), ("auditor", False)):
        UserFactory(
            username=f"00{role}",
            name="干警" + role,
            unit=None if role == "auditor" else unit,
            role=role,
            city_wide=city,
            post="=1+1",
            work_group=group,
            phone="13800000000",
        )


def make_pairings():
    unit, officer = people()
    UserFactory(name="干警0007", unit=unit)
    for at, odd in enumerate(ODD):
        target = {"enterprise": None, "project": KeyProjectFactory()} if at == 1 else {}
        PairingFactory(officer=officer, notes=odd, ends_on=date(2024, 1, 1) if at == 2 else None, **target)


def make_surveys():
    unit, officer = people()
    category = ProblemCategory.objects.get_or_create(name="合同纠纷")[0]
    for at, odd in enumerate(ODD):
        SurveyFormFactory(
            serial="001",
            unit=unit,
            officer=officer,
            officer_name="" if at else "干警0007",
            workstream=workstream("津市港"),
            industry=Industry.objects.get_or_create(name="现代物流")[0],
            contact_name="联系人001",
            contact_phone="13800000000",
            satisfaction="basically",
            category=category,
            appeal=["1、货款被拖欠；\n2、电缆被盗", "", "无"][at],
            amount=Decimal("1980000.01"),
            suggestion=odd,
            notes=LONG,
        )


def make_activities():
    unit, officer = people()
    fields = {"unit": unit, "officer": officer, "workstream": workstream("津市港"), "campaign": CampaignFactory()}
    words = {"led_by": "市领导甲", "place": "津市样例路1号", "met_with": "=1+1", "summary": LONG}
    visit = ActivityFactory(**fields, **words, times=3)
    duty = ActivityFactory(**fields, **words, kind=ActivityKind.DUTY, enterprise=None)
    ActivityFactory(**fields, **words, enterprise=None, target_name="不在册的（007）商户")
    ActivityOutput.objects.create(activity=visit, measure=Measure.LEAFLETS, quantity=1200)
    ActivityOutput.objects.create(activity=duty, measure=Measure.ATTENDANCE, quantity=0)


def make_cases():
    unit, officer = people()
    for at, odd in enumerate(ODD):
        case = CaseFactory(
            title=odd,
            unit=unit,
            officer=officer,
            workstream=workstream("津市港"),
            campaign=CampaignFactory(),
            party_names=["", "不在册的甲厂、乙厂", "丙厂"][at],
            closed=True,
            result="judged",
            detained_persons=at,
            detained_on=date(2023, 5, 2) if at else None,
            summary=LONG,
            notes=odd,
        )
        case.enterprises.set([] if at == 2 else EnterpriseFactory.create_batch(2))
        RecoveryFactory(case=case, amount=Decimal("867000.50"))
        RecoveryFactory(case=case, kind="saved", amount=Decimal("5"))


def make_recommendations():
    unit, _ = people()
    for at, odd in enumerate(ODD):
        RecommendationFactory(
            number=f"津检建〔2023〕{at}号",
            case=CaseFactory() if at else None,
            unit=unit,
            workstream=workstream("津市港") if at else None,
            addressee=odd,
            subject=LONG[:300],
            issued_on=date(2023, 5, 1),
            replied_on=date(2023, 6, 1) if at else None,
            is_adopted=[None, True, False][at],
        )


# kind → the rows, the page's export, a cell to edit: heading and what to write, what the preview tells
KINDS = {
    "enterprises": (
        make_enterprises,
        "enterprises:enterprise-export",
        "联系人",
        "联系人002",
        ["联系人001", "联系人002"],
    ),
    "projects": (
        make_projects,
        "enterprises:project-export",
        "总投资（元）",
        50000000,
        ["397,000,000.10", "50,000,000.00"],
    ),
    "roster": (make_roster, "accounts:user-export", "职务", "科长", ["=1+1", "科长"]),
    "pairings": (make_pairings, "enterprises:pairing-export", "结束日期", date(2024, 5, 1), ["（空）", "2024-05-01"]),
    "surveys": (make_surveys, "ledger:survey-export", "满意度", "不满意", ["基本满意", "不满意"]),
    "activities": (make_activities, "ledger:activity-export", "发放资料", 1300, ["1200", "1300"]),
    "cases": (make_cases, "cases:case-export", "承办人", "干警0009", ["干警0007", "干警0009"]),
    "recommendations": (
        make_recommendations,
        "cases:recommendation-export",
        "发送对象",
        "市样例局",
        ["007", "市样例局"],
    ),
}


def bring_in(desk, kind, content):
    file = SimpleUploadedFile("导出.xlsx", content)
    desk.post(reverse("imports:upload"), {"kind": kind, "files": [file]})
    while run_job():
        pass
    return ImportBatch.objects.latest("id")


def edited(content, heading, value):
    """The workbook with one cell rewritten, in the first row that has something there or could."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    at = [cell.value for cell in sheet[1]].index(heading) + 1
    rows = range(2, sheet.max_row + 1)
    filled = [row for row in rows if sheet.cell(row, at).value not in (None, "")]
    row = filled[0] if heading != "结束日期" else next(row for row in rows if row not in filled)
    sheet.cell(row, at, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_list_changes_nothing_and_an_edited_cell_just_that(desk, kind):
    make, page, heading, value, told = KINDS[kind]
    make()
    known = User.objects.filter(name="干警0007").first()
    UserFactory(name="干警0009", **({"unit": known.unit} if known else {}))
    content = desk.get(reverse(page)).content
    batch = bring_in(desk, kind, content)
    rows = [(row.outcome, row.changes, row.errors) for row in batch.rows.all()]
    assert batch.state == "planned", batch.message
    assert len(rows) >= 3
    assert {outcome for outcome, _, _ in rows} == {"unchanged"}, rows
    assert batch.summary["ignored"] == []

    batch = bring_in(desk, kind, edited(content, heading, value))
    assert [row.changes for row in batch.rows.exclude(outcome="unchanged")] == [{heading: told}]
    before = LogEntry.objects.count()
    desk.post(reverse("imports:batch-confirm", args=[batch.pk]))
    while run_job():
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.result["updated"]) == ("applied", 1), batch.message
    trail = LogEntry.objects.exclude(content_type__model="importbatch").order_by("-id")[
        : LogEntry.objects.count() - before
    ]
    changes = [entry.changes for entry in trail if "导入批次" in (entry.additional_data or {})]
    assert [len(change) for change in changes] == [1]
    assert bring_in(desk, kind, desk.get(reverse(page)).content).figures["updated"] == 0


@pytest.mark.parametrize(
    ("kind", "heading", "value", "column", "words"),
    [
        ("surveys", "问题诉求", "别的诉求", "问题诉求", "已登记为台账问题"),
        ("surveys", "涉及金额（元）", 5, "涉及金额", "请在问题页面更正"),
        ("surveys", "走访日期", date(2023, 5, 1), "走访日期", "不能由导入改走访日期"),
        ("surveys", "系统编号", "DC-99999", "系统编号", "没有这个编号的记录"),
        ("activities", "活动类型", "法治体检", "活动类型", "不能由导入改活动类型"),
        ("activities", "系统编号", "DC-00001", "系统编号", "请保留导出时的内容"),
        ("cases", "挽回损失（元）", 5, "挽回损失", "与表中 5.00 元不同"),
        ("pairings", "开始日期", date(2023, 4, 2), "开始日期", "日期不能重叠"),
        ("enterprises", "规模以上", "清空", "规模以上", "不能清空"),
    ],
)
def test_what_an_import_does_not_change_is_refused_with_the_way_to_do_it(desk, kind, heading, value, column, words):
    make, page, *_ = KINDS[kind]
    make()
    batch = bring_in(desk, kind, edited(desk.get(reverse(page)).content, heading, value))
    problems = [error for row in batch.rows.all() for error in row.errors]
    assert [(problem["column"], words in problem["reason"]) for problem in problems] == [(column, True)], problems


def test_a_closed_half_year_lets_nothing_that_it_counts_change(desk, admin):
    make_activities()
    content = desk.get(reverse("ledger:activity-export")).content
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_by=admin, closed_at=timezone.now()
    )
    assert bring_in(desk, "activities", content).figures["unchanged"] == 3
    assert bring_in(desk, "activities", edited(content, "内容摘要", "改过的摘要")).figures["updated"] == 1
    batch = bring_in(desk, "activities", edited(content, "日期", "2023-07-05"))
    assert "已结账" in batch.rows.get(outcome="error").errors[0]["reason"]


def test_the_word_for_empty_empties_and_a_blank_or_masked_cell_does_not(desk):
    make_enterprises()
    content = edited(desk.get(reverse("enterprises:enterprise-export")).content, "注册资金（元）", "清空")
    content = edited(edited(content, "地区", ""), "联系电话", "073****2345")
    [row] = bring_in(desk, "enterprises", content).rows.exclude(outcome="unchanged")
    assert row.changes == {"注册资金原文": ["21(万美元)", "（空）"]}


def test_a_group_that_the_roster_is_first_to_name_is_made_and_undone(desk):
    make_roster()
    content = edited(desk.get(reverse("accounts:user-export")).content, "派驻工作组", "新的工作组")
    batch = bring_in(desk, "roster", content)
    desk.post(reverse("imports:batch-confirm", args=[batch.pk]))
    while run_job():
        pass
    moved = User.objects.get(work_group__name="新的工作组")
    desk.post(reverse("imports:batch-undo", args=[batch.pk]))
    while run_job():
        pass
    batch.refresh_from_db()
    assert (batch.state, WorkGroup.objects.filter(name="新的工作组").exists()) == ("undone", False)
    moved.refresh_from_db()
    assert moved.work_group.name == "样例工作组"


def test_other_parties_of_a_case_are_pointed_out_and_left(desk):
    make_cases()
    batch = bring_in(desk, "cases", edited(desk.get(reverse("cases:case-export")).content, "涉案企业", "另一家厂"))
    told = [note for row in batch.rows.filter(outcome="unchanged") for note in row.values["notes"]]
    assert ["未改动；请在案件页面修改" in note for note in told] == [True]
