"""Tables and forms as people lay them out: read as what they are, or passed over and listed, never mixed up."""

import random
from datetime import date

import pytest

from imports.errors import MappingNeededError
from imports.plans.remembered import headings_elsewhere
from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from imports.tables.layout import find_all
from tests.imports.books import xlsx
from tests.imports.whole import make_plan

TODAY = date(2026, 11, 30)
NAMES = {kind: resource.names() for kind, resource in RESOURCES.items()}
HEAD = ["序号", "企业名称", "走访日期", "走访单位", "问题诉求"]
FIRMS = ["序号", "企业名称", "统一社会信用代码", "注册资金", "联系人"]
PROJECTS = ["序号", "项目名称", "建设单位", "总投资（万元）", "开工日期"]
A, B, C = (f"津市样例{letter}有限公司" for letter in "甲乙丙")


def visit(number, name, appeal="无"):
    return [number, name, "2026-05-12", "市公安局", appeal]


def read(rows, kind="surveys", merges=()):
    return find_all(Sheet("表", rows=[list(row) for row in rows], merges=list(merges)), NAMES[kind])


def records(rows, kind="surveys", field="name", merges=()):
    return [row.text(field) for _, found in read(rows, kind, merges) for row in found.table.rows]


def passed(rows, kind="surveys", merges=()):
    return [
        (skipped.row_no, skipped.reason) for _, found in read(rows, kind, merges) for skipped in found.table.skipped
    ]


def test_a_second_heading_row_begins_a_table_with_its_own_columns_and_units():
    first, second = read(
        [
            ["企业名称", "走访日期", "走访单位", "问题诉求", "意见建议", "涉及金额（万元）"],
            [A, "2026-05-12", "市公安局", "诉求甲", "建议甲", 5],
            [],
            ["市司法局走访情况"],
            ["走访单位", "企业名称", "走访日期", "意见建议", "问题诉求", "涉及金额（元）"],
            ["市司法局", B, "2026-05-13", "建议乙", "诉求乙", 70000],
        ]
    )
    assert (first[1].table.units, second[1].table.units) == ({"amount": 10_000}, {"amount": 1})
    (row,) = second[1].table.rows
    assert (row.row_no, row.text("name"), row.text("appeal"), row.text("suggestion")) == (6, B, "诉求乙", "建议乙")
    assert (row.at["name"], row.where) == ("B6", "表第6行")
    assert [(skipped.row_no, skipped.text) for skipped in second[1].table.skipped] == [(4, "市司法局走访情况")]


def test_a_first_table_that_knows_fewer_headings_than_the_second_is_not_taken_for_its_title():
    few = [["企业名称", "走访日期", "走访单位"], [A, "2026-05-12", "市公安局"]]
    assert records(
        [*few, ["企业名称", "走访日期", "走访单位", "问题诉求", "满意度"], [B, "2026-05-12", "市公安局", "无", "满意"]]
    ) == [A, B]


def test_headings_and_titles_repeated_on_each_page_begin_no_table():
    page = [["走访情况汇总表"], ["填报单位：市公安局"], HEAD]
    rows = [*page, visit(1, A), ["第 1 页 共 2 页"], [], *page, visit(2, B), ["第2页，共2页"]]
    ((_, found),) = read(rows)
    assert [row.text("name") for row in found.table.rows] == [A, B]
    assert {skipped.row_no for skipped in found.table.skipped} == {1, 2, 5, 7, 8, 9, 11}


def test_the_same_headings_below_another_title_are_another_table():
    rows = [
        ["单位：万元"],
        [*HEAD, "涉及金额"],
        [*visit(1, A), 3],
        ["单位：元"],
        [*HEAD, "涉及金额"],
        [*visit(2, B), 50000],
    ]
    assert [found.table.units["amount"] for _, found in read(rows)] == [10_000, 1]


def test_what_stands_above_all_tables_counts_for_the_further_ones_too():
    rows = [
        ["金额单位：元"],
        [*HEAD, "涉及金额"],
        [*visit(1, A), 30000],
        [],
        ["企业名称", "走访单位", "走访日期", "涉及金额", "问题诉求"],
        [B, "市公安局", "2026-05-12", 50000, "无"],
    ]
    assert [found.table.units["amount"] for _, found in read(rows)] == [1, 1]


