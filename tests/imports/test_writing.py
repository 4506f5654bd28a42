"""Plans against the register, and carrying them out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from accounts.models import User
from cases.models import LegalCase
from enterprises.models import Enterprise, KeyProject
from imports.errors import PlanChangedError
from imports.plans.pipeline import read_file, settle
from imports.plans.summary import problems, summarise
from imports.writing.apply import Writing
from ledger.models import ClosedPeriod, EntryEvent, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from tests.factories import EnterpriseFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.whole import make_plan, write_plan

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


def plan(path, kind="surveys"):
    return make_plan(path, path.name, kind, today=TODAY)


def write(path, kind="surveys", actor=None):
    made = plan(path, kind)
    write_plan(made, actor)
    return made


def outcomes(made):
    return [str(row.outcome) for row in made.rows]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_file_taken_in_parts_comes_to_the_same_as_in_one(path, size):
    """The second row brings the code of the enterprise that the first one makes; the last two are told by the first."""
    rows = [
        form_row(1, 统一社会信用代码=""),
        form_row(1, 走访日期=date(2022, 3, 1)),
        form_row(2, 走访日期="2023-13-01"),
        form_row(3, 问题诉求="1、货款被拖欠；2、电缆被盗"),
        form_row(1, 统一社会信用代码=""),
        form_row(1, 企业名称="津市样例企业0001有限公司", 走访日期=date(2022, 3, 1)),
    ]
    surveys(path, rows)
    whole, parts, writing = plan(path), [], Writing(actor=None, batch=None, at=timezone.now())
    for part in settle(read_file(path, path.name, "surveys"), today=TODAY, size=size):
        parts.append(len(part.rows))
        writing.take(part)
    assert (sum(parts), max(parts)) == (len(rows), min(size, len(rows)))
    assert (summarise(part), part.tally.told.digest()) == (summarise(whole), whole.tally.told.digest())
    writing.carry_out()
    forms = SurveyForm.objects.order_by("pk").values_list("enterprise__uscc", "enterprise__version", "visited_on")
    assert list(forms) == [
        (uscc(1), 2, date(2023, 5, 12)), (uscc(1), 2, date(2022, 3, 1)), (uscc(3), 1, date(2023, 5, 12)),
    ]  # fmt: skip
    numbers = ProblemEntry.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["JS-2023-0001", "JS-2022-0001", "JS-2023-0002", "JS-2023-0003"]
    events = EntryEvent.objects.order_by("entry_id").values_list("entry__number", flat=True)
    assert list(events) == list(numbers)


def test_a_form_becomes_enterprise_form_entries_and_first_events(path, admin, police):
    officer = UserFactory(name="干警0001", unit=police)
    surveys(path, [form_row(1, 问题诉求="1、货款被拖欠；2、电缆被盗")])
    write(path, actor=admin)
    form = SurveyForm.objects.get()
    assert (form.enterprise.uscc, form.enterprise.is_verified, form.officer, form.amount, form.serial) == (
        uscc(1), True, officer, Decimal("100000.00"), "1",
    )  # fmt: skip
    entries = ProblemEntry.objects.order_by("number")
    assert [(e.number, e.title, e.source, e.unit, e.amount) for e in entries] == [
        ("JS-2023-0001", "货款被拖欠", "survey", form.unit, None),
        ("JS-2023-0002", "电缆被盗", "survey", form.unit, None),
    ]
    events = EntryEvent.objects.values_list("seq", "action", "actor", "happened_on")
    assert list(events) == [(1, "register", admin.pk, date(2023, 5, 12))] * 2


def test_everything_written_has_its_audit_row_with_sheet_and_row(path, admin):
    surveys(path, [form_row(1)])
    write(path, actor=admin)
    models = ["enterprise", "surveyform", "problementry"]
    entries = LogEntry.objects.filter(content_type__model__in=models, action=LogEntry.Action.CREATE)
    told = [(entry.content_type.model, entry.actor, entry.additional_data) for entry in entries]
    origin = {"工作表": "汇总", "行": 2}
    assert sorted(told, key=lambda row: row[0]) == [
        (model, admin, origin) for model in ("enterprise", "problementry", "surveyform")
    ]


def test_all_errors_of_all_rows_are_told_and_right_rows_still_planned(path):
    wrong = form_row(
        2, 统一社会信用代码="9" * 18, 走访日期="2023-13-01", 走访单位="某单位", **{"涉及金额(万元)": "若干"}
    )
    surveys(path, [form_row(1), wrong, form_row(3, 企业名称="", 满意度="还行")])
    made = plan(path)
    assert outcomes(made) == ["create", "error", "error"]
    assert [(found["row"], found["column"], found["cell"]) for found in problems(made)] == [
        (3, "统一社会信用代码", "C3"), (3, "走访日期", "F3"), (3, "涉及金额", "J3"), (3, "走访单位", "D3"),
        (4, "企业名称", "B4"), (4, "满意度", "G4"),
    ]  # fmt: skip


def test_rows_read_are_the_sum_of_the_parts(path):
    surveys(path, [form_row(1), form_row(1), form_row(2, 走访日期=""), form_row(3)])
    told = summarise(plan(path))
    assert told["rows"] == 4 == sum(told[part] for part in ("created", "updated", "unchanged", "duplicates", "wrong"))
    assert (told["created"], told["duplicates"], told["wrong"]) == (2, 1, 1)


def test_enterprises_are_matched_by_code_then_by_name_with_brackets_aside(path):
    by_code = EnterpriseFactory(name="津市市样例企业0001公司", uscc=uscc(1))
    by_name = EnterpriseFactory(name="津市样例（集团）公司", uscc=None, is_verified=False)
    surveys(path, [form_row(1), form_row(2, 企业名称="津市样例(集团) 公司", 统一社会信用代码="")])
    write(path)
    assert set(SurveyForm.objects.values_list("enterprise", flat=True)) == {by_code.pk, by_name.pk}
    by_code.refresh_from_db()
    assert (Enterprise.objects.count(), by_code.name) == (2, "津市市样例企业0001公司")


def test_a_form_brings_the_code_its_enterprise_lacked(path):
    known = EnterpriseFactory(name="津市样例企业0001有限公司", uscc=None, is_verified=False)
    surveys(path, [form_row(1)])
    write(path)
    known.refresh_from_db()
    assert (known.uscc, known.is_verified, known.version) == (uscc(1), True, 2)


def test_an_enterprise_without_code_is_registered_as_unverified(path):
    surveys(path, [form_row(1, 统一社会信用代码="")])
    write(path)
    assert Enterprise.objects.values_list("uscc", "is_verified").get() == (None, False)


def test_foreign_money_is_kept_in_words(path):
    surveys(path, [form_row(1, **{"涉及金额(万元)": "21(万美元)"})])
    write(path)
    form = SurveyForm.objects.get()
    assert (form.amount, form.notes) == (None, "涉及金额：21(万美元)")


def test_a_form_of_a_closed_period_is_refused_but_a_known_one_stays_a_duplicate(path, admin):
    surveys(path, [form_row(1)])
    write(path)
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_by=admin, closed_at=timezone.now()
    )
    surveys(path, [form_row(1), form_row(2)])
    made = plan(path)
    assert (outcomes(made), "已结账" in problems(made)[0]["reason"]) == (["duplicate", "error"], True)


ENTERPRISES = ["企业名称", "统一社会信用代码", "注册资金", "所属行业", "地址"]


def test_updates_show_old_and_new_and_blanks_erase_nothing(path):
    stored = EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1), address="老地址", region="常德")
    xlsx(path, {"名录": [ENTERPRISES, ["津市样例甲厂", uscc(1), "50(万元人民币)", "", "新地址"]]})
    made = write(path, "enterprises")
    assert made.rows[0].changes == {
        "注册资金（元）": ["（空）", "500,000.00"],
        "注册资金原文": ["（空）", "50(万元人民币)"],
        "地址": ["老地址", "新地址"],
    }
    stored.refresh_from_db()
    assert (stored.address, stored.region, stored.registered_capital, stored.version) == ("新地址", "常德", 500000, 2)
    audit = LogEntry.objects.filter(object_pk=stored.pk, action=LogEntry.Action.UPDATE).latest("id")
    assert audit.changes["address"] == ["老地址", "新地址"]
    assert outcomes(plan(path, "enterprises")) == ["unchanged"]


def test_two_rows_of_one_enterprise_are_a_duplicate_or_an_error_never_last_wins(path):
    row = ["津市样例甲厂", uscc(1), "50万", "", "地址"]
    xlsx(path, {"名录": [ENTERPRISES, row, row, [*row[:4], "别的地址"]]})
    made = plan(path, "enterprises")
    assert outcomes(made) == ["create", "duplicate", "error"]


def test_someone_who_edits_in_between_is_not_overwritten(path):
    stored = EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1), address="老地址")
    xlsx(path, {"名录": [ENTERPRISES, ["津市样例甲厂", uscc(1), "", "", "新地址"]]})
    made = plan(path, "enterprises")
    Enterprise.objects.filter(pk=stored.pk).update(address="同事改的", version=2)
    with pytest.raises(PlanChangedError):
        write_plan(made)
    stored.refresh_from_db()
    assert stored.address == "同事改的"


def test_someone_who_registers_the_same_in_between_stops_the_whole_import(path):
    surveys(path, [form_row(1), form_row(2)])
    made = plan(path)
    EnterpriseFactory(uscc=uscc(2))
    with pytest.raises(PlanChangedError):
        write_plan(made)
    assert (SurveyForm.objects.count(), ProblemEntry.objects.count(), Enterprise.objects.count()) == (0, 0, 1)


ROSTER = ["工号", "姓名", "单位", "职务", "角色", "派驻工作组", "手机号码"]


def test_people_wait_for_invitation_and_an_unknown_unit_or_role_is_an_error(path):
    xlsx(path, {"花名册": [
        ROSTER,
        ["ZF1", "干警0001", "公安局", "干警", "联络员", "津市港工作组", 13800000000],
        ["ZF2", "干警0002", "某单位", "干警", "派驻干部", "", ""],
        ["ZF3", "干警0003", "市公安局", "干警", "站长", "", ""],
        ["ZF4", "干警0004", "市公安局", "干警", "管理员", "", ""],
    ]})  # fmt: skip
    made = write(path, "roster")
    assert [(found["row"], found["column"]) for found in problems(made)] == [(3, "单位"), (4, "角色"), (5, "角色")]
    person = User.objects.get(username="ZF1")
    assert (person.role, person.unit.name, person.is_active, person.has_usable_password(), person.phone) == (
        "coordinator", "市公安局", False, False, "13800000000",
    )  # fmt: skip


def test_a_person_moved_by_the_roster_keeps_account_and_password(path):
    person = UserFactory(username="ZF1", name="干警0001", city_wide=True, role="leader")
    xlsx(path, {"花名册": [ROSTER, ["ZF1", "干警0001", "市司法局", "干警", "派驻干部", "", ""]]})
    write(path, "roster")
    person.refresh_from_db()
    assert (person.unit.name, person.role, person.city_wide, person.is_active) == ("市司法局", "staff", False, True)


CASES = ["案号", "案件类型", "承办单位", "涉案企业", "立案日期", "结案日期", "状态", "挽回损失(元)", "检察建议(份)"]


def case_row(**changes):
    right = ["（2023）湘0781民初1号", "盗窃", "市公安局", "甲厂、乙厂", "2023-03-01", "2023-05-20", "已结", 867000, 2]
    row = dict(zip(CASES, right, strict=True))
    return list((row | changes).values())


def test_a_case_brings_its_parties_money_and_recommendations(path):
    known = EnterpriseFactory(name="甲厂")
    xlsx(path, {"案件": [CASES, case_row()]})
    write(path, "cases")
    case = LegalCase.objects.get()
    assert (list(case.enterprises.all()), case.party_names, case.state) == ([known], "乙厂", "closed")
    assert Recovery.objects.values_list("kind", "amount", "happened_on").get() == (
        "recovered", Decimal(867000), date(2023, 5, 20),
    )  # fmt: skip
    numbers = case.recommendations.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["（2023）湘0781民初1号-建议1", "（2023）湘0781民初1号-建议2"]
    xlsx(path, {"案件": [CASES, case_row(案号="(2023)湘0781民初1号")]})
    assert outcomes(plan(path, "cases")) == ["unchanged"]
    xlsx(path, {"案件": [CASES, case_row(**{"挽回损失(元)": 1})]})
    assert "已登记追回" in problems(plan(path, "cases"))[0]["reason"]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"结案日期": "", "状态": "已结"}, "结案日期"),
        ({"状态": "在办"}, "状态"),
        ({"结案日期": "2023-02-01"}, "结案日期"),
        ({"案件类型": "怪事"}, "案件类型"),
        ({"案号": ""}, "案号"),
    ],
)
def test_cases_that_contradict_themselves_are_errors(path, changes, column):
    xlsx(path, {"案件": [CASES, case_row(**changes)]})
    made = plan(path, "cases")
    assert [found["column"] for found in problems(made)] == [column]
    assert not any(made.new.values())


ACTIVITIES = ["日期", "活动类型", "单位", "经办干警", "服务对象", "数量", "发放资料(份)", "咨询人次"]


def test_the_quantity_of_an_activity_is_its_own_measure_or_how_many_times(path):
    known = EnterpriseFactory(name="甲厂")
    project = KeyProject.objects.create(name="乙项目")
    xlsx(path, {"台账": [
        ACTIVITIES,
        ["2023-05-01", "驻点坐班", "市公安局", "", "指挥部", 4, "", ""],
        ["2023-05-02", "普法宣传", "市公安局", "", "甲厂", 2, 50, 7],
        ["2023-05-03", "走访企业", "市公安局", "某人", "乙项目", "", "", ""],
    ]})  # fmt: skip
    write(path, "activities")
    duty, talk, visit = ServiceActivity.objects.order_by("happened_on")
    told = [
        (activity.times, dict(activity.outputs.values_list("measure", "quantity"))) for activity in (duty, talk, visit)
    ]
    assert told == [(1, {"attendance": 4}), (2, {"leaflets": 50, "advice": 7}), (1, {})]
    assert (duty.target_name, talk.enterprise, visit.project, visit.summary) == (
        "指挥部",
        known,
        project,
        "（经办：某人）",
    )


def test_a_number_given_out_before_goes_on_after_the_import(path):
    surveys(path, [form_row(1)])
    write(path)
    surveys(path, [form_row(2), form_row(3, 走访日期=date(2024, 1, 5))])
    write(path)
    assert list(ProblemEntry.objects.order_by("id").values_list("number", flat=True)) == [
        "JS-2023-0001", "JS-2023-0002", "JS-2024-0001",
    ]  # fmt: skip


def queries(path, rows, django_assert_max_num_queries, limit, start):
    surveys(
        path,
        [form_row(start + number, 走访日期=date(2023, 1, 1) + timedelta(days=number % 150)) for number in range(rows)],
    )
    with django_assert_max_num_queries(limit) as spent:
        write(path)
    return len(spent)


def test_a_thousand_rows_more_cost_at_most_thirty_queries(path, django_assert_max_num_queries):
    small = queries(path, 10, django_assert_max_num_queries, 63, 1)  # one of them for the units that a title may name
    large = queries(path, 2010, django_assert_max_num_queries, 122, 100)
    assert large - small <= 2 * 30
