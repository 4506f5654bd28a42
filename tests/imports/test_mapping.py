"""Layouts known again by their fingerprints, headings nobody knows, labels of forms: pure, on rows."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from imports.tables.header import find_header, likely_header
from imports.tables.layout import find, find_all
from imports.tables.layouts import grouped, is_whole, shown_part
from imports.tables.parts import cut
from imports.tables.seen import FORM, from_json, refreshed, row_choices, see, see_as
from imports.tables.table import Remembered, fingerprint, heading_key
from tests.imports.whole import find_table

SURVEYS = RESOURCES["surveys"].names()
ODD = ["序号", "企业大名", "来访部门", "哪天去的", "困难"]
ODD_COLUMNS = ("", "name", "unit", "visited_on", "appeal")
ROW = [1.0, "甲厂", "公安局", "2023.5.1", "货款被拖欠"]


def sheet(rows, merges=(), name="表"):
    return Sheet(name, rows=[list(row) for row in rows], merges=list(merges))


def seen(rows, merges=(), names=SURVEYS):
    given = sheet(rows, merges)
    return see(given, names, find(given, names))


def knowing(rows, columns, merges=(), **said):
    """Names that remember the layout of these rows."""
    told = seen(rows, merges)
    is_form = told.choice == FORM
    remembered = {told.fingerprint: Remembered(tuple(h.text for h in told.headings), tuple(columns), **said)}
    return replace(SURVEYS, **{"forms" if is_form else "remembered": remembered})


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([["某单位汇总表"], [], ODD, ROW], [(0, 0, 0, 4)]),
        ([[*ODD, "", ""], ROW], []),
        ([["", *ODD], ["", *ROW]], []),
        ([[f" {ODD[0]} ", "企业大名*", "来访 部门：", "哪天去的", "困难"], ROW, ROW], []),
    ],
)
def test_titles_blanks_and_marks_make_no_other_layout(rows, merges):
    assert seen(rows, merges).fingerprint == fingerprint([heading_key(text) for text in ODD])


@pytest.mark.parametrize(
    "headings", [ODD[::-1], [*ODD, "备注"], ODD[:-1], [*ODD[:4], "", ODD[4]], [*ODD[:4], "困难（已解决）"]]
)
def test_another_order_or_another_heading_is_another_layout(headings):
    assert seen([headings, ROW]).fingerprint != seen([ODD, ROW]).fingerprint


def test_a_remembered_layout_wins_over_what_the_words_seem_to_mean():
    head = ["企业名称", "走访单位", "走访日期", "日期", "日期"]
    names = knowing([head, ["甲", "乙", "丙", "丁", "戊"]], ["name", "unit", "", "", "visited_on"], by="张三")
    found = find_table(sheet([["标题"], head, ["甲厂", "公安局", "2023.1.1", "2023.2.1", "2023.3.1"]]), names)
    assert (found.rows[0].cells["visited_on"], found.ignored, found.remembered.by) == (
        "2023.3.1", ["走访日期", "日期"], "张三",
    )  # fmt: skip


def test_a_remembered_two_row_header_is_known_again_whatever_words_were_added_since():
    rows = [["序号", "大名", "去的", ""], ["", "", "部门", "日子"], [1.0, "甲厂", "公安局", "2023.5.1"]]
    merges = [(0, 2, 0, 3)]
    told = see_as(sheet(rows, merges), SURVEYS, "1-2")
    said = Remembered(tuple(heading.text for heading in told.headings), ("", "name", "unit", "visited_on"))
    names = replace(SURVEYS, remembered={told.fingerprint: said}, known={**SURVEYS.known, "日子": "visited_on"})
    found = find_table(sheet([["标题"], *rows], [(1, 2, 1, 3)]), names)
    assert ([row.row_no for row in found.rows], found.rows[0].cells) == (
        [4], {"name": "甲厂", "unit": "公安局", "visited_on": "2023.5.1"},
    )  # fmt: skip


def test_a_layout_that_is_left_out_yields_no_table_and_waits_for_nothing():
    head = ["企业名称", *ODD[2:]]
    names = knowing([head, ROW], [""] * 4, is_left_out=True)
    given = sheet([head, ROW])
    told = see(given, names, find(given, names))
    assert (find_table(given, names), told.is_left_out, told.wanting) == (None, True, False)
    assert told.columns == ["name", "", "", ""]  # what is offered to whoever takes it back in


@pytest.mark.parametrize(
    ("rows", "heading_row"),
    [
        ([["某单位台账"], ["填报单位：甲", "时间：6月"], ODD, ROW], 3),
        ([ODD, ROW], 1),
        ([["甲", 1.0], ["乙", 2.0]], None),
        ([["请勿修改表头。"], ["企业名称"]], None),
        ([["2023.5.1", "2023年6月"], ["甲", "乙"]], None),
        ([["大名", "日子"]], None),
        ([["大名", "一句比四十个字还要长的话" * 5], ["甲", "乙"]], None),
    ],
)
def test_what_looks_like_headings_is_shown_and_nothing_else(rows, heading_row):
    found = likely_header(sheet(rows), SURVEYS)
    assert (found and found.first + 1) == heading_row


@pytest.mark.parametrize(
    ("rows", "wanting"),
    [
        ([ODD, ROW], True),
        ([["企业名称", "走访单位", "困难"], ["甲厂", "公安局", "无"]], True),
        ([["企业名称", "走访单位", "走访日期"], ["甲厂", "公安局", "2023.5.1"]], False),
        ([["企业名称", "走访单位", "走访日期"]], False),
    ],
)
def test_a_sheet_waits_where_a_required_column_has_no_heading(rows, wanting):
    assert seen(rows).wanting is wanting


def test_the_page_is_shown_values_of_the_rows_below_and_other_rows_to_choose():
    rows = [["标题"], ODD, *([[1.0, "甲厂", "", "", ""]] * 2), [2.0, "乙厂", "", "2023.5.1", ""]]
    told = seen(rows)
    assert [(heading.text, heading.name, heading.samples) for heading in told.headings[1:4]] == [
        ("企业大名", "", ["甲厂", "乙厂"]), ("来访部门", "", []), ("哪天去的", "", ["2023.5.1"]),
    ]  # fmt: skip
    assert [value for value, _ in row_choices(told)] == ["1", "2", "2-3", "3", "3-4", "4", "4-5", "5", FORM]


def test_values_without_a_heading_are_listed_too():
    head = ["企业名称", "走访单位", "", "走访日期"]
    found = find_table(sheet([head, ["甲厂", "公安局", "什么", "2023.5.1", "", "外面"]]), SURVEYS)
    assert (found.ignored, found.rows[0].unknown) == (
        ["C列（没有表头）", "F列（没有表头）"], {"C列（没有表头）": "什么", "F列（没有表头）": "外面"},
    )  # fmt: skip


FORM_ROWS = [
    ["征求意见调查表"],
    ["企业名称", "甲厂", "信用代码", "X"],
    ["走访单位", "公安局", "哪天去的", "2023-04-30"],
    ["联系人", "", "邮箱", "a@b"],
    ["满意度", "☑满意　□不满意", "填表人：某"],
]


def test_unknown_labels_of_a_form_are_offered_and_take_no_value_of_another():
    told = seen(FORM_ROWS)
    assert [(heading.text, heading.name, heading.samples) for heading in told.headings if not heading.name] == [
        ("哪天去的", "", ["2023-04-30"]), ("邮箱", "", ["a@b"]), ("填表人", "", ["某"]),
    ]  # fmt: skip
    assert (told.choice, told.wanting) == (FORM, True)


def test_a_form_is_known_again_by_its_labels_whatever_the_values():
    told = seen(FORM_ROWS)
    said = {heading.text: heading.name for heading in told.headings if heading.name} | {"哪天去的": "visited_on"}
    names = replace(SURVEYS, forms={"x": Remembered(tuple(said), tuple(said.values()), by="张三")})
    rows = [list(row) for row in FORM_ROWS]
    rows[1][1], rows[2][3], rows[3][3] = "乙厂", "2023-06-01", ""
    found = find_table(sheet(rows), names)
    assert (found.rows[0].cells["name"], found.rows[0].cells["visited_on"], found.rows[0].cells["contact_name"]) == (
        "乙厂", "2023-06-01", "",
    )  # fmt: skip
    assert (found.rows[0].at["visited_on"], found.remembered.by) == ("D3", "张三")


def test_a_cell_that_may_be_a_label_or_a_value_is_listed_and_taken_for_neither():
    rows = [
        ["企业名称", "甲厂", "信用代码", "X"],
        ["走访单位", "公安局", "走访日期", "2023-04-30"],
        ["联系人", "", "李四"],
    ]
    found = find_table(sheet(rows), SURVEYS)
    assert (found.rows[0].cells["contact_name"], found.ignored) == ("", ["李四"])
    merged = find_table(sheet(rows, [(2, 0, 2, 1)]), SURVEYS)
    assert (merged.rows[0].cells["contact_name"], merged.ignored) == ("李四", [])


def test_boxes_in_cells_of_their_own_are_one_value_and_a_label_twice_is_joined():
    rows = [
        ["企业名称", "甲厂", "信用代码", "X"],
        ["走访单位", "公安局", "走访日期", "2023-04-30"],
        ["满意度", "□满意", "☑基本满意", "□不满意"],
        ["备注", "一", "备注", "二"],
    ]
    found = find_table(sheet(rows), SURVEYS)
    cells = found.rows[0].cells
    assert (cells["satisfaction"], cells["notes"], found.notes, found.ignored) == (
        "□满意　☑基本满意　□不满意", "一\n二", ["“备注”几列都是“备注”，合在一起读取"], [],
    )  # fmt: skip


def test_a_label_that_is_not_imported_stays_a_label():
    names = replace(SURVEYS, forms={"x": Remembered(("企业名称", "邮箱"), ("name", ""))})
    found = find_table(sheet([["企业名称", "", "邮箱", ""], ["联系人", "李四", "", ""]]), names)
    assert (found.rows[0].cells, found.ignored) == ({"name": "", "contact_name": "李四"}, [])


def test_the_header_of_a_known_layout_needs_no_memory():
    header = find_header(sheet([["单位名称", "走访部门", "走访时间"], ["甲", "乙", "丙"]]), SURVEYS)
    assert (sorted(header.columns.values()), header.remembered) == (["name", "unit", "visited_on"], None)


def test_a_heading_row_far_down_is_kept_with_the_rows_below_it():
    rows = [[f"说明{number}"] for number in range(30)] + [ODD, *[ROW] * 60]
    told = seen(rows)
    assert (told.choice, told.headings[1].samples) == ("31", ["甲厂"])
    assert refreshed(told, SURVEYS).columns == told.columns
    assert (told.choice, "第 31 行") in row_choices(told)


def test_rows_and_columns_of_a_later_table_are_called_as_in_the_worksheet():
    head = ["企业名称", "走访单位", "走访日期"]
    rows = [
        head,
        ["甲厂", "市公安局", "2023-05-12"],
        [],
        ["第二批"],
        ["走访日期", "走访单位", "大名"],
        ["2023-05-12", "乙", "丙"],
    ]
    parts = [see(part, SURVEYS, found) for part, found in find_all(sheet(rows), SURVEYS)]
    told = refreshed(from_json(parts[1].as_json()), SURVEYS)
    assert (told.choice, dict(row_choices(told))["2"]) == ("2", "第 5 行：走访日期、走访单位、大名")
    assert dict(row_choices(told))["2-3"] == "第 5 行和第 6 行合起来"
    beside = [*head, "", "金额", "大名", "哪天"]
    side = cut(sheet([beside, ["甲厂", "市公安局", "2023-05-12", "", 5, "乙", "丙"]]), range(2), range(4, 7))
    assert [heading.where for heading in see(side, SURVEYS, find(side, SURVEYS)).headings] == ["E列", "F列", "G列"]


def test_a_page_asks_about_no_more_than_a_browser_may_send_and_first_about_what_waits():
    known = seen([["企业名称", "走访单位", "走访日期"], ["甲厂", "公安局", "2023.5.1"]])
    wide = [[*(f"列{number}" for number in range(150)), "又"], ["甲"] * 151]
    waiting = [seen([[*wide[0], f"第{number}张"], [*wide[1], "乙"]]) for number in range(15)]
    part = shown_part(grouped([known, *waiting]))
    assert [(layout.wanting, len(layout.headings)) for layout in part] == [(True, 152)] * 13
    assert (is_whole(part), is_whole([known])) == (False, True)


WORDS = [
    "",
    "",
    "企业名称",
    "走访单位",
    "走访日期",
    "联系人",
    "满意度",
    "大名",
    "日子",
    "填表人：某",
    "☑满意",
    "（元）",
    3.0,
    "2023.5.1",
]
GRIDS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=8)
CORNERS = st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=150, deadline=None)
@given(GRIDS, st.lists(CORNERS, max_size=2))
def test_whatever_is_on_a_sheet_can_be_shown_and_what_is_said_of_it_is_known_again(rows, corners):
    merges = [(top, left, top + down, left + right) for top, left, down, right in corners]
    given = sheet(rows, merges)
    found = find(given, SURVEYS)
    told = see(given, SURVEYS, found)
    if told is None:
        assert found.table is None
        return
    again = from_json(told.as_json())
    assert refreshed(again, SURVEYS).columns == told.columns
    for choice, _ in row_choices(again):
        other = see_as(again.sheet, SURVEYS, choice)
        if other.headings and choice != FORM:
            said = Remembered(tuple(h.text for h in other.headings), ("",) * len(other.headings), is_left_out=True)
            names = replace(SURVEYS, remembered={other.fingerprint: said})
            assert find(given, names).remembered is said
