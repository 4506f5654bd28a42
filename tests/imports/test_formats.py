"""The same table comes out the same, whatever format it was sent in (tests/samples/formats/make.py wrote the files)."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from imports.cells import clean_date
from imports.errors import UnreadableFileError
from imports.reading.parent import read_workbook
from imports.resources.kinds import RESOURCES
from ledger.models import ProblemEntry, SurveyForm
from tests.imports.biff5 import biff5
from tests.imports.whole import find_table, make_plan

SAMPLES = Path(__file__).parents[1] / "samples" / "formats"
TODAY = date(2026, 11, 22)
HIDDEN_ROW = "有 1 个隐藏行（第 6 行），已一并读取"
HIDDEN_SHEET = "工作表“底稿”是隐藏的，未读取"


def told(path):
    """Everything a plan says of its rows, and the records it would make."""
    plan = make_plan(path, path.name, "surveys", today=TODAY)
    rows = [
        (row.source.row_no, row.outcome, row.label, [(p.column, p.cell, p.reason) for p in row.problems])
        for row in plan.rows
    ]
    forms = [
        (form.enterprise.name, form.enterprise.uscc, form.unit.name, form.visited_on, form.contact_phone,
         form.satisfaction, form.amount)
        for form in plan.new[SurveyForm]
    ]  # fmt: skip
    return rows, forms, [entry.title for entry in plan.new[ProblemEntry]]


@pytest.fixture
def expected(db):
    return told(SAMPLES / "表.xlsx")


def test_the_table_itself_is_read_right(expected):
    rows, forms, entries = expected
    assert [(row_no, outcome) for row_no, outcome, *_ in rows] == [
        (2, "create"), (3, "create"), (4, "error"), (5, "error"),
    ]  # fmt: skip
    assert rows[2][3][0][1:] == ("B4", "统一社会信用代码以数字保存，末几位已丢失，请把单元格改为文本后重填")
    assert rows[3][3] == [("涉及金额", "H5", "单元格是公式错误“#DIV/0!”，请改成实际内容")]
    assert forms[0] == (
        "甲样例有限公司", "91430781MA4L00019M", "市公安局", date(2023, 5, 12), "13800000000", "satisfied", 930_000,
    )  # fmt: skip
    assert forms[1][2:] == ("市公安局", date(2023, 6, 1), "0736-4212345", "basically", 310_300)
    assert len(entries) == 3


@pytest.mark.parametrize(
    "name",
    ["1904.xlsx", "表.xlsm", "biff8.xls", "1904.xls", "xml2003.xls", "libreoffice-html.xls", "office-html.xls",
     "表.ods", "gbk-names.zip"],
)  # fmt: skip
def test_every_workbook_format_gives_the_same_plan(expected, name):
    assert told(SAMPLES / name) == expected


def without_merged_cells(expected):
    rows, forms, entries = expected
    lost = (3, "error", rows[1][2], [("走访单位", "C3", "缺少走访单位，请填写")])
    return [rows[0], lost, *rows[2:]], forms[:1], entries[:2]


@pytest.mark.parametrize("name", ["utf8.csv", "gbk.csv", "utf16.csv"])
def test_text_tables_differ_only_in_the_merged_cells_that_they_cannot_have(expected, name):
    """Comma, semicolon and tab; UTF-8, GBK and UTF-16; line breaks inside quotes."""
    assert told(SAMPLES / name) == without_merged_cells(expected)


@pytest.mark.parametrize(("since_1904", "number"), [(False, 45058), (True, 43596), (True, 20230512)])
def test_a_bare_number_among_days_is_the_day_its_workbook_means(tmp_path, since_1904, number):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": since_1904}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["企业名称", "走访单位", "走访日期", "问题诉求", "序号"])
        sheet.write_row(1, 0, ["甲样例厂", "公安局", number, "无", 43596])
    [sheet] = read_workbook(path, path.name).sheets
    table = find_table(sheet, RESOURCES["surveys"].names())
    assert clean_date(table.rows[0].cells["visited_on"], today=TODAY) == date(2023, 5, 12)
    assert table.rows[0].serial == "43596"


def test_a_workbook_of_excel_95_gives_the_same_plan(expected, tmp_path):
    rows = read_workbook(SAMPLES / "表.xlsx", "表.xlsx").sheets[0].rows
    assert told(biff5(tmp_path / "老.xls", "汇总", rows)) == without_merged_cells(expected)


@pytest.mark.parametrize("name", ["隐藏.xlsx", "隐藏.xls", "隐藏.ods"])
def test_hidden_rows_are_read_and_hidden_sheets_are_not_and_both_are_said(name):
    book = read_workbook(SAMPLES / name, name)
    assert [(sheet.name, len(sheet.rows), sheet.rows[5][0]) for sheet in book.sheets] == [("汇总", 6, "戊样例有限公司")]
    assert [HIDDEN_ROW in book.notes[0], HIDDEN_SHEET in book.notes[1]] == [True, True]


def test_a_locked_xls_says_what_to_do(tmp_path):
    path = biff5(tmp_path / "密.xls", "汇总", [["甲"]], locked=True)
    with pytest.raises(UnreadableFileError, match="文件已加密，请取消密码后上传"):
        read_workbook(path, path.name)


def test_names_in_a_zip_of_a_chinese_windows_are_read():
    assert [sheet.title for sheet in read_workbook(SAMPLES / "gbk-names.zip", "a.zip").sheets] == ["汇总.xlsx·汇总"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("调查表汇总\n企业名称;诉求\n甲;货款,未付\n", [["调查表汇总"], ["企业名称", "诉求"], ["甲", "货款,未付"]]),
        ("sep=;\r\n企业;金额\r\n甲;1,980\r\n", [["企业", "金额"], ["甲", "1,980"]]),
        ('企业,诉求\n甲,"一\n二，""三"""\n', [["企业", "诉求"], ["甲", '一\n二，"三"']]),
        ("企业|诉求\n甲|无\n", [["企业", "诉求"], ["甲", "无"]]),
    ],
)
def test_the_separator_is_found_below_titles_and_outside_quotes(tmp_path, text, rows):
    path = tmp_path / "样例.csv"
    path.write_text(text, encoding="utf-8")
    assert read_workbook(path, path.name).sheets[0].rows == rows


def test_an_open_quote_is_an_error_and_swallows_no_row(tmp_path):
    path = tmp_path / "样例.csv"
    path.write_text('企业,诉求\n甲,"未完\n乙,无\n', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="第 2 行的引号"):
        read_workbook(path, path.name)
