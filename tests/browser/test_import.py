"""An admin brings in a unit's messy workbook: explain a heading, correct cells, see the marks, import, undo."""

import re

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from jobs.runner import run_job
from ledger.models import ProblemEntry, SurveyForm
from tests.factories import EnterpriseFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import HEADINGS, form_row, xlsx

pytestmark = pytest.mark.django_db(transaction=True)


def work():
    while run_job():
        pass


def messy(path):
    """A title, a heading that nobody knows, a near name, and three wrong cells in three rows."""
    headings = ["哪天去的" if words == "走访日期" else words for words in HEADINGS]
    rows = [
        form_row(1),
        form_row(2, 走访日期="2023年6月31日"),
        form_row(3, 满意度="还行"),
        form_row(4, 统一社会信用代码="9" * 18),
        form_row(5, 企业名称="样例盐业厂", 统一社会信用代码=""),
        form_row(1),
        ["合计"],
    ]
    return xlsx(path, {"市公安局": [["征求意见调查表汇总"], headings, *rows]})


def upload(desk, path, kind="surveys"):
    desk.goto(reverse("imports:batch-list"))
    desk.select_option("form[enctype] [name=kind]", kind)
    desk.set_input_files("[name=files]", path)
    expect(desk.locator("[data-drop-list]")).to_contain_text(path.name)
    desk.click("text=上传并预览")
    done_waiting(desk)


def done_waiting(desk):
    """The page says that the work is being done; then it is done, and the page shows it by itself."""
    expect(desk.locator("h2").first).to_contain_text(re.compile("正在读取|正在写入|正在撤销"))
    work()


def explain(desk, heading, meaning):
    desk.click("text=去对应表头")
    desk.get_by_label(f"“{heading}”对应", exact=True).select_option(label=meaning)
    desk.click("text=保存并重新读取")
    done_waiting(desk)


def correct(desk, row_no, label, text, parts):
    """Types into the cell on the page, sees it saved, and then all rows checked again."""
    row = desk.locator("[data-row]", has_text=f"第 {row_no} 行")
    row.get_by_label(label).fill(text)
    row.get_by_role("button", name="保存并核对").click()
    expect(row).to_contain_text("已保存")
    work()
    expect(desk.locator("main")).to_contain_text(parts)


def marked_cells(desk, path):
    """Cells with a comment in the file that comes back."""
    with desk.expect_download() as download:
        desk.click("text=下载标出错误的原文件")
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path)["市公安局"]
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}


def test_an_admin_brings_in_a_messy_workbook_and_takes_it_back(desk, sign_in, admin, police, tmp_path):
    known = EnterpriseFactory(name="津市样例盐业有限公司", uscc=uscc(99))
    sign_in(desk, admin)
    upload(desk, messy(tmp_path / "公安局报送.xlsx"))
    expect(desk.locator("main")).to_contain_text("有表头没有认出来")
    explain(desk, "哪天去的", "走访日期（必需）")
    main = desk.locator("main")
    expect(main).to_contain_text("6 = 新增 1 + 更新 0 + 无变化 0 + 重复 1 + 有误 3 + 待定 1")
    expect(main).to_contain_text("公安局报送!市公安局!F4")

    correct(desk, 4, "走访日期", "2023年6月30日", "新增 2 + 更新 0 + 无变化 0 + 重复 1 + 有误 2 + 待定 1")
    correct(desk, 5, "满意度", "满意", "新增 3 + 更新 0 + 无变化 0 + 重复 1 + 有误 1 + 待定 1")
    assert marked_cells(desk, tmp_path / "标注.xlsx") >= {"C6"}

    desk.get_by_role("link", name="1 待定").click()
    desk.get_by_label(known.name).check()
    desk.click("text=就是这一家")
    expect(main).to_contain_text("已选：津市样例盐业有限公司")
    work()
    desk.get_by_role("button", name="导入 4 行（1 行有误不导入）").click()
    done_waiting(desk)
    expect(main).to_contain_text("写入 4 行")
    assert (SurveyForm.objects.count(), ProblemEntry.objects.count(), known.survey_forms.count()) == (4, 4, 1)

    desk.click("text=撤销导入")
    desk.click("text=确认撤销")
    done_waiting(desk)
    expect(main).to_contain_text("曾写入 4 行")
    assert (SurveyForm.objects.count(), ProblemEntry.objects.count()) == (0, 0)


def unsure(path):
    """Amounts without a unit, a clear list of requests, and one whose numbers skip."""
    headings = ["涉及金额" if words.startswith("涉及金额") else words for words in HEADINGS]
    amount = "涉及金额(万元)"
    rows = [
        form_row(1, 问题诉求="1、用地紧张；2、用工紧张", **{amount: 1_980_000}),
        form_row(2, 问题诉求="1、供水不足；3、供电不足", **{amount: 520_000}),
    ]
    return xlsx(path, {"市公安局": [headings, *rows]})


