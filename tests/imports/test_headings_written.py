"""Columns that are joined, paired, ticked or asked about: through the plan, the preview and the write."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from imports.errors import MappingNeededError
from imports.models import HeaderMapping, ImportBatch
from imports.plans.summary import preview, summarise
from imports.tables.table import fingerprint, heading_key
from jobs.runner import run_job
from ledger.models import ProblemCategory, ProblemEntry, SurveyForm
from tests.factories import EnterpriseFactory
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_mapping_pages import filled_in, say
from tests.imports.test_pages import page, press, upload, work
from tests.imports.test_writing import plan, write

pytestmark = pytest.mark.django_db
BASE = ["企业名称", "走访日期", "走访单位"]
SAID = ["货车进出困难，请求协调修复道路", "厂区电缆夜间被盗，请求加强巡逻"]
ROW = ["津市样例甲有限公司", date(2026, 5, 12), "市公安局"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def book(path, head, *rows):
    return xlsx(path, {"汇总": [head, *rows]})


def test_pairs_become_entries_with_their_own_amounts_and_categories(path, police):
    head = [*BASE, *["问题诉求", "诉求类别", "涉及金额（万元）"] * 2]
    made = write(book(path, head, [*ROW, "用地", "用地规划", 5, "用工", "劳资纠纷", "90000元"]))
    entries = ProblemEntry.objects.order_by("pk")
    assert [(entry.title, entry.category.name, entry.amount) for entry in entries] == [
        ("用地", "用地规划", Decimal(50_000)), ("用工", "劳资纠纷", Decimal(90_000)),
    ]  # fmt: skip
    assert (summarise(made)["amount_yuan"], SurveyForm.objects.get().amount) == (140_000, Decimal(140_000))


def test_a_paired_category_that_is_none_is_said_and_an_amount_that_is_none_is_wrong(path, police):
    head = [*BASE, *["问题诉求", "诉求类别", "涉及金额（万元）"] * 2]
    rows = [[*ROW, "用地", "用地规划", 5, "用工", "没有的类别", 9], [*ROW, "甲", "", 5, "乙", "", "很多"]]
    made = plan(book(path, head, *rows))
    assert [str(row.outcome) for row in made.rows] == ["create", "error"]
    assert "没有的类别" in " ".join(made.rows[0].notes)
    assert [(problem.column, problem.cell) for problem in made.rows[1].problems] == [("涉及金额", "I3")]


def test_each_amount_of_a_pair_has_the_unit_of_its_own_column(path, police):
    write(book(path, [*BASE, "问题一", "金额一（元）", "问题二", "金额二（万元）"], [*ROW, "用地", 500, "用工", 9]))
    assert [entry.amount for entry in ProblemEntry.objects.order_by("pk")] == [Decimal(500), Decimal(90_000)]


def test_numbered_requests_without_amounts_share_the_forms_amount(path, police):
    write(book(path, [*BASE, "问题一", "问题二", "涉及金额（元）"], [*ROW, "用地", "用工", 500]))
    assert [entry.amount for entry in ProblemEntry.objects.all()] == [None, None]
    assert SurveyForm.objects.get().amount == Decimal(500)


def test_a_form_of_pairs_that_says_one_request_keeps_its_amount(path, police):
    write(book(path, [*BASE, "问题一", "金额一", "问题二", "金额二"], [*ROW, "无", "", "用工", 9]))
    entry = ProblemEntry.objects.get()
    assert (entry.title, entry.amount, entry.source_form.amount) == ("用工", Decimal(90_000), Decimal(90_000))


def test_sentences_that_nobody_explained_stop_the_file(path, police):
    book(path, [*BASE, "走访情况"], [*ROW, "厂区门口道路破损，货车进出困难，请求协调修复"])
    with pytest.raises(MappingNeededError, match="“走访情况”写了大段文字，不知道是哪一列"):
        plan(path)


def test_what_is_joined_is_said_in_the_preview(path, police):
    made = plan(book(path, [*BASE, "存在的困难和问题", "企业诉求"], [*ROW, "电缆被盗", "请求巡逻"]))
    assert preview(made)["notes"] == ["“存在的困难和问题”“企业诉求”几列都是“问题诉求”，合在一起读取"]


def test_a_read_only_column_with_values_is_said_as_loudly_as_any_other(path, police):
    head = ["案号", "案件类型", "承办单位", "立案日期", "挽回和避免损失（万元）"]
    row = ["（2026）湘0781民初9号", "企业财物盗窃", "市公安局", date(2026, 5, 12)]
    told = preview(plan(book(path, head, [*row, 30]), "cases"))
    assert [item["heading"] for item in told["ignored"]] == ["挽回和避免损失（万元）"]
    told = preview(plan(book(path, head, [*row, ""]), "cases"))
    assert (told["ignored"], told["read_only"]) == ([], ["挽回和避免损失（万元）"])


# ---- categories that were renamed ----


def rename(**changes):
    ProblemCategory.objects.filter(name="其他").update(**changes)


def test_a_renamed_category_breaks_nothing(path, police):
    rename(name="其他问题")
    made = write(surveys(path, [form_row(1, 诉求类别="")]))
    assert ProblemEntry.objects.get().category.name == "其他问题"
    assert "没有写诉求类别，按“其他问题”登记" in made.rows[0].notes


def test_where_no_category_is_called_so_any_more_one_is_asked_for_once(desk, tmp_path, police):
    rename(name="综合")
    upload(desk, surveys(tmp_path / "a.xlsx", [form_row(1, 诉求类别=""), form_row(2, 诉求类别=""), form_row(3)]))
    work()
    batch = ImportBatch.objects.get()
    assert (batch.figures["created"], batch.figures["to_decide"]) == (1, 2)
    pk = ProblemCategory.objects.get(name="综合").pk
    answer_first(desk, batch, "category:", str(pk))
    assert (batch.figures["created"], batch.figures.get("to_decide", 0)) == (3, 0)


# ---- answered on the preview ----


def answer_first(desk, batch, key, to):
    row = batch.rows.filter(outcome="decide").first()
    data = {"sheet": row.sheet, "row": row.row_no, "key": key, "to": to, "all": "on"}
    answer = desk.post(reverse("imports:row-choose", args=[batch.pk]), data, follow=True)
    assert answer.status_code == 200
    while run_job():
        pass
    batch.refresh_from_db()


def test_which_of_two_columns_counts_is_answered_once_for_all_rows(desk, tmp_path, police):
    known = EnterpriseFactory(name="津市样例丁厂")
    head = ["单位名称", "公司名称", "走访日期", "走访单位", "问题诉求"]
    rows = [["津市样例丙厂", known.name, *ROW[1:], f"用地{number}"] for number in range(2)]
    upload(desk, book(tmp_path / "a.xlsx", head, *rows))
    work()
    batch = ImportBatch.objects.get()
    assert batch.figures["to_decide"] == 2
    assert "用哪一列？" in page(desk, batch)
    answer_first(desk, batch, "which:name", "name#2")
    assert batch.figures["created"] == 2
    press(desk, "confirm", batch)
    work()
    assert {form.enterprise for form in SurveyForm.objects.all()} == {known}


def test_ticks_that_may_mean_either_are_answered_on_the_preview(desk, tmp_path, police):
    head = [*BASE, "满意", "基本满意", "不满意"]
    upload(
        desk, book(tmp_path / "a.xlsx", head, [*ROW, "×", "", ""], [*ROW[:1], date(2026, 5, 13), ROW[2], "×", "", ""])
    )
    work()
    batch = ImportBatch.objects.get()
    answer_first(desk, batch, "tick:satisfaction:满意“×”", "满意")
    press(desk, "confirm", batch)
    work()
    assert [form.satisfaction for form in SurveyForm.objects.all()] == ["satisfied"] * 2


def test_a_unit_that_the_title_only_mentions_is_answered_on_the_preview(desk, tmp_path, police, court):
    rows = [["市公安局、市人民法院联合走访登记表"], ["企业名称", "走访日期", "问题诉求"], [*ROW[:2], "无"]]
    upload(desk, xlsx(tmp_path / "a.xlsx", {"汇总": rows}))
    work()
    batch = ImportBatch.objects.get()
    asked = batch.rows.get().values["questions"][0]
    answer_first(desk, batch, asked["key"], court.name)
    press(desk, "confirm", batch)
    work()
    assert SurveyForm.objects.get().unit == court


# ---- the page on which headings are explained ----


def test_what_may_be_a_request_is_offered_and_two_columns_may_be_joined(desk, tmp_path, police):
    head = [*BASE, "走访情况", "大家说的"]
    upload(
        desk,
        book(tmp_path / "a.xlsx", head, [*ROW, "货车进出困难，请求协调修复道路", "厂区电缆夜间被盗，请求加强巡逻"]),
    )
    work()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.sheets[0]["headings"][3]["likely"]) == ("mapping", ["appeal", "officer"])
    shown = " ".join(desk.get(reverse("imports:batch-mapping", args=[batch.pk])).content.decode().split())
    assert "写了大段文字" in shown
    assert "像是" in shown
    say(desk, batch, filled_in(batch, {"3": "appeal", "4": "appeal"}))
    assert batch.state == "planned", batch.message
    press(desk, "confirm", batch)
    work()
    assert SurveyForm.objects.get().appeal.splitlines() == [
        "货车进出困难，请求协调修复道路",
        "厂区电缆夜间被盗，请求加强巡逻",
    ]


def test_saying_that_it_is_not_imported_is_an_answer(desk, tmp_path, police):
    for number in (1, 2):
        row = [*ROW[:1], date(2026, 5, number), ROW[2], "走访了车间，了解了生产经营情况"]
        upload(desk, book(tmp_path / f"{number}.xlsx", [*BASE, "走访情况"], row))
    work()
    batch = ImportBatch.objects.earliest("pk")
    say(desk, batch, filled_in(batch, {}))
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {"planned"}


def test_a_mapping_made_while_brackets_did_not_count_serves_and_is_renewed(desk, tmp_path, admin, police):
    head = ["大名", "走访日期", "走访单位", "情况（请写明）"]
    old = fingerprint([heading_key(text) for text in head])
    HeaderMapping.objects.create(
        kind="surveys", fingerprint=old, headings=head, columns=["name", "visited_on", "unit", "appeal"],
        made_by=admin, made_at="2026-01-01T00:00+08:00",
    )  # fmt: skip
    upload(desk, book(tmp_path / "a.xlsx", head, [*ROW, "用地"]))
    upload(desk, book(tmp_path / "b.xlsx", [*head[:3], "情况（已解决）"], [*ROW, "用地"]))
    work()
    first, second = ImportBatch.objects.order_by("pk")
    assert (first.state, second.state) == ("planned", "mapping")
    say(desk, first, filled_in(first, {"3": "notes"}))
    assert (HeaderMapping.objects.count(), HeaderMapping.objects.get().fingerprint == old) == (1, False)
