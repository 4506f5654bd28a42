"""Several columns of one field: joined, paired, ticked, told apart, or asked about."""

import pytest

from tests.imports.test_headings import BASE, ROW, look

# ---- several columns of one field ----


def test_what_people_wrote_in_two_columns_is_joined_and_said():
    table, row, seen = look([[*BASE, "存在的困难和问题", "企业诉求"], [*ROW, "电缆被盗", "请求巡逻"]])
    assert (row.cells["appeal"], seen.wanting) == ("电缆被盗\n请求巡逻", False)
    assert table.notes == ["“存在的困难和问题”“企业诉求”几列都是“问题诉求”，合在一起读取"]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("电缆被盗", "无", "电缆被盗"),
        ("/", "请求巡逻", "请求巡逻"),
        ("无", "", "无"),
        ("同样的话", "同样的话", "同样的话"),
        ("1、甲；2、乙", "1、丙；2、丁", "1、甲；丙\n2、乙；丁"),
        ("1、甲；2、乙", "丙", "1、甲\n2、乙\n3、丙"),
    ],
)
def test_joined_texts_run_into_each_other_nowhere(first, second, together):
    _, row, _ = look([[*BASE, "困难", "诉求"], [*ROW, first, second]])
    assert row.cells["appeal"] == together


PAIRS = [
    ["问题诉求", "诉求类别", "涉及金额（万元）", "问题诉求", "诉求类别", "涉及金额（万元）"],
    ["问题一", "问题一类别", "金额一", "问题二", "问题二类别", "金额二"],
    ["诉求1", "类别1", "金额1", "诉求2", "类别2", "金额2"],
    ["第1个问题", "问题类型", "涉及金额", "第2个问题", "问题类型", "涉及金额"],
]


@pytest.mark.parametrize("head", PAIRS)
def test_requests_with_an_amount_each_stay_pairs(head):
    table, row, seen = look([[*BASE, *head], [*ROW, "用地", "用地规划", 5.0, "用工", "劳资纠纷", 9.0]])
    cells = row.cells
    assert (cells["appeal"], row.shares) == ("1、用地\n2、用工", ("", "#2"))
    assert (cells["amount"], cells["amount#2"], cells["category#2"], seen.wanting) == (5.0, 9.0, "劳资纠纷", False)
    assert "逐条分开读取" in " ".join(table.notes)


@pytest.mark.parametrize("head", [["问题一", "问题二"], ["诉求1", "诉求2（次要）"], ["第一个问题", "第二个问题"]])
def test_numbered_requests_are_two_and_share_the_forms_amount(head):
    table, row, _ = look([[*BASE, *head, "涉及金额（元）"], [*ROW, "用地", "用工", 5.0]])
    assert (row.cells["appeal"], row.cells["amount"], row.shares) == ("1、用地\n2、用工", 5.0, ("", "#2"))
    assert "逐条" in table.notes[0]


def test_an_amount_beside_no_request_is_said():
    _, row, _ = look([[*BASE, *PAIRS[1]], [*ROW, "用地", "", 5.0, "", "", 9.0]])
    assert (row.cells["appeal"], row.shares, row.notes) == (
        "用地", ("",), ("I2 有金额，旁边没有问题：只计入这张表的金额",),
    )  # fmt: skip


def test_the_fields_own_label_beats_other_words_and_a_sure_word_a_vague_one():
    head = ["企业名称", "填表日期", "走访日期", "走访单位", "日期"]
    table, row, _ = look([head, [ROW[0], "2026-06-30", "2026-05-12", ROW[2], "2026-07-01"]])
    assert row.cells["visited_on"] == "2026-05-12"
    assert table.ignored == ["填表日期（以“走访日期”列为准）", "日期（以“走访日期”列为准）"]
    _, row, _ = look([["企业名称", "日期", "走访时间", "走访单位"], [ROW[0], "2026-06-30", "2026-05-12", ROW[2]]])
    assert row.cells["visited_on"] == "2026-05-12"


def test_columns_that_contradict_each_other_are_asked_about_row_by_row():
    head = ["单位名称", "公司名称", "走访日期", "走访单位"]
    rows = [["甲厂", "", *ROW[1:]], ["", "乙厂", *ROW[1:]], ["丙厂", "丙厂", *ROW[1:]], ["丁厂", "戊厂", *ROW[1:]]]
    table, *_ = look([head, *rows])
    assert [row.cells["name"] for row in table.rows] == ["甲厂", "乙厂", "丙厂", "丁厂"]
    assert [len(row.asks) for row in table.rows] == [0, 0, 0, 1]
    (question,) = table.rows[3].asks
    assert [option["pk"] for option in question.options] == ["name", "name#2"]
    assert (question.key, table.rows[1].at["name"]) == ("which:name", "B3")


# ---- whose a telephone is ----


