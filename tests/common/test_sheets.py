from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from common.books.rowsheet import CUT, MAX_CELL
from common.books.sheets import A3, A4, LINE_HEIGHT, Column, Sheet, book_of, workbook

NARROW = [Column("名称", lambda row: row, 11)]


def sheet_of(title: str, columns: list[Column], rows: list[str]):
    content, _ = workbook(title, columns, rows)
    return load_workbook(BytesIO(content)).active


def test_a_row_is_as_high_as_its_longest_text():
    sheet = sheet_of("台账", NARROW, ["短", "一二三四五六七八九十" * 2, "a\nb\nc", ""])
    heights = [sheet.row_dimensions[row].height for row in range(2, 6)]
    assert heights == [None, 4 * LINE_HEIGHT, 3 * LINE_HEIGHT, None]  # None: one line, the default


def test_a_wide_table_prints_on_larger_paper_under_its_title():
    assert int(sheet_of("台账", NARROW, []).page_setup.paperSize) == A4
    wide = sheet_of("甲 & 乙", [Column("事项", lambda row: row, 100)] * 2, [])
    assert (int(wide.page_setup.paperSize), wide.print_title_rows) == (A3, "$1:$1")
    assert wide.oddHeader.center.text.strip() == "甲 && 乙"  # as a header spells it


def test_a_table_too_wide_to_read_on_one_page_goes_on_beside_it():
    columns = [Column("编号", lambda row: row, 15), *[Column("事项", lambda row: row, 33)] * 20]
    wide = sheet_of("台账", columns, [])
    assert (wide.page_setup.fitToWidth, wide.print_title_cols, wide.print_title_rows) == (2, "$A:$A", "$1:$1")
    narrow = sheet_of("台账", columns[:10], [])
    assert (int(narrow.page_setup.fitToWidth or 1), narrow.print_title_cols) == (1, None)


TYPED = [
    "=1+1",
    "+86",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    'a<b>&"c"',
    "<r>富文本</r>",
    "007",
    "1\n2",
    "",
    None,
]
READ = ["=1+1", "+86", "-5", "@SUM(A1)", "=1", "=1", 'a<b>&"c"', "<r>富文本</r>", "007", "1\n2", None, None]


def test_what_is_typed_stays_text():
    content, count = workbook("台账", NARROW, TYPED)
    cells = [row[0] for row in load_workbook(BytesIO(content)).active.iter_rows(min_row=2, max_row=1 + len(TYPED))]
    assert (count, [cell.value for cell in cells]) == (len(TYPED), READ)
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    seen = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in seen[1 : 1 + len(TYPED)]] == [value or "" for value in READ]


def test_values_keep_their_kind_and_sums_are_formulas_with_their_result():
    columns = [
        Column("日期", lambda row: row[0]),
        Column("时间", lambda row: row[1], 18),
        Column("金额", lambda row: row[2], total=True),
        Column("件数", lambda row: row[3], total=True),
        Column("占比", lambda row: row[4], style="percent"),
        Column("在用", lambda row: row[5]),
    ]
    at = datetime(2024, 2, 29, 4, 30, tzinfo=UTC)
    rows = [(date(2023, 6, 30), at, Decimal("1980000.50"), 3, Decimal("0.859"), True)] * 2
    content, _ = workbook("台账", columns, rows, "样例")
    told = [datetime(2023, 6, 30), datetime(2024, 2, 29, 12, 30), 1980000.5, 3, 0.859, "是"]  # noqa: DTZ001
    sheet = load_workbook(BytesIO(content)).active
    assert [cell.value for cell in sheet[2]] == told
    assert [cell.number_format for cell in sheet[2]][:5] == [
        "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "#,##0.00_ ", "#,##0_ ", "0.0%_ ",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[4]][2:4] == ["=SUM(C2:C3)", "=SUM(D2:D3)"]
    reckoned = load_workbook(BytesIO(content), data_only=True).active
    assert [cell.value for cell in reckoned[4]][:4] == ["合计", "", 3960001, 6]
    assert sheet["A5"].value == "共 2 行　样例"


def test_what_looks_like_a_control_character_of_the_format_is_spelt_out():
    [[_], [cell], *_] = load_workbook(BytesIO(workbook("台账", NARROW, ["_x0041_x0042_"])[0])).active.iter_rows()
    assert cell.value == "_x005F_x0041_x005F_x0042_"  # openpyxl reads it as it stands, spreadsheets as it was typed


def test_a_text_longer_than_a_cell_ends_with_a_word_about_it():
    [[_], [cell], *_] = load_workbook(BytesIO(workbook("台账", NARROW, ["😀" * MAX_CELL])[0])).active.iter_rows()
    assert (cell.value[-len(CUT) :], len(cell.value.encode("utf-16-le")) // 2) == (CUT, MAX_CELL)


@pytest.mark.parametrize("name", ["[甲]:乙*/丙?\\", "'引号'", "很长的名字" * 9, "", "2023年上半年 & 甲"])
def test_any_name_makes_a_sheet(name):
    sheets = [Sheet(name, NARROW, ["甲"], heading=f"={name}", about="单位：件") for _ in range(2)]
    content, _ = book_of(sheets, lambda: "")
    book = load_workbook(BytesIO(content))
    assert len({one.casefold() for one in book.sheetnames}) == 2
    assert [cell.value for cell in book.worksheets[1]["A"]][:4] == [f"={name}", "单位：件", "名称", "甲"]
    assert book.worksheets[1]["A1"].data_type == "s"
    assert book.worksheets[1].print_title_rows == "$1:$3"
    assert book.worksheets[1].freeze_panes == "A4"
