from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.uscc import ALPHABET, check_digit
from imports.cleaners import (
    clean_choice,
    clean_count,
    clean_date,
    clean_money,
    clean_phone,
    clean_text,
    clean_uscc,
    split_requests,
    ticked,
)
from imports.errors import CellError

TODAY = date(2026, 11, 22)
MAY = date(2023, 5, 12)


@pytest.mark.parametrize(
    "cell",
    [
        MAY, 45058, 45058.0, "45058", "2023.5.12", "2023/5/12", "2023-05-12", "20230512", 20230512.0, "2023年5月12日",
        "2023年05月12号", "２０２３－５－１２", " 2023 年 5 月 12 日 ", "2023-05-12 10:30:00",
    ],
)  # fmt: skip
def test_dates_in_all_their_ways_are_one_day(cell):
    assert clean_date(cell, today=TODAY) == MAY


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2023年6月31日", "不存在"),
        ("2023-13-01", "不存在"),
        ("2033.5.1", "晚于今天"),
        ("5月12日", "没有年份"),
        ("5.12", "没有年份"),
        ("去年", "不是日期"),
        ("2023年5月", "不是日期"),
        (2994500, "不是日期"),
        (-5, "不是日期"),
        (float("nan"), "不是日期"),
        (True, "不是日期"),
        ("1999-12-31", "早于"),
        ("#VALUE!", "公式错误"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_a_reason(cell, reason):
    with pytest.raises(CellError, match=reason):
        clean_date(cell, today=TODAY)


@pytest.mark.parametrize("cell", [None, "", " ", "/", "-", "无", "N/A"])
def test_ways_to_leave_a_cell_empty_are_empty(cell):
    assert (clean_date(cell, today=TODAY), clean_money(cell), clean_uscc(cell)) == (None, None, None)


@pytest.mark.parametrize(
    ("cell", "unit", "yuan"),
    [
        (93, 10_000, "930000"),
        (93.0, 1, "93"),
        (0.1 + 0.2, 10_000, "3000"),
        ("198万余元", 10_000, "1980000"),
        ("1,980,000元", 10_000, "1980000"),
        ("0.5亿元", 10_000, "50000000"),
        ("约30万", 1, "300000"),
        ("５０万元", 1, "500000"),
        ("50(万元人民币)", 1, "500000"),
        ("809.2600(万元人民币)", 1, "8092600"),
        ("9,980(万元人民币)", 1, "99800000"),
        ("50万人民币", 1, "500000"),
        ("20(万)", 1, "200000"),
        ("￥12万", 1, "120000"),
        ("5千元", 10_000, "5000"),
        ("1,234.50", 1, "1234.50"),
        ("31.03万元", 10_000, "310300"),
        ("100元左右", 10_000, "100"),
        ("-0", 10_000, "0"),
        ("0", 10_000, "0"),
    ],
)
def test_amounts_become_yuan_and_the_cells_own_unit_wins(cell, unit, yuan):
    assert clean_money(cell, unit=unit).amount == Decimal(yuan)


@pytest.mark.parametrize("cell", ["21(万美元)", "100万港币", "USD 5000"])
def test_foreign_money_keeps_its_words_and_has_no_amount(cell):
    money = clean_money(cell)
    assert (money.amount, money.text) == (None, cell)


@pytest.mark.parametrize(
    "cell",
    [
        "若干", "NaN", "Infinity", "1e999", float("nan"), float("inf"), "-5万", "10-20万", "三十万", "1,23元", "1.2.3",
        True, MAY, "九牛一毛", "9" * 30, "0.001元", "#DIV/0!", "美元",
    ],
)  # fmt: skip
def test_amounts_that_cannot_be_read_are_errors(cell):
    with pytest.raises(CellError):
        clean_money(cell)


def test_a_credit_code_typed_as_a_number_says_its_last_digits_are_lost():
    with pytest.raises(CellError, match="末几位已丢失"):
        clean_uscc(9.1430781190241e17)


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        (15317621274.0, "15317621274"),
        ("179 2114 3640", "17921143640"),
        ("+86 13800000000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("１３８０００００００0", "13800000000"),
        ("0736-4212345", "0736-4212345"),
        ("（0736）4212345", "07364212345"),
        ("", ""),
    ],
)
def test_phones_lose_blanks_and_country_code(cell, clean):
    assert clean_phone(cell) == clean


@pytest.mark.parametrize("cell", ["1380000000", "电话", "138000000001", 1.5])
def test_phones_that_cannot_be_are_errors(cell):
    with pytest.raises(CellError):
        clean_phone(cell)


@pytest.mark.parametrize(("cell", "number"), [(3.0, 3), ("3", 3), ("１２份", 12), ("约50人次", 50), ("", None), (0, 0)])
def test_counts_are_whole_numbers(cell, number):
    assert clean_count(cell) == number