def test_a_second_table_with_two_rows_of_headings_keeps_both():
    top, below = ["企业情况", "", "走访情况", "", "问题诉求"], ["企业名称", "联系电话", "走访日期", "走访单位", ""]
    merges = [(row, left, row, left + 1) for row in (0, 3) for left in (0, 2)] + [(0, 4, 1, 4), (3, 4, 4, 4)]
    row = [A, "13800000000", "2026-05-12", "市公安局", "诉求甲"]
    other = ["企业名称", "联系电话", "走访单位", "走访日期", ""]
    rows = [top, below, row, top, other, [B, "13800000000", "市司法局", "2026-05-13", "诉求乙"]]
    assert records(rows, merges=merges) == [A, B]
    assert records(rows, field="appeal", merges=merges) == ["诉求甲", "诉求乙"]
    assert records(rows, field="unit", merges=merges) == ["市公安局", "市司法局"]


@pytest.mark.django_db
def test_a_table_of_another_kind_below_is_asked_about(tmp_path):
    path = xlsx(
        tmp_path / "两种.xlsx",
        {
            "表": [
                FIRMS,
                [1, A, "", "500万元", "联系人001"],
                [],
                PROJECTS,
                [1, "津市样例一号公路项目", A, 12000, "2026-05-12"],
            ]
        },
    )
    assert headings_elsewhere("enterprises")
    with pytest.raises(MappingNeededError, match="企业名称"):
        make_plan(path, path.name, "enterprises", today=TODAY)


@pytest.mark.parametrize("gap", [0, 1])
def test_tables_side_by_side_are_read_each(gap):
    half, blank = ["企业名称", "走访日期", "走访单位", "问题诉求"], [""] * gap
    one, two = [A, "2026-05-12", "市公安局", "诉求甲"], [B, "2026-05-13", "市司法局", "诉求乙"]
    rows = [["走访情况"], [*half, *blank, *half], [*one, *blank, *two], [*two[:3], "诉求丙", *blank, "", "", "", ""]]
    left, right = read(rows)
    assert [row.text("appeal") for row in left[1].table.rows] == ["诉求甲", "诉求丙"]
    (row,) = right[1].table.rows
    letter = "F" if gap else "E"
    assert (row.text("name"), row.text("unit"), row.at["name"]) == (B, "市司法局", f"{letter}3")
    assert row.where == f"表｜{letter}列第3行"


def test_halves_with_their_columns_in_other_orders_and_words_are_read_each():
    left, right = ["企业名称", "走访日期", "走访单位", "问题诉求"], ["走访时间", "单位名称", "走访部门", "存在问题"]
    rows = [[*left, *right], [A, "2026-05-12", "市公安局", "诉求甲", "2026-05-13", B, "市司法局", "诉求乙"]]
    assert (records(rows), records(rows, field="appeal")) == ([A, B], ["诉求甲", "诉求乙"])


def test_headings_that_nobody_knows_in_the_middle_are_no_record_but_asked_about():
    rows = [
        FIRMS,
        [1, A, "", "500万元", "联系人001"],
        [],
        ["被访商户", "到访时间", "陪同部门"],
        [B, "五月", "市司法局"],
    ]
    first, second = read(rows, "enterprises")
    assert [row.text("name") for row in first[1].table.rows] == [A]
    assert (second[1].table, second[1].header.headings) == (None, ["被访商户", "到访时间", "陪同部门"])


def form(name, appeal="无", number=12):
    return [
        ["企业征求意见调查表", "", "", ""],
        ["企业名称", name, "走访日期", f"2026-05-{number}"],
        ["走访单位", "市公安局", "满意度", "满意"],
        ["问题诉求", appeal, "", ""],
    ]


@pytest.mark.parametrize("blank", [0, 1, 2])
def test_forms_below_each_other_are_a_record_each(blank):
    rows = [row for name in (A, B, C) for row in (*form(name, f"{name}的诉求"), *[[""] * 4] * blank)]
    parts = read(rows)
    assert [found.table.rows[0].text("appeal") for _, found in parts] == [f"{name}的诉求" for name in (A, B, C)]
    assert [found.table.rows[0].row_no for _, found in parts] == [2 + at * (4 + blank) for at in range(3)]
    assert parts[1][1].table.rows[0].at["name"] == f"B{6 + blank}"


def test_many_forms_on_a_sheet_are_all_read():
    rows = [row for number in range(60) for row in form(f"津市样例{number}有限公司")]
    assert records(rows) == [f"津市样例{number}有限公司" for number in range(60)]


def test_a_form_above_a_table_and_one_below_it_are_read_as_such():
    head = ["企业名称", "走访日期", "走访单位", "问题诉求"]
    table = [head, [B, "2026-05-12", "市公安局", "诉求乙"], [C, "2026-05-12", "市公安局", "诉求丙"]]
    for rows, names in (([*form(A), [], *table], [A, B, C]), ([*table, [], *form(A)], [B, C, A])):
        assert records(rows) == names
        assert "企业名称" not in {skipped.text for _, found in read(rows) for skipped in found.table.skipped}


