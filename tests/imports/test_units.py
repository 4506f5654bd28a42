"""What unit the amounts of a column are in: read wherever people write it, asked about where it is not certain."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.cells import clean_money
from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from tests.imports.whole import find_table

SURVEYS, CASES, PROJECTS, FIRMS = (RESOURCES[kind].names() for kind in ("surveys", "cases", "projects", "enterprises"))
HEAD = ["企业名称", "走访日期", "走访单位", "问题诉求"]
FIRM = ["津市样例甲有限公司", "2026-05-12", "市公安局", "用地"]


def sheet_of(amounts, heading="涉及金额", above=(), under=(), below=()):
    """A table of surveys with this heading of money, rows above it, a row right under it, rows below."""
    rows = [*above, [*HEAD, heading], *under, *([*FIRM, amount] for amount in amounts), *below]
    return Sheet("汇总", rows=[list(row) for row in rows])


def read(*amounts, names=SURVEYS, **dress):
    return find_table(sheet_of(amounts, **dress), names)


def yuan(table, at=0, name="amount"):
    """What a row's amount is in yuan; None where it has to be asked, "外币" where it is foreign money."""
    row = table.rows[at]
    if any(asked.field == name for asked in row.asks):
        return None
    money = clean_money(row.cells[name], unit=row.units.get(name, table.units[name]))
    return "外币" if money and money.amount is None else money and money.amount


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("涉及金额/元", 1), ("涉及金额（元）", 1), ("涉及金额元", 1), ("涉及金额\n（元）", 1),
        ("涉及金额(单位：元)", 1),
        ("涉及金额，单位：元", 1),
        ("涉及金额（人民币元）", 1), ("涉及金额【元】", 1), ("涉及金额_元", 1),
        ("涉及金额（万元/人民币）", 10_000), ("涉及金额（万元，保留两位小数）", 10_000), ("涉及金额万元", 10_000),
        ("涉及金额（万）元", 10_000),
        ("涉及金额（以万元计）", 10_000), ("涉及金额（万元", 10_000), ("涉及金额／万元", 10_000),
        ("涉及金额（千）", 1_000),
        ("涉及金额（千元）", 1_000), ("涉及金额（仟元）", 1_000), ("涉及金额（百万）", 1_000_000),
        ("涉及金额（百万元）", 1_000_000),
        ("涉及金额（亿）", 10**8), ("涉及金额/亿元", 10**8), ("涉及金额（億元）", 10**8),
    ],
)  # fmt: skip
def test_a_heading_says_the_unit_in_brackets_behind_a_slash_or_at_its_end(heading, unit):
    assert yuan(read(3, heading=heading)) == 3 * unit


@pytest.mark.parametrize(
    "heading",
    [
        "涉及金额（美元）",
        "涉及金额（万美元）",
        "涉及金额/USD",
        "涉及金额（$）",
        "涉及金额(万港币)",
        "涉及金额（欧元）",
        "涉及金额（新台币 千元）",
        "涉及金额（美元万元）",
    ],
)
def test_a_heading_in_another_currency_gives_no_yuan_however_the_cell_is_written(heading):
    table = read(3, "3", "3.5万", "5万元", heading=heading)
    assert [yuan(table, at) for at in range(4)] == ["外币", "外币", "外币", Decimal(50_000)]


NOTES = [
    "金额单位：元", "单位：元", "单 位：元", "金额单位为元", "说明：金额以元为单位", "本表金额均为元",
    "（单位：元）", "单位（元）", "按元填报",
    "征求意见调查表（元）", "征求意见调查表（金额单位：元）", "填报单位（盖章）：　　单位：元　　填报时间：2026年5月",
    "单位：户、元",
    "单位：元、%", "币种：人民币　单位：元", "金额单位：人民币元", "1.名称写全称；2.金额以元为单位，保留两位小数",
    "计量单位：元",
]  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_a_note_above_or_below_says_the_unit(note):
    assert yuan(read(500_000, above=[[note]])) == 500_000
    below = read(500_000, below=[[note]])
    assert (yuan(below), len(below.rows), [row.reason for row in below.skipped]) == (500_000, 1, ["填表说明"])


