"""Rows of a preview corrected, matched, left out and taken back: through HTTP, with the jobs run as a worker does."""

import re
import zipfile
from datetime import date

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from enterprises.models import Enterprise
from imports.models import ImportBatch, ImportRow, RowAdjustment
from jobs.models import Job
from ledger.models import ServiceActivity, SurveyForm
from tests.factories import EnterpriseFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_pages import desk, page, press, upload, work  # noqa: F401 -- the fixture
from tests.imports.test_writing import ACTIVITIES, CASES, ENTERPRISES, case_row

pytestmark = pytest.mark.django_db
SUM = re.compile(r"(\d+) =((?: [一-龥]+ \d+ ?\+?)+)")


@pytest.fixture
def bring(desk, tmp_path):  # noqa: F811
    def bring(kind, sheet, rows):
        path = tmp_path / f"{kind}.xlsx"
        upload(desk, xlsx(path, {"表": rows}) if sheet else surveys(path, rows), kind=kind)
        work()
        return ImportBatch.objects.latest("pk")

    return bring


@pytest.fixture
def planned(bring):
    return bring(
        "surveys", "", [form_row(1), form_row(2, 走访日期="2023-13-01", 满意度="还行"), form_row(3), form_row(3)]
    )


def press_row(desk, what, batch, row_no, sheet="汇总", follow=True, **fields):  # noqa: F811
    place = {"sheet": sheet, "row": row_no, "outcome": "error", "page": 1}
    return desk.post(reverse(f"imports:row-{what}", args=[batch.pk]), place | fields, follow=follow)


def correct(desk, batch, row_no, sheet="汇总", **cells):  # noqa: F811
    fields = {}
    for name, (shown, typed) in cells.items():
        fields |= {f"shown-{name}": shown, f"cell-{name}": typed}
    return press_row(desk, "correct", batch, row_no, sheet, **fields)


def outcomes(batch):
    return [str(row.outcome) for row in batch.rows.order_by("id")]


def row(batch, row_no):
    return ImportRow.objects.get(batch=batch, row_no=row_no)


def adds_up(shown):
    """The parts told on a page are the rows read."""
    total, parts = SUM.search(" ".join(shown.split())).groups()
    return int(total) == sum(map(int, re.findall(r"\d+", parts)))


def test_a_corrected_cell_is_checked_at_once_and_the_file_again_afterwards(desk, planned):  # noqa: F811
    shown = correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-40")).content.decode()
    assert ("日期“2023-5-40”" in shown, "原为“2023-13-01”" in shown, "正在按改动重新核对" in shown) == (True,) * 3
    assert [problem["column"] for problem in row(planned, 3).errors] == ["满意度", "走访日期"]
    correct(desk, planned, 3, visited_on=("2023-5-40", "2023-5-4"), satisfaction=("还行", "满意"))
    assert (row(planned, 3).errors, row(planned, 3).outcome) == ([], "error")
    assert "请等核对完再确认" in press(desk, "confirm", planned).content.decode()
    work()
    assert outcomes(planned) == ["create", "create", "create", "duplicate"]
    press(desk, "confirm", planned)
    work()
    assert SurveyForm.objects.order_by("visited_on").first().visited_on == date(2023, 5, 4)
    assert "原为“2023-13-01”" in page(desk, planned, outcome="create")


