from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.uscc import ALPHABET, check_digit
from imports.cells import (
    Money,
    clean_choice,
    clean_count,
    clean_date,
    clean_flag,
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
        ("2023年5月", "只写到月"),
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


@pytest.mark.parametrize(
    ("cleaner", "cell"),
    [
        (clean_money, "10²万"), (clean_money, "①"), (clean_money, "½万"), (clean_money, "(30)万"),
        (clean_money, "（30）"),
        (clean_money, "10 20万"), (clean_money, "5(3)万"), (clean_money, "￥1,980.00"), (clean_money, "30人民币"),
        (clean_money, "85%"), (clean_money, "1万5千"), (clean_count, "10²"), (clean_count, "1 0"), (clean_count, "1,0"),
        (clean_phone, "1380000000①"), (lambda cell: clean_date(cell, today=TODAY), "2023-05-12 25:99"),
        (clean_uscc, "9.14307811902412E+17"),
    ],
)  # fmt: skip
def test_what_could_be_taken_for_another_value_is_an_error(cleaner, cell):
    with pytest.raises(CellError):
        cleaner(cell)


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("30余万元", 300_000), ("30多万", 300_000), ("30w", 300_000), ("30萬", 300_000), ("逾30万元", 300_000),
        ("1 980 000元", 1_980_000), ("￥1,980.00元", 1980), ("￥30万", 300_000), ("人民币500元整", 500),
    ],
)  # fmt: skip
def test_more_ways_to_write_an_amount(cell, yuan):
    assert clean_money(cell).amount == yuan


def test_a_currency_sign_is_enough_where_the_heading_is_in_yuan():
    assert clean_money("￥1,980.00", unit=1).amount == 1980


@pytest.mark.parametrize(
    "cell", ["2023-05-12T10:30:00", "2023-05-12 10:30:00.000", "2023年5月12日（星期五）", "2023.5.12."]
)
def test_a_day_with_its_time_or_weekday_is_that_day(cell):
    assert clean_date(cell, today=TODAY) == MAY


@pytest.mark.parametrize(
    ("cell", "flag"), [("☑是 □否", True), ("✓", True), ("FALSE", False), (True, True), ("（√）是（ ）否", True)]
)
def test_flags_in_peoples_and_spreadsheets_ways(cell, flag):
    assert clean_flag(cell, "是否到位") is flag


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("（√）满意 （ ）不满意", "满意"),
        ("（ ）满意 （√）不满意", "不满意"),
        ("满意[√] 不满意[ ]", "满意"),
        ("基本满意 √", "基本满意"),
    ],
)
def test_ticks_in_brackets_are_read(text, word):
    assert ticked(text) == word


def again(cleaner, cell):
    """The clean value, and what it gives when it is written into a cell and read once more."""
    try:
        once = cleaner(cell)
    except CellError:
        return None, None
    if isinstance(once, Money):
        return once.amount, once.amount if once.amount is None else cleaner(f"{once.amount}元").amount
    return once, cleaner(once)


@given(CELLS)
def test_a_clean_value_cleans_to_itself(cell):
    for cleaner in (
        clean_money,
        clean_uscc,
        clean_phone,
        clean_count,
        clean_text,
        lambda c: clean_date(c, today=TODAY),
    ):
        once, twice = again(cleaner, cell)
        assert once == twice


WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@given(
    st.decimals(0, 9 * 10**5, places=2), st.sampled_from(["元", "万元", "万", "千元", "百万元", "亿元"]), st.booleans()
)
def test_an_amount_in_any_unit_and_width_is_exactly_that_many_yuan(number, unit, is_wide):
    scale = {"元": 1, "千元": 1_000, "万元": 10_000, "万": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}[unit]
    text = f"{number:,}{unit}"
    for written in (text, f"约{text}", f"{number} {unit}", f"{number:,}({unit})", f"{number:,}{unit}左右"):
        assert clean_money(written.translate(WIDE) if is_wide else written, unit=7).amount == number * scale


@given(st.floats(0, 10**7, allow_nan=False), st.sampled_from([1, 10_000]))
def test_an_amount_stored_as_a_number_is_kept_to_the_cent_or_refused(number, unit):
    try:
        amount = clean_money(number, unit=unit).amount
    except CellError:
        return
    assert abs(amount - Decimal(repr(number)) * unit) < Decimal("0.0001")


@given(st.dates(date(2000, 1, 1), TODAY))
def test_a_day_in_any_form_is_the_same_day(day):
    serial = (day - date(1899, 12, 30)).days
    ways = [day, serial, float(serial), str(serial), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"]
    ways += [f"{day.year}.{day.month}.{day.day}".translate(WIDE), f"{day} 23:59", int(f"{day:%Y%m%d}")]
    assert {clean_date(way, today=TODAY) for way in ways} == {day}


@given(st.integers(10_000_000_000, 19_999_999_999), st.sampled_from(["{}", "+86 {}", "86{}", "{} ", "(+86){}"]))
def test_a_mobile_number_reads_back_as_itself(number, pattern):
    text = str(number)
    assert clean_phone(pattern.format(text)) == text
    assert clean_phone(f"{text[:3]} {text[3:7]}-{text[7:]}".translate(WIDE)) == text
    assert clean_phone(float(number)) == text


@given(st.text(ALPHABET, min_size=18, max_size=18))
def test_a_code_is_accepted_only_with_its_own_check_digit(code):
    is_right = check_digit(code[:17]) == code[17]
    try:
        assert (clean_uscc(code), is_right) == (code, True)
    except CellError:
        assert not is_right or code[0] not in "159"


OPTIONS = ["满意", "基本满意", "不满意"]


@given(
    st.integers(0, 2),
    st.sampled_from("☑√✔■"),
    st.sampled_from(["　", " ", "  "]),
    st.sampled_from(["{m}{w}", "{w}({m})"]),
)
def test_the_one_ticked_word_is_found_however_the_boxes_are_drawn(at, tick, gap, shape):
    blank = " " if shape == "{w}({m})" else "□"
    text = gap.join(shape.format(m=tick if number == at else blank, w=word) for number, word in enumerate(OPTIONS))
    assert ticked(text) == OPTIONS[at]


@given(st.text("货款电缆1、2；①②（）(一)\n. ，无", max_size=40))
def test_splitting_requests_loses_no_word(text):
    """Only the marks, separators and blanks between items may go, and items that say nothing."""
    if items := split_requests(text):
        kept = "".join(items)
        assert all(kept.count(letter) >= text.count(letter) for letter in "货款电缆")
