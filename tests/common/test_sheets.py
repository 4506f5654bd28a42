from io import BytesIO

from openpyxl import load_workbook

from common.sheets import A3, A4, LINE_HEIGHT, Column, workbook

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
    assert wide.oddHeader.center.text == "甲 && 乙"  # as a header spells it


def test_a_table_too_wide_to_read_on_one_page_goes_on_beside_it():
    columns = [Column("编号", lambda row: row, 15), *[Column("事项", lambda row: row, 33)] * 20]
    wide = sheet_of("台账", columns, [])
    assert (wide.page_setup.fitToWidth, wide.print_title_cols, wide.print_title_rows) == (2, "$A:$A", "$1:$1")
    narrow = sheet_of("台账", columns[:10], [])
    assert (int(narrow.page_setup.fitToWidth or 1), narrow.print_title_cols) == (1, None)
