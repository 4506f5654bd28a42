"""What stands only above a table, labels of forms, and mappings: each serves its own headings."""

from dataclasses import replace
from datetime import date

import pytest

from imports.reading.parent import Sheet
from imports.tables.layout import find
from imports.tables.table import Remembered, fingerprint, heading_key, layout_key
from tests.imports.test_headings import BASE, LONG, ROW, SURVEYS, look

# ---- the unit stands only above the table ----


@pytest.mark.parametrize(
    "above",
    [
        ["填报单位：市公安局", "", "填报日期：2026年6月1日"],
        ["走访单位（盖章）：市公安局　　　填报时间：2026年6月"],
        ["走访单位", "市公安局"],
        ["市公安局走访登记表"],
        ["津市市公安局2026年企业征求意见调查表"],
        ["2026年市公安局企业调查表"],
        ["单位：市公安局", "单位：万元"],
    ],
)
def test_the_unit_above_a_table_counts_for_its_rows_and_is_said(above):
    table, row, seen = look([["企业征求意见调查表"], above, ["企业名称", "走访日期", "问题诉求"], [*ROW[:2], "无"]])
    assert (row.cells["unit"], row.asks, seen.wanting) == ("市公安局", (), False)
    assert len(table.notes) == 1
    assert "没有“走访单位”这一列" in table.notes[0]


def test_the_unit_above_a_table_serves_headings_known_by_their_meaning_too():
    _, row, _ = look(
        [
            ["市公安局走访登记表"],
            ["序号", "企业名称", "走访时间", "满意", "基本满意", "不满意", "企业反映的困难", "涉及金额（万元）"],
            [1, "津市样例甲厂", "2026-05-12", "√", "", "", "货款被拖欠", 50],
        ]
    )
    assert (row.cells["unit"], row.cells["satisfaction"], row.cells["appeal"]) == ("市公安局", "满意", "货款被拖欠")


@pytest.mark.parametrize(
    "above",
    [
        ["市公安局、市司法局联合走访登记表"],
        ["报送市委政法委的走访登记表"],
        ["走访单位：市公安局", "填报单位：市委政法委"],
    ],
)
def test_a_unit_that_a_title_only_mentions_is_asked_about(above):
    _, row, seen = look([above, ["企业名称", "走访日期", "问题诉求"], [*ROW[:2], "无"]])
    assert (row.cells["unit"], len(row.asks), seen.wanting) == ("", 1, False)


@pytest.mark.parametrize(
    "above", [["企业征求意见调查表"], ["填报单位（盖章）：　　　　填报时间：2026年6月　　单位：万元"], ["单位：万元"]]
)
def test_no_unit_is_made_up(above):
    _, _, seen = look([above, ["企业名称", "走访日期", "问题诉求"], [*ROW[:2], "无"]])
    assert seen.wanting


def test_a_column_beats_what_stands_above():
    table, row, _ = look([["填报单位：市委政法委"], BASE, ROW])
    assert (row.cells["unit"], table.notes) == ("市公安局", [])


# ---- forms ----


def form(*rows):
    return look([["征求意见调查表"], ["企业名称", ROW[0], "统一社会信用代码", ""], *rows])


PLACE = ["走访单位", ROW[2], "走访日期", ROW[1]]


def test_labels_of_a_form_are_understood_like_headings():
    table, row, seen = form(PLACE, ["联系人", "李四", "满意程度", "满意"], ["企业反映情况", LONG])
    assert (row.cells["appeal"], row.cells["satisfaction"], seen.wanting) == (LONG, "满意", False)
    assert "列“企业反映情况”按“问题诉求”读取" in table.notes


def test_sentences_beside_an_unknown_label_are_asked_about():
    _, _, seen = form(PLACE, ["联系人", "李四", "满意度", "满意"], ["走访情况", LONG])
    assert (seen.wanting, seen.doubts) == (True, ["“走访情况”写了大段文字，不知道是哪一列"])


def test_two_labels_of_a_form_are_joined_and_telephones_told_apart():
    _, row, _ = form(
        PLACE,
        ["走访干警", "张三", "联系电话", "13911111111"],
        ["联系人", "李四", "联系电话", "13822222222"],
        ["存在的困难", "电缆被盗"],
        ["企业诉求", "请求巡逻"],
    )
    assert (row.cells["appeal"], row.cells["contact_phone"]) == ("电缆被盗\n请求巡逻", "13822222222")


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (["满意", "√", "基本满意", "", "不满意", ""], "☑满意　□基本满意　□不满意"),
        (["满意", "", "基本满意", "þ", "不满意", ""], "□满意　☑基本满意　□不满意"),
        (["□", "满意", "☑", "基本满意", "□", "不满意"], "□满意　☑基本满意　□不满意"),
        (["满意", "×", "基本满意", "", "不满意", ""], "满意　×　基本满意　不满意"),
    ],
)
def test_words_to_tick_in_cells_of_a_form_are_one_value(cells, word):
    table, row, _ = form(PLACE, ["联系人", "李四", "备注", "无"], ["满意度", *cells])
    assert (row.cells["satisfaction"], table.ignored) == (word, [])


def test_a_form_of_pairs():
    _, row, _ = form(
        PLACE,
        ["联系人", "李四", "备注", "无"],
        ["问题一", "用地", "金额一", 5.0],
        ["问题二", "用工", "金额二", 9.0],
    )
    assert (row.cells["appeal"], row.shares) == ("1、用地\n2、用工", ("", "#2"))


# ---- a mapping serves its own headings ----


def test_a_mapping_serves_only_the_same_headings_with_their_brackets():
    said = ["名称", "走访单位", "走访日期", "电话（企业联系人）"]
    mapping = Remembered(tuple(said), ("name", "unit", "visited_on", "contact_phone"))
    names = replace(SURVEYS, remembered={fingerprint([layout_key(text) for text in said]): mapping})
    row = [ROW[0], ROW[2], ROW[1], "13800000000"]
    told = {}
    for text in (said[-1], "电话（走访干警）", "电话(企业联系人)"):
        table, source, _ = look([[*said[:-1], text], row], names=names)
        told[text] = (source.cells.get("contact_phone"), bool(table.remembered))
    assert told == {
        "电话（企业联系人）": ("13800000000", True),
        "电话（走访干警）": (None, False),
        "电话(企业联系人)": ("13800000000", True),
    }
    assert heading_key("电话（企业）") == heading_key("电话（干警）")


def test_days_of_two_columns_are_days_of_the_same_workbook():
    sheet = Sheet("表", rows=[["企业名称", "走访时间", "调查日期", "走访单位"], [ROW[0], "", 44727.0, ROW[2]]])
    sheet.since_1904 = True
    assert find(sheet, SURVEYS).table.rows[0].cells["visited_on"] == 44727.0 + 1462
    assert date(2026, 5, 12).isoformat() == ROW[1]