def test_a_firm_is_never_called_by_a_label_of_a_form_below_the_table():
    rows = [FIRMS, [1, A, "", "500万元", "联系人001"], [], *form(B)]
    assert records(rows, "enterprises")[:1] == [A]
    assert "企业名称" not in [row.text(name) for _, found in read(rows, "enterprises") if found.table
                          for row in found.table.rows for name in row.cells]  # fmt: skip


def test_a_blank_form_below_others_is_passed_over():
    blank = [[cell if at % 2 == 0 else "" for at, cell in enumerate(row)] for row in form(B, "")]
    rows = [*form(A), [], *blank]
    assert (records(rows), [reason for _, reason in passed(rows)]) == ([A], ["标题", "标题", "没有填写的表单"])


def test_forms_side_by_side_are_a_record_each():
    rows = [[*one, "", *two] for one, two in zip(form(A, "诉求甲"), form(B, "诉求乙"), strict=True)]
    assert (records(rows), records(rows, field="appeal")) == ([A, B], ["诉求甲", "诉求乙"])
    assert [found.table.rows[0].at["name"] for _, found in read(rows)] == ["B2", "G2"]


def test_a_sheet_turned_on_its_side_is_a_record_a_column():
    rows = [
        ["走访情况表", "", "", ""],
        ["企业名称", A, B, C],
        ["走访日期", "2026-05-12", "2026-05-13", "2026-05-14"],
        ["走访单位", "市公安局", "市司法局", "市公安局"],
        ["问题诉求", "诉求甲", "", "诉求丙"],
    ]
    ((_, found),) = read(rows)
    assert [(row.text("name"), row.text("appeal")) for row in found.table.rows] == [
        (A, "诉求甲"),
        (B, ""),
        (C, "诉求丙"),
    ]
    assert [(row.at["appeal"], row.where) for row in found.table.rows][2] == ("D5", "表｜D列第1行")


def test_one_form_with_hints_beside_stays_a_form():
    rows = [
        ["企业名称", A, "必填"],
        ["走访日期", "2026-05-12", "如：2026-05-12"],
        ["走访单位", "市公安局", "请选择"],
        ["问题诉求", "诉求甲", "选填"],
    ]
    assert records(rows) == [A]


def dressed(rng, count):
    """Records of a list of firms, and the rows of a sheet that holds them in random dress."""
    firms = [f"津市样例{number}{rng.choice(['有限公司', '厂', '合作社', '商行'])}" for number in range(count)]
    columns = ["企业名称", "联系人", "注册资金", "地区"]
    rng.shuffle(columns)
    serial = rng.random() < 0.7
    head = [*(["序号"] if serial else []), *columns]
    rows = [["津市企业名录"]] * (rng.random() < 0.5)
    rows.append(head)
    for number, name in enumerate(firms, 1):
        if number > 1 and rng.random() < 0.4:
            rows += rng.choice(between(rng, head, serial))
        values = {"企业名称": name, "联系人": f"联系人{number:03d}", "注册资金": f"{number}00万元", "地区": "常德"}
        rows.append([*([number] if serial else []), *(values[column] for column in columns)])
    if serial:
        rows += [[number] for number in range(count + 1, count + rng.randint(1, 6))]
    return firms, rows


def between(rng, head, serial):
    name = head.index("企业名称")
    pad = [""] * name
    return [
        [[*pad, f"{rng.choice(['本页', ''])}{rng.choice(['小计', '合计', '平均'])}"]],
        [["（以下空白）"]],
        [["津市企业名录"], head],
        [head],
        [[f"{rng.choice('一二三四')}、{rng.choice(['规上企业', '其他企业（5家）', '商贸类'])}"]],
        [[], ["续表"], head],
        [["制表：干警0001", "审核：干警0002"]],
        [[f"共{rng.randint(1, 9)}家"]],
    ]


def test_random_dress_changes_nothing_of_what_is_read():
    rng = random.Random(20261130)
    for _ in range(200):
        firms, rows = dressed(rng, rng.randint(2, 8))
        rows = [list(row) for row in rows]
        assert records(rows, "enterprises") == firms, rows
        people = records(rows, "enterprises", "contact_name")
        assert people == [f"联系人{number:03d}" for number in range(1, len(firms) + 1)], rows
        told = sum(len(found.table.rows) + len(found.table.skipped) for _, found in read(rows, "enterprises"))
        heads = sum(any(cell == "企业名称" for cell in row) for row in rows)
        assert told >= sum(bool(row) for row in rows) - heads, rows
