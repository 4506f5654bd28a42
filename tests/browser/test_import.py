"""An admin brings in a unit's workbook: upload, preview, the wrong row back, correct, confirm."""

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.models import ProblemEntry, SurveyForm
from tests.imports.books import form_row, surveys

pytestmark = pytest.mark.django_db(transaction=True)


def work():
    while run_job():
        pass


def bring(desk, path):
    desk.goto(reverse("imports:batch-list"))
    desk.select_option("form[enctype] [name=kind]", "surveys")
    desk.set_input_files("[name=files]", path)
    expect(desk.locator("[data-drop-list]")).to_contain_text(path.name)
    desk.click("text=上传并预览")


def read(desk, path):
    bring(desk, path)
    expect(desk.locator("h2")).to_contain_text("正在读取和核对")
    work()


def write(desk, rows):
    desk.get_by_role("button", name=f"导入 {rows} 行").click()
    work()
    expect(desk.locator("main")).to_contain_text(f"写入 {rows} 行")


def correct(desk, corrected, heading, value):
    """Downloads the one wrong row and puts it right, as in a spreadsheet."""
    with desk.expect_download() as download:
        desk.click("text=下载有误的 1 行")
    download.value.save_as(corrected)
    book = openpyxl.load_workbook(corrected)
    heads = [cell.value for cell in book.active[1]]
    book.active.cell(2, heads.index(heading) + 1, value)
    book.save(corrected)


def test_an_admin_uploads_corrects_and_confirms(desk, sign_in, admin, police, tmp_path):
    rows = [form_row(1), form_row(2, 走访日期="2023年6月31日"), form_row(3), form_row(3)]
    path, corrected = surveys(tmp_path / "公安局报送.xlsx", rows), tmp_path / "改正.xlsx"
    sign_in(desk, admin)
    read(desk, path)
    expect(desk.locator("main")).to_contain_text("4 = 新增 2 + 更新 0 + 无变化 0 + 重复 1 + 有误 1")
    expect(desk.locator("main")).to_contain_text("日期“2023年6月31日”不存在")
    correct(desk, corrected, "走访日期", "2023年6月30日")
    write(desk, 2)
    assert (SurveyForm.objects.count(), ProblemEntry.objects.count()) == (2, 2)

    read(desk, corrected)
    write(desk, 1)
    assert SurveyForm.objects.count() == 3

    bring(desk, path)
    expect(desk.locator("#messages")).to_contain_text("是同一个文件（已导入）")
    assert ImportBatch.objects.count() == 2