def answer_requests(row):
    expect(row).to_contain_text("编号不连续，看不准是几条")
    row.get_by_label("合成一条").check()
    row.get_by_role("button", name="就这样登记").click()
    expect(row).to_contain_text("已选：合成一条")
    work()


def test_an_admin_says_what_money_and_requests_mean_and_joins_a_list_by_a_click(desk, sign_in, admin, police, tmp_path):
    sign_in(desk, admin)
    upload(desk, unsure(tmp_path / "公安局报送.xlsx"))
    main = desk.locator("main")
    expect(main).to_contain_text("2 = 新增 0 + 更新 0 + 无变化 0 + 重复 0 + 有误 0 + 待定 2")
    first = desk.locator("[data-row]", has_text="津市样例企业0001")
    first.locator("label.form-check", has=desk.get_by_text("元", exact=True)).locator("input").check()
    first.get_by_role("button", name="就按这个单位").click()
    expect(first).to_contain_text("已选：元")
    work()
    expect(main).to_contain_text("新增 1 + 更新 0 + 无变化 0 + 重复 0 + 有误 0 + 待定 1")

    answer_requests(desk.locator("[data-row]", has_text="津市样例企业0002"))
    expect(main).to_contain_text("新增 2")

    desk.get_by_role("link", name="2 新增").click()
    expect(first).to_contain_text("1,980,000 元（表中“1980000”，按元）")
    expect(first.locator("ol li")).to_have_text(["用地紧张", "用工紧张"])
    first.get_by_role("button", name="合成一条").click()
    expect(first.get_by_role("button", name="按条拆开（2 条）")).to_be_visible()
    work()
    first.get_by_role("button", name="按条拆开（2 条）").click()
    expect(first.locator("ol li")).to_have_count(2)
    work()
    desk.get_by_role("button", name="导入 2 行").click()
    done_waiting(desk)
    expect(main).to_contain_text("写入 2 行")
    assert list(ProblemEntry.objects.order_by("pk").values_list("title", flat=True)) == [
        "用地紧张",
        "用工紧张",
        "1、供水不足；3、供电不足",
    ]
    assert list(SurveyForm.objects.order_by("pk").values_list("amount", flat=True)) == [1_980_000, 520_000]


def test_two_columns_of_requests_are_read_as_one_and_it_is_said(desk, sign_in, admin, police, tmp_path):
    rows = [[*form_row(1, 问题诉求="用地紧张"), "夜间电缆被盗"], [*form_row(2, 问题诉求="无"), "无"]]
    path = xlsx(tmp_path / "公安局报送.xlsx", {"市公安局": [[*HEADINGS, "企业存在的困难"], *rows]})
    sign_in(desk, admin)
    upload(desk, path)
    main = desk.locator("main")
    expect(main).to_contain_text("合在一起读取")
    expect(main).to_contain_text("企业存在的困难")
    desk.get_by_role("link", name="2 新增").click()
    first = desk.locator("[data-row]", has_text="津市样例企业0001")
    expect(first).to_contain_text("用地紧张")
    expect(first).to_contain_text("夜间电缆被盗")
    desk.get_by_role("button", name="导入 2 行").click()
    done_waiting(desk)
    expect(main).to_contain_text("写入 2 行")
    (form,) = SurveyForm.objects.exclude(appeal="")
    assert ("用地紧张" in form.appeal, "夜间电缆被盗" in form.appeal) == (True, True)


def test_a_roster_that_changes_rights_says_so_and_is_not_written_unticked(desk, sign_in, admin, police, tmp_path):
    officer = UserFactory(unit=police)
    row = [officer.username, officer.name, "市公安局", "单位领导"]
    path = xlsx(tmp_path / "花名册.xlsx", {"表": [["工号", "姓名", "单位", "角色"], row]})
    sign_in(desk, admin)
    upload(desk, path, "roster")
    main = desk.locator("main")
    expect(main).to_contain_text("1 人岗位变动")
    desk.get_by_role("button", name="导入 1 行").click()
    assert desk.get_by_label("已逐人核对这些变动").evaluate("box => box.validity.valueMissing")
    officer.refresh_from_db()
    assert officer.role != "leader"
    desk.get_by_label("已逐人核对这些变动").check()
    desk.get_by_role("button", name="导入 1 行").click()
    done_waiting(desk)
    expect(main).to_contain_text("写入 1 行")
    officer.refresh_from_db()
    assert officer.role == "leader"