@pytest.mark.parametrize("cell", [1.5, "三", -1, "NaN", 1e12, True])
def test_other_counts_are_errors(cell):
    with pytest.raises(CellError):
        clean_count(cell)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("☑满意　□基本满意　□不满意", "满意"),
        ("□满意　☑基本满意　□不满意", "基本满意"),
        ("□满意 □基本满意 √不满意", "不满意"),
        ("满意√ 基本满意 不满意", "满意"),
        ("满意（√） 基本满意（ ）", "满意"),
        ("评价：☑满意 □不满意", "满意"),
        ("满意□基本满意☑不满意□", "基本满意"),
        ("□满意 □不满意", ""),
        ("满意", "满意"),
    ],
)
def test_the_ticked_word_is_read(text, word):
    assert ticked(text) == word


def test_two_ticks_are_an_error():
    with pytest.raises(CellError, match="请只选一项"):
        ticked("☑满意 ☑不满意")


def test_an_unknown_choice_is_an_error_that_lists_the_choices():
    with pytest.raises(CellError, match="满意度“还行”不在可选范围，可填：满意、不满意"):
        clean_choice("还行", {"满意": 1, "不满意": 2}, "满意度")


@pytest.mark.parametrize("text", ["", "无", "暂无", "没有", "/", "-", "暂无诉求", "无意见。", "没有问题"])
def test_no_appeal_is_no_request(text):
    assert split_requests(text) == []


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1、货款被拖欠；2、电缆被盗", ["货款被拖欠", "电缆被盗"]),
        ("1.货款被拖欠\n2.电缆被盗", ["货款被拖欠", "电缆被盗"]),
        ("①货款被拖欠②电缆被盗", ["货款被拖欠", "电缆被盗"]),
        ("（1）甲；（2）乙；", ["甲", "乙"]),
        ("一、甲\n二、乙", ["甲", "乙"]),
        ("存在以下问题：1、甲；2、乙", ["存在以下问题：甲", "存在以下问题：乙"]),
        ("1、只有一个", ["只有一个"]),
        ("1、货款 1.5万元未付，2023.5.12 到期；2、无", ["货款 1.5万元未付，2023.5.12 到期"]),
        ("货款1.5万元，2023.5.12到期；3、4月份未付", ["货款1.5万元，2023.5.12到期；3、4月份未付"]),
        ("没有钱发工资", ["没有钱发工资"]),
    ],
)
def test_numbered_requests_are_split_and_ordinary_digits_are_not(text, items):
    assert split_requests(text) == items


CELLS = st.one_of(
    st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(),
    st.from_regex(r"[约￥]?[0-9,.]{1,12}(万|亿|千)?[余元]{0,2}", fullmatch=True),
    st.from_regex(r"[0-9]{4}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?", fullmatch=True),
)  # fmt: skip


@given(CELLS)
def test_no_cell_crashes_a_cleaner(cell):
    reasons = []
    for cleaner in (
        clean_money,
        clean_uscc,
        clean_phone,
        clean_count,
        clean_text,
        lambda c: clean_date(c, today=TODAY),
    ):
        try:
            cleaner(cell)
        except CellError as error:
            reasons.append(str(error))
    assert all(reasons)


@given(st.text(max_size=200))
def test_no_appeal_crashes_the_splitting(text):
    assert all(item.strip() for item in split_requests(text))


@given(
    st.dates(date(2000, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"])
)
def test_a_written_date_reads_back_as_itself(day, pattern):
    assert clean_date(day.strftime(pattern), today=TODAY) == day


@given(st.decimals(0, 10**9, places=2))
def test_an_amount_in_yuan_reads_back_as_itself(amount):
    assert clean_money(f"{amount:,.2f}元").amount == amount
    assert clean_money(f"{amount}元").amount == amount


@given(st.integers(0, 10**12))
def test_an_amount_in_wan_is_ten_thousand_times_as_much(number):
    assert (
        clean_money(f"{Decimal(number) / 100}万元", unit=1).amount == number * 100
        if number * 100 <= 9 * 10**13
        else True
    )


@given(st.text(ALPHABET, min_size=17, max_size=17), st.sampled_from(["", " ", "　"]))
def test_a_credit_code_reads_back_as_itself(first, blank):
    code = first + check_digit(first)
    assert clean_uscc(f"{code[:9].lower()}{blank}{code[9:]}") == code


@given(
    st.lists(st.text("货款电缆工资纠纷，。", min_size=2, max_size=12).map(lambda t: f"甲{t}甲"), min_size=2, max_size=9)
)
def test_numbered_items_read_back_as_themselves(items):
    for text in (
        "；".join(f"{n}、{item}" for n, item in enumerate(items, 1)),
        "\n".join(f"{n}.{item}" for n, item in enumerate(items, 1)),
    ):
        assert split_requests(text) == items