@pytest.mark.parametrize(
    ("head", "phone"),
    [
        (["走访干警", "联系电话", "联系人", "联系电话"], "13822222222"),
        (["联系人", "联系电话", "走访干警", "联系电话"], "13911111111"),
        (["走访干警", "干警电话", "联系人", "企业电话"], "13822222222"),
        (["联系人", "电话（企业）", "走访干警", "电话（走访干警）"], "13911111111"),
        (["走访人", "手机号码", "企业负责人", "手机号码"], "13822222222"),
        (["备注", "电话（走访干警）", "联系人", "满意度"], None),
        (["走访干警", "联系电话", "备注", "满意度"], None),
    ],
)
def test_a_telephone_belongs_to_whom_its_neighbour_names(head, phone):
    table, row, seen = look([[*BASE, *head], [*ROW, "张三", "13911111111", "李四", "13822222222"]])
    assert (row.cells.get("contact_phone"), seen.wanting) == (phone, False)
    assert any("是干警的电话" in text for text in table.ignored) or "干警电话" in table.ignored


def test_a_heading_over_a_telephone_says_whose_it_is():
    top = ["企业名称", "走访日期", "走访单位", "走访人员", "", "企业情况", ""]
    below = ["", "", "", "走访干警", "联系电话", "联系人", "联系电话"]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4), (0, 5, 0, 6)]
    _, row, _ = look([top, below, [*ROW, "张三", "13911111111", "李四", "13822222222"]], merges)
    assert (row.cells["contact_phone"], row.cells["officer"]) == ("13822222222", "张三")


def test_a_telephone_between_two_people_is_asked_about():
    _, _, seen = look([[*BASE, "走访干警", "联系电话", "联系人"], [*ROW, "张三", "13911111111", "李四"]])
    assert (seen.wanting, seen.doubts) == (True, ["“联系电话”在“走访干警”和“联系人”之间，看不出是谁的"])


# ---- boxes to tick, a column each ----

THREE = ["满意", "基本满意", "不满意"]


def ticks(marks, *, merged=True):
    head = [*BASE, *THREE, "问题诉求"]
    if not merged:
        return look([head, [*ROW, *marks, "无"]])
    top = [*BASE, "满意度", "", "", "问题诉求"]
    merges = [(0, at, 1, at) for at in (0, 1, 2, 6)] + [(0, 3, 0, 5)]
    return look([top, ["", "", "", *THREE, ""], [*ROW, *marks, "无"]], merges)


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("mark", ["√", "✓", "☑", "þ", "ü", "R", "P", "\uf0fe", "●", "■", 1.0, "是", "V", "对", "（√）"])
def test_a_tick_in_one_of_three_columns_is_that_word(mark, merged):
    for at, word in enumerate(THREE):
        marks = [mark if at == index else "" for index in range(3)]
        table, row, _ = ticks(marks, merged=merged)
        assert (row.cells["satisfaction"], row.asks, table.ignored) == (word, (), [])


@pytest.mark.parametrize(
    ("marks", "word"),
    [(["□", "☑", "□"], "基本满意"), (["×", "×", "√"], "不满意"), (["¨", "þ", "¨"], "基本满意"), (["", "", ""], ""),
     (["0", "1", "0"], "基本满意"), (["否", "是", "否"], "基本满意")],
)  # fmt: skip
def test_blank_boxes_and_crosses_beside_a_tick_are_none(marks, word):
    _, row, _ = ticks(marks)
    assert (row.cells["satisfaction"], row.asks) == (word, ())


@pytest.mark.parametrize("marks", [["√", "√", ""], ["×", "", ""], ["", "☒", ""], ["√", "", "√"], ["×", "×", ""]])
def test_ticks_that_may_mean_either_are_asked_about(marks):
    _, row, _ = ticks(marks)
    (question,) = row.asks
    assert row.cells["satisfaction"] == ""
    assert [option["name"] for option in question.options] == [*THREE, "都不是，空着"]


def test_a_remark_in_a_column_to_tick_is_asked_about():
    rows = [[*ROW, "√", "", ""]] * 9 + [[*ROW, "未表态", "", ""], [*ROW, "√", "口头", ""]]
    table, *_ = look([[*BASE, *THREE], *rows])
    assert [len(row.asks) for row in table.rows] == [0] * 9 + [1, 1]


def test_a_word_that_the_field_does_not_have_stays_what_it_is():
    _, row, _ = look([[*BASE, "非常满意", *THREE], [*ROW, "√", "", "", ""]])
    assert row.cells["satisfaction"] == "非常满意"
    _, row, _ = look([[*BASE, "满意", "较满意", "一般", "不满意"], [*ROW, "", "", "√", ""]])
    assert row.cells["satisfaction"] == "一般"


def test_counts_under_such_headings_are_no_ticks():
    table, row, _ = look([[*BASE, *THREE], [*ROW, 12.0, 3.0, 0.0]])
    assert ("satisfaction" in row.cells, table.ignored) == (False, THREE)
