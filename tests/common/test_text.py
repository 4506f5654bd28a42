import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from common.text import BREAKS, CONTROL, clean, half_width, name_key, pinyin_key
from enterprises.uscc import ALPHABET, check_digit, uscc_problem


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


def test_nothing_that_cleaning_takes_out_counts_as_printable():
    every = "".join(map(chr, range(0x110000)))
    assert [mark for mark in CONTROL.findall(every) + BREAKS.findall(every) if mark.isprintable()] == []


def test_control_and_direction_marks_are_taken_out():
    assert clean(" \x00津\u200b市\u202e\ufeff\x0b样例 \r\n第二行 ") == "津市样例 \n第二行"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("津市样例（集团）有限公司", "津市样例(集团)有限公司"),
        ("津市 样例 有限公司", "津市样例有限公司"),
        ("ＡＢＣ样例公司", "abc样例公司"),
        *(("津市·样例公司", f"津市{dot}样例公司") for dot in "•．・･‧∙⋅◦●-–—－"),
        ("津市样例公司", "'津市样例公司"),
        ("津市“样例”公司", "津市「样例」公司"),
        ("津市《样例》公司", "\u2060津市样\ufe0f例公司"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)


def test_different_names_have_different_keys():
    assert name_key("津市样例一公司") != name_key("津市样例二公司")
    assert name_key("津市甲&乙公司") != name_key("津市甲乙公司")


def test_full_width_digits_become_plain():
    assert half_width("１２．５Ａ") == "12.5A"


def test_a_name_is_found_by_initials_and_by_whole_pinyin():
    assert pinyin_key("津市港") == "jsg jinshigang"


PLACES = "津市港银行重庆长沙长江音乐藏西行长会计单于厦门大厦〇嗯呣湖南（）()A1b é0٣🏭,，。 　\n"


@given(st.text(alphabet=PLACES, max_size=30) | st.text(max_size=20))
def test_one_pass_gives_the_initials_and_the_pinyin_that_two_passes_give(name):
    whole, initials = lazy_pinyin(clean(name)), lazy_pinyin(clean(name), style=Style.FIRST_LETTER)
    assert pinyin_key(name) == f"{''.join(initials).casefold()} {''.join(whole).casefold()}"[:500]


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17))
def test_a_code_with_its_check_digit_is_right_and_with_another_wrong(first):
    digit = check_digit(first)
    other = ALPHABET[(ALPHABET.index(digit) + 1) % 31]
    assert uscc_problem(first + digit) == ""
    assert "校验位" in uscc_problem(first + other)


@pytest.mark.parametrize(
    ("code", "words"),
    [("9143078", "这里是 7 位"), ("91430781MA0000000I", "“I”"), ("91430781ma0000000x", "不允许的字符")],
)
def test_a_wrong_code_says_what_is_wrong(code, words):
    assert words in uscc_problem(code)