def test_many_corrections_in_a_row_are_one_check(desk, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"))
    correct(desk, planned, 3, satisfaction=("还行", "满意"))
    assert Job.objects.filter(kind="imports.read", state="queued").count() == 1
    work()
    planned.refresh_from_db()
    assert (planned.revision, planned.is_rechecking, planned.figures["wrong"]) == (2, False, 0)


def test_a_correction_decides_about_other_rows_too(desk, planned):  # noqa: F811
    correct(
        desk,
        planned,
        3,
        name=("津市样例企业0002有限公司", "津市样例企业0001有限公司"),
        uscc=(uscc(2), uscc(1)),
        appeal=("货款被拖欠2", "货款被拖欠1"),
        visited_on=("2023-13-01", "2023-05-12"),
        satisfaction=("还行", "满意"),
    )
    work()
    assert outcomes(planned) == ["create", "duplicate", "create", "duplicate"]


def test_two_people_keep_their_own_cells_and_of_one_cell_the_last_one_stays(desk, client, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"), satisfaction=("还行", "还行"))
    other = UserFactory(role="admin", name="管理员乙")
    client.force_login(other)
    shown = correct(client, planned, 3, visited_on=("2023-13-01", "2023-5-5"), satisfaction=("还行", "满意"))
    assert "管理员乙" in shown.content.decode()
    kept = RowAdjustment.objects.order_by("field").values_list("field", "value", "by__name")
    assert list(kept) == [("satisfaction", "满意", "管理员乙"), ("visited_on", "2023-5-5", "管理员乙")]
    history = LogEntry.objects.get_for_model(RowAdjustment).filter(action=LogEntry.Action.UPDATE)
    assert [entry.changes["value"] for entry in history] == [['"2023-5-4"', '"2023-5-5"']]


def test_putting_the_old_words_back_is_no_correction(desk, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"))
    correct(desk, planned, 3, visited_on=("2023-5-4", "2023-13-01"))
    work()
    assert (RowAdjustment.objects.count(), row(planned, 3).outcome) == (0, "error")


def test_a_right_row_cannot_be_edited_here_and_an_unknown_row_says_so(desk, planned):  # noqa: F811
    assert "这一行没有问题" in correct(desk, planned, 2, visited_on=("2023-05-12", "2023-05-13")).content.decode()
    assert "没有这一行了" in press_row(desk, "leave-out", planned, 99).content.decode()
    assert RowAdjustment.objects.count() == 0
    planned.refresh_from_db()
    assert planned.revision == 0


def test_nothing_can_be_decided_once_it_is_being_written(desk, planned):  # noqa: F811
    press(desk, "confirm", planned)
    for what in ("correct", "leave-out", "take-back"):
        answer = press_row(desk, what, planned, 3, **{"cell-visited_on": "2023-5-4", "shown-visited_on": "2023-13-01"})
        assert "已不在预览状态" in answer.content.decode()
    assert RowAdjustment.objects.count() == 0


def test_rows_are_left_out_and_taken_back_and_the_rows_that_were_their_duplicates_count(desk, planned):  # noqa: F811
    press_row(desk, "leave-out", planned, 4)
    work()
    assert outcomes(planned) == ["create", "error", "left_out", "create"]
    assert adds_up(page(desk, planned, outcome="left_out"))
    press_row(desk, "take-back", planned, 4)
    work()
    assert outcomes(planned) == ["create", "error", "create", "duplicate"]


def test_all_wrong_rows_are_left_out_at_once_and_taken_back(desk, planned):  # noqa: F811
    answer = desk.post(reverse("imports:rows-leave-out", args=[planned.pk]), {"outcome": "error"}, follow=True)
    assert "有误的 1 行都不导入" in answer.content.decode()
    work()
    assert outcomes(planned) == ["create", "left_out", "create", "duplicate"]
    assert LogEntry.objects.get_for_object(planned).filter(changes__不导入的行__1="有误 1 行").exists()
    desk.post(reverse("imports:rows-take-back", args=[planned.pk]))
    work()
    assert outcomes(planned) == ["create", "error", "create", "duplicate"]


def test_taking_back_a_corrected_row_gives_what_the_file_says(desk, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"), satisfaction=("还行", "满意"))
    work()
    press_row(desk, "take-back", planned, 3)
    work()
    assert (outcomes(planned), RowAdjustment.objects.count()) == (["create", "error", "create", "duplicate"], 0)


def test_htmx_gets_the_row_the_notice_and_the_button(desk, planned):  # noqa: F811
    answer = desk.post(
        reverse("imports:row-correct", args=[planned.pk]),
        {"sheet": "汇总", "row": 3, "shown-visited_on": "2023-13-01", "cell-visited_on": "2023-5-4"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert answer.count("hx-swap-oob") == 2
    assert ("<html" in answer, "核对完才能导入" in answer, "正在按改动重新核对" in answer) == (False, True, True)
    assert "2023-5-4" in answer


def test_a_check_that_was_stopped_says_so_and_can_be_asked_for_again(desk, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"), satisfaction=("还行", "满意"))
    Job.objects.filter(state="queued").update(state="failed", key=None)
    assert "重新核对没有完成" in page(desk, planned)
    press(desk, "retry", planned)
    work()
    assert outcomes(planned) == ["create", "create", "create", "duplicate"]


def test_the_page_is_told_when_the_check_is_over(desk, planned):  # noqa: F811
    address = reverse("imports:batch-detail", args=[planned.pk])
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"))
    assert "HX-Trigger" not in desk.get(address, {"poll": "recheck"})
    work()
    assert desk.get(address, {"poll": "recheck"})["HX-Trigger"] == "imports-rechecked"


def test_the_audit_row_of_a_record_names_what_was_corrected(desk, planned):  # noqa: F811
    correct(desk, planned, 3, visited_on=("2023-13-01", "2023-5-4"), satisfaction=("还行", "满意"))
    work()
    press(desk, "confirm", planned)
    work()
    form = SurveyForm.objects.get(serial="2")
    told = LogEntry.objects.get_for_object(form).get().additional_data
    assert {name: told["改正"][name]["was"] for name in told["改正"]} == {
        "visited_on": "2023-13-01",
        "satisfaction": "还行",
    }


def test_a_file_of_a_zip_that_cannot_be_read_can_be_left_out_too(desk, tmp_path):  # noqa: F811
    surveys(tmp_path / "好的.xlsx", [form_row(1)])
    path = tmp_path / "一批.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "好的.xlsx", "好的.xlsx")
        archive.writestr("坏的.xlsx", b"no workbook at all")
    upload(desk, path)
    work()
    batch = ImportBatch.objects.get()
    assert sorted(outcomes(batch)) == ["create", "error"]
    desk.post(reverse("imports:rows-leave-out", args=[batch.pk]), {"outcome": "error"})
    work()
    assert sorted(outcomes(batch)) == ["create", "left_out"]
    assert adds_up(page(desk, batch, outcome="left_out"))


# ---- names that are not sure ----


def choose(desk, batch, row_no, name_key, to, **more):  # noqa: F811
    return press_row(desk, "choose", batch, row_no, "表", key=name_key, to=to, **more)


@pytest.fixture
def near():
    return EnterpriseFactory(name="津市样例盐业有限公司", uscc=uscc(7), address="老地址")


def test_one_choice_does_for_all_rows_of_the_name(desk, bring, near):  # noqa: F811
    rows = [
        form_row(number, 企业名称="样例盐业厂", 统一社会信用代码="", 走访日期=date(2023, 5, number))
        for number in (1, 2, 3)
    ]
    batch = bring("surveys", "", rows)
    assert (outcomes(batch), "其余 2 行同名的也用这个选择" in page(desk, batch)) == (["decide"] * 3, True)
    press_row(desk, "choose", batch, 2, key="样例盐业厂", to=near.pk, all=1)
    work()
    assert outcomes(batch) == ["create"] * 3
    assert "“样例盐业厂”对应：" in " ".join(page(desk, batch, outcome="create").split())
    assert "汇总第 2 行，同名的都这样" in " ".join(page(desk, batch, outcome="create").split())
    press_row(desk, "take-back", batch, 4)
    work()
    assert outcomes(batch) == ["decide"] * 3
    press_row(desk, "choose", batch, 2, key="样例盐业厂", to=near.pk)
    work()
    assert outcomes(batch) == ["create", "decide", "decide"]


def test_a_near_name_waits_for_a_choice_and_keeps_the_registered_name(desk, bring, near):  # noqa: F811
    rows = [["样例盐业厂", "", "", "", f"地址{number}"] for number in (1, 1)]
    batch = bring("enterprises", "表", [ENTERPRISES, *rows, ["津市样例粮油有限公司", "", "", "", ""]])
    assert outcomes(batch) == ["decide", "duplicate", "create"]
    shown = page(desk, batch, outcome="decide")
    assert all(words in shown for words in ("字号相同", near.name, near.uscc, "登记为新企业", "（1 行待定不导入）"))
    assert adds_up(shown)
    choose(desk, batch, 2, "样例盐业厂", near.pk, all=1)
    work()
    assert outcomes(batch) == ["update", "duplicate", "create"]
    press(desk, "confirm", batch)
    work()
    near.refresh_from_db()
    assert (near.name, near.address, Enterprise.objects.count()) == ("津市样例盐业有限公司", "地址1", 2)


def test_a_name_may_be_registered_as_new_though_others_are_near(desk, bring, near):  # noqa: F811
    batch = bring("enterprises", "表", [ENTERPRISES, ["样例盐业厂", "", "", "", ""]])
    choose(desk, batch, 2, "样例盐业厂", "new")
    work()
    assert outcomes(batch) == ["create"]
    press_row(desk, "take-back", batch, 2, "表")
    work()
    assert outcomes(batch) == ["decide"]


def test_a_choice_not_offered_is_refused(desk, bring, near):  # noqa: F811
    batch = bring("enterprises", "表", [ENTERPRISES, ["样例盐业厂", "", "", "", ""]])
    for to in (near.pk + 1, "", "none"):
        assert "请在列出的选项里选一个" in choose(desk, batch, 2, "样例盐业厂", to).content.decode()
    assert RowAdjustment.objects.count() == 0


def test_several_of_one_name_are_offered_and_a_code_typed_in_decides_as_well(desk, bring):  # noqa: F811
    EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1))
    EnterpriseFactory(name="津市样例甲厂", uscc=uscc(2))
    batch = bring("enterprises", "表", [ENTERPRISES, ["津市样例甲厂", "", "", "", "新地址"]])
    assert "系统里有 2 家同名企业" in page(desk, batch)
    correct(desk, batch, 2, "表", uscc=("", uscc(2)))
    work()
    assert outcomes(batch) == ["update"]


def test_a_name_with_a_code_or_with_other_digits_is_never_asked_about(bring, near):
    EnterpriseFactory(name="津市样例0001有限公司", uscc=uscc(8))
    rows = [
        ["样例盐业厂", uscc(1), "", "", ""],
        ["津市样例0002公司", "", "", "", ""],
        ["津市样例0001号店", "", "", "", ""],
    ]
    assert outcomes(bring("enterprises", "表", [ENTERPRISES, *rows])) == ["create"] * 3


def test_the_names_on_a_case_are_all_asked_about_at_once(desk, bring, near):  # noqa: F811
    other = EnterpriseFactory(name="样例粮油加工有限公司", uscc=uscc(9))
    batch = bring("cases", "表", [CASES, case_row(涉案企业="样例盐业厂、样例粮油加土公司、别的企业")])
    assert [asked["key"] for asked in row(batch, 2).values["questions"]] == ["样例盐业厂", "样例粮油加土公司"]
    choose(desk, batch, 2, "样例盐业厂", near.pk)
    choose(desk, batch, 2, "样例粮油加土公司", other.pk)
    work()
    assert outcomes(batch) == ["create"]
    press(desk, "confirm", batch)
    work()
    assert sorted(near.cases.values_list("party_names", flat=True)) == ["别的企业"]


def test_an_activity_may_stay_with_the_name_alone(desk, bring, near):  # noqa: F811
    batch = bring(
        "activities", "表", [ACTIVITIES, ["2023-05-03", "走访企业", "市公安局", "", "样例盐业厂", "", "", ""]]
    )
    assert outcomes(batch) == ["decide"]
    choose(desk, batch, 2, "样例盐业厂", "new")
    work()
    press(desk, "confirm", batch)
    work()
    assert ServiceActivity.objects.values_list("target_name", "enterprise").get() == ("样例盐业厂", None)


def test_two_names_matched_to_one_enterprise_must_say_the_same(desk, bring, near):  # noqa: F811
    rows = [["样例盐业厂", "", "", "", "地址1"], ["样例盐业", "", "", "", "地址2"]]
    batch = bring("enterprises", "表", [ENTERPRISES, *rows])
    choose(desk, batch, 2, "样例盐业厂", near.pk)
    choose(desk, batch, 3, "样例盐业", near.pk)
    work()
    assert (outcomes(batch), "对应到同一家企业" in row(batch, 3).errors[0]["reason"]) == (["update", "error"], True)


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_for_near_names_costs_the_same_however_many(bring, near, rows, django_assert_max_num_queries):
    EnterpriseFactory.create_batch(5, uscc=None)
    names = [[f"样例盐业{letter}", "", "", "", ""] for letter in "厂厂业"[:rows]]
    with django_assert_max_num_queries(62):
        bring("enterprises", "表", [ENTERPRISES, *names])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_wrong_rows_cost_the_same_however_many(desk, bring, rows, django_assert_num_queries):  # noqa: F811
    batch = bring("surveys", "", [form_row(number, 走访日期="2023-13-01") for number in range(1, rows + 1)])
    with django_assert_num_queries(11):
        shown = page(desk, batch, outcome="error")
    assert shown.count('name="cell-visited_on"') == rows
