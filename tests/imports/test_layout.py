import pytest

from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from tests.imports.whole import find_table

SURVEYS = RESOURCES["surveys"].names()
HEAD = ["序号", "单位名称", "走访部门", "走访时间", "存在的困难和问题", "涉及金额（元）"]
ROW = [1.0, "甲厂", "公安局", "2023.5.1", "无", 5.0]


def table(rows, merges=()):
    return find_table(Sheet("表", rows=rows, merges=list(merges)), SURVEYS)


def test_header_is_found_below_title_and_stamp_and_its_unit_is_taken():
    found = table([["某单位汇总表"], ["填报单位（盖章）：　单位：万元"], HEAD, ROW])
    assert found.columns == {
        "name": "单位名称", "unit": "走访部门", "visited_on": "走访时间", "appeal": "存在的困难和问题",
        "amount": "涉及金额（元）",
    }  # fmt: skip
    assert (found.units, [row.row_no for row in found.rows], found.rows[0].serial) == ({"amount": 1}, [4], "1")
    assert found.rows[0].at["name"] == "B4"


def test_a_unit_noted_above_the_table_counts_where_the_heading_has_none():
    found = table([["金额单位：元"], [*HEAD[:5], "涉及金额"], ROW])
    assert found.units == {"amount": 1}


def test_totals_footers_blanks_and_repeated_headers_are_listed_not_read():
    found = table([HEAD, ROW, [""] * 6, HEAD, ROW, ["合计", "2份"], ["填表人：某　审核人：某"], ["注：以上属实"]])
    assert [row.row_no for row in found.rows] == [2, 5]
    assert [(row.row_no, row.reason) for row in found.skipped] == [
        (4, "重复的表头"), (6, "合计行"), (7, "填表说明"), (8, "填表说明"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words", ["共 3 行", "共 1200 行　只含本单位", "总计35条", "合共12家。", "共计 4 份（截至6月）"]
)
def test_a_line_that_only_counts_the_rows_is_no_record(words):
    found = table([HEAD, ROW, [""] * 6, [words]])
    assert [row.row_no for row in found.rows] == [2]
    assert [(row.row_no, row.reason) for row in found.skipped] == [(4, "合计行")]


@pytest.mark.parametrize("name", ["共享单车有限公司", "共青团津市样例服务部"])
def test_a_firm_whose_name_begins_alike_is_one(name):
    assert [row.row_no for row in table([HEAD, [name, *ROW[1:]]]).rows] == [2]


def test_a_two_row_header_is_read_as_one():
    top = ["序号", "企业情况", "", "走访情况", "", "问题诉求"]
    below = ["", "企业名称", "联系电话", "走访单位", "走访日期", ""]
    merges = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 1, 5)]
    found = table([top, below, [1.0, "甲厂", "13800000000", "公安局", "2023-05-01", "无"]], merges)
    assert sorted(found.columns) == ["appeal", "contact_phone", "name", "unit", "visited_on"]
    assert [row.row_no for row in found.rows] == [3]


def test_a_vertically_merged_cell_counts_for_every_row_it_spans():
    blank = [*ROW[:2], "", *ROW[3:]]
    found = table([HEAD, ROW, blank, blank, ROW], [(1, 2, 3, 2)])
    assert [row.cells["unit"] for row in found.rows] == ["公安局"] * 4


def test_ditto_marks_repeat_the_cell_above():
    found = table([HEAD, ROW, [2.0, "乙厂", "同上", "同上", "无", ""]])
    assert (found.rows[1].cells["unit"], found.rows[1].cells["visited_on"]) == ("公安局", "2023.5.1")


def test_unknown_columns_and_those_that_another_beats_are_listed():
    found = table([[*HEAD, "车牌", "企业名称"], [*ROW, "湘J", "丙厂"]])
    assert found.ignored == ["车牌", "单位名称（以“企业名称”列为准）"]
    assert (found.rows[0].cells["name"], found.rows[0].unknown["车牌"]) == ("丙厂", "湘J")


def test_a_sheet_without_header_is_none():
    assert table([["请勿修改表头。"], ["企业名称"]]) is None


def test_a_form_of_labels_and_values_is_one_record():
    found = table(
        [
            ["征求意见调查表"],
            ["企业名称", "甲厂", "信用代码", "X"],
            ["走访单位", "公安局", "走访日期", "2023-04-30"],
            ["联系人", "", "联系电话", "13800000000"],
            ["满意度", "☑满意　□不满意"],
            ["存在的困难和问题", "1、甲；2、乙"],
        ]
    )
    assert found.is_form
    row = found.rows[0]
    assert (row.cells["name"], row.cells["contact_name"], row.cells["satisfaction"]) == ("甲厂", "", "☑满意　□不满意")
    assert (row.at["visited_on"], len(found.rows)) == ("D3", 1)


def test_a_blank_template_row_is_no_record():
    assert table([HEAD, ["", "", "", "", "", ""]]).rows == []