@pytest.mark.parametrize(
    "note",
    [
        "填报单位：元达商贸公司", "填报单位：津市市公安局", "注：涉及金额50万元以上的须附说明", "例：500（元）",
        "请勿以元为单位", "走访单位：亿利站",
        "注册资金单位：元", "投资额以亿元为单位",
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_unit_say_nothing(note):
    table = read(50, above=[[note]])
    assert (yuan(table), table.notes) == (500_000, ["“涉及金额”没有写明单位，不带单位的数字按万元读"])


@pytest.mark.parametrize(
    "dress",
    [
        {"under": [["", "", "", "", "元"]]},
        {"under": [["", "年月日", "单位", "条", "（元）"]]},
        {"above": [["", "", "", "", "元"]]},
        {"above": [["调查表", "", "", "", "单位：元"]]},
        {"heading": "涉及金额（￥）", "above": [["调查表", "", "", "", "单位：元"]]},
    ],
)
def test_a_row_of_units_under_the_heading_or_a_cell_over_it(dress):
    table = read(500_000, **dress)
    assert (yuan(table), len(table.rows)) == (500_000, 1)


@pytest.mark.parametrize(("beside", "want"), [("元", 7), ("万元", 70_000), ("万", 70_000), ("美元", "外币")])
def test_the_cell_beside_an_amount_is_its_unit(beside, want):
    plain = find_table(Sheet("表", rows=[[*HEAD, "涉及金额", ""], [*FIRM, 7, beside]]), SURVEYS)
    named = find_table(Sheet("表", rows=[[*HEAD, "涉及金额", "备注", "币种及单位"], [*FIRM, 7, "", ""]]), SURVEYS)
    own = find_table(
        Sheet("表", rows=[[*HEAD, "金额单位", "涉及金额"], [*FIRM, beside.removesuffix("万") or "万元", 7]]), SURVEYS
    )
    assert (yuan(plain), plain.ignored, own.ignored) == (want, [], [])
    assert (yuan(own), yuan(named)) == (want, 70_000)


def test_a_unit_beside_that_is_not_the_headings_is_asked_and_a_currency_joins_it():
    head = [*HEAD, "涉及金额（万元）", "单位", "币种"]
    table = find_table(
        Sheet("表", rows=[head, [*FIRM, 7, "元", ""], [*FIRM, 7, "", "美元"], [*FIRM, 7, "", ""]]), SURVEYS
    )
    assert [yuan(table, at) for at in range(3)] == [None, "外币", 70_000]
    assert table.rows[1].units == {"amount": "万美元"}


def test_a_note_that_names_a_column_speaks_of_that_one_only():
    head, row_ = (
        ["案号", "案件类型", "承办单位", "立案日期", "挽回损失", "避免损失"],
        ["甲", "乙", "丙", "2026-03-01", 5, 6],
    )
    table = find_table(Sheet("表", rows=[["挽回损失单位：元；避免损失单位：万元"], head, row_]), CASES)
    assert (yuan(table, name="recovered"), yuan(table, name="avoided")) == (5, 60_000)


def test_an_amount_without_a_unit_among_others_that_have_theirs_beside_them_is_asked():
    table = find_table(Sheet("表", rows=[[*HEAD, "涉及金额", "单位"], [*FIRM, 7, "元"], [*FIRM, 7, ""]]), SURVEYS)
    assert [yuan(table, at) for at in range(2)] == [7, None]


@pytest.mark.parametrize(
    ("dress", "words"),
    [
        ({"heading": "涉及金额（万元）", "above": [["单位：元"]]}, ["万元", "元"]),
        ({"heading": "涉及金额（元）", "below": [["注：金额单位：万元"]]}, ["元", "万元"]),
        ({"heading": "涉及金额（元/万元）"}, ["元", "万元"]),
        ({"above": [["单位：元"], ["金额以万元为单位"]]}, ["元", "万元"]),
        ({"heading": "涉及金额（万元）", "under": [["", "", "", "", "元"]]}, ["万元", "元"]),
        ({"heading": "涉及金额（万元）", "above": [["单位：万美元"]]}, ["万元", "万美元"]),
    ],
)
def test_two_units_are_asked_once_with_the_columns_sum_in_each(dress, words):
    table = read(50, "30", "5万元", 0, "", **dress)
    (question,) = {question.key: question for row in table.rows for question in row.asks}.values()
    assert [len(row.asks) for row in table.rows] == [1, 1, 0, 0, 0]
    assert [choice["name"] for choice in question.options] == words
    sums = {
        "元": "这一列合计 50,080.00 元（5万元）",
        "万元": "这一列合计 850,000.00 元（85万元）",
        "万美元": "外币：只保留原文，不计入合计",
    }
    assert [choice["note"] for choice in question.options] == [sums[word] for word in words]
    assert "涉及金额" in question.reason


@pytest.mark.parametrize(
    ("names", "head", "amounts", "asked"),
    [
        (SURVEYS, [*HEAD, "涉及金额"], [93, 284, 0.5], False),
        (SURVEYS, [*HEAD, "涉及金额"], [93, 500_000], True),
        (SURVEYS, [*HEAD, "涉及金额"], ["￥93"], True),
        (SURVEYS, [*HEAD, "涉及金额"], ["500000元", 0, "无", ""], False),
        (SURVEYS, [*HEAD, "涉及金额"], ["800元", 300], True),
        (SURVEYS, [*HEAD, "涉及金额（￥）"], [300], True),
        (SURVEYS, [*HEAD, "涉及金额（人民币）"], [300], False),
        (SURVEYS, [*HEAD, "涉及金额（2026年10月止，分项填写）"], [300], False),
        *((SURVEYS, [*HEAD, f"涉及金额（{odd}）"], [300], True) for odd in ("k", "角", "10万元", "×万元", "million")),
        (CASES, ["案号", "案件类型", "承办单位", "立案日期", "挽回损失（单位：万元）"], [5_000_000], False),
        (SURVEYS, [*HEAD, "涉及金额（万元）"], [93, 500_000], False),
        (SURVEYS, [*HEAD, "涉及金额（万元）"], ["￥93"], True),
        (SURVEYS, [*HEAD, "涉及金额（元）"], ["￥93"], False),
        (PROJECTS, ["项目名称", "所属大事", "总投资"], [39_700], False),
        (PROJECTS, ["项目名称", "所属大事", "总投资"], [3.97], True),
        (PROJECTS, ["项目名称", "所属大事", "总投资"], [397_000_000], True),
        (FIRMS, ["企业名称", "统一社会信用代码", "注册资金"], [500], False),
        (FIRMS, ["企业名称", "统一社会信用代码", "注册资金"], [5_000_000], True),
        (CASES, ["案号", "案件类型", "承办单位", "立案日期", "挽回损失"], [5], True),
        (CASES, ["案号", "案件类型", "承办单位", "立案日期", "挽回损失"], ["5万元", ""], False),
        (CASES, ["案号", "案件类型", "承办单位", "立案日期", "挽回损失(元)"], [5_000_000], False),
    ],
)  # fmt: skip
def test_where_no_unit_is_named_the_usual_one_counts_as_long_as_the_numbers_fit_it(names, head, amounts, asked):
    rows = [["甲"] * (len(head) - 1) + [amount] for amount in amounts]
    table = find_table(Sheet("表", rows=[head, *rows]), names)
    assert any(row.asks for row in table.rows) is asked


FORM = [
    ["企业名称", "津市样例甲有限公司", "走访日期", "2026-05-12"],
    ["走访单位", "市公安局", "满意度", "满意"],
    ["问题诉求", "诉求甲"],
]


@pytest.mark.parametrize(
    ("title", "line", "want"),
    [
        ("企业征求意见调查表（金额单位：元）", ["涉及金额", 500_000], 500_000),
        ("企业征求意见调查表", ["涉及金额", 500_000, "元"], 500_000),
        ("企业征求意见调查表", ["涉及金额（元）", 500_000], 500_000),
        ("企业征求意见调查表", ["涉及金额/元", 500_000], 500_000),
        ("企业征求意见调查表", ["涉及金额", 5, "金额单位：元"], 5),
        ("企业征求意见调查表", ["涉及金额", 5, "金额单位", "元"], 5),
        ("企业征求意见调查表", ["涉及金额（美元）", 5], "外币"),
        ("企业征求意见调查表（单位：元）", ["涉及金额（万元）", 5], None),
        ("企业征求意见调查表", ["涉及金额", 500_000], None),
        ("企业征求意见调查表", ["涉及金额", 50], 500_000),
    ],
)
def test_a_form_says_its_unit_in_the_title_the_label_or_beside(title, line, want):
    table = find_table(Sheet("表", rows=[[title], *FORM, line, ["意见建议", "以元为单位填报太麻烦"]]), SURVEYS)
    assert (table.is_form, yuan(table)) == (True, want)


UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 10**8, "美元": "外币", "万美元": "外币"}
PLACES = {
    "heading": lambda unit: {"heading": f"涉及金额（{unit}）"}, "slash": lambda unit: {"heading": f"涉及金额/{unit}"},
    "end": lambda unit: {"heading": f"涉及金额{unit}"}, "title": lambda unit: {"above": [[f"调查表（单位：{unit}）"]]},
    "above": lambda unit: {"above": [["调查表"], [f"金额单位：{unit}"]]},
    "under": lambda unit: {"under": [["", "", "", "", unit]]},
    "below": lambda unit: {"below": [[f"注：金额以{unit}为单位"]]},
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(PLACES)), st.sampled_from(list(UNITS)), max_size=2), st.integers(1, 900))
def test_in_any_dress_an_amount_is_right_or_asked(said, number):
    dress, meant = {}, {}
    for place, unit in said.items():
        for part, words in PLACES[place](unit).items():
            if part == "above" and part in dress:
                words = [*dress[part], *words]
            elif part in dress:
                meant.pop(
                    next(other for other in meant if part in PLACES[other](unit))
                )  # a heading in place of another
            dress[part] = words
        meant[place] = unit
    table, scales = read(number, f"{number}万元", **dress), {UNITS[unit] for unit in meant.values()} or {10_000}
    scale = next(iter(scales))
    is_open = len(set(meant.values())) > 1
    assert yuan(table) == (None if is_open else scale if scale == "外币" else number * scale)
    assert yuan(table, 1) == number * 10_000
    assert bool(table.notes) is not bool(meant)
