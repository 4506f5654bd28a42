"""Numbers that things go by: what a spreadsheet has rounded or rewritten is never taken for the number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.cells import clean_number, clean_text, clean_uscc, text_of
from imports.errors import CellError

LONG = st.text("0123456789", min_size=16, max_size=25).filter(lambda text: text[0] != "0")


@pytest.mark.parametrize(
    "cell",
    [
        2.304430781040112e17, 230443078104011200, 1e15, "2.30443E+17", "２.３０４４３Ｅ＋17", "1E+20", 45000.5,
        date(2023, 5, 1), True,
    ],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_has_changed_is_an_error(cell):
    with pytest.raises(CellError, match="改为文本"):
        clean_number(cell, 60, "项目编号")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("ＺＦ０００１", "ZF0001"), ("'000123", "000123"), ("＇000123", "000123"), (123.0, "123"), (123, "123"),
        ("2304-4307", "2304-4307"), ("（２０２３）湘0781民初１号", "（2023）湘0781民初1号"), ("/", ""), (None, ""),
        ("230443078104011234", "230443078104011234"), (999_999_999_999_999, "999999999999999"),
    ],
)  # fmt: skip
def test_a_number_stays_as_it_was_written_its_digits_made_plain(cell, number):
    assert clean_number(cell, 60, "案号") == number


@given(LONG, st.booleans())
def test_a_long_number_is_kept_whole_or_refused_whatever_it_was_stored_as(digits, as_text):
    cell = digits if as_text else float(digits)
    for cleaner in (lambda raw: clean_number(raw, 60, "工号"), clean_text):
        if as_text:
            assert cleaner(cell) == digits
        else:
            with pytest.raises(CellError, match="末几位已丢失"):
                cleaner(cell)


def test_a_code_keeps_the_reason_of_its_own():
    with pytest.raises(CellError, match="统一社会信用代码以数字保存"):
        clean_uscc(9.1430781190241e17)


@pytest.mark.parametrize(("cell", "text"), [("'A厂", "A厂"), ("''", "''"), ("'A'厂", "'A'厂"), ("’A厂", "A厂")])
def test_the_apostrophe_that_marks_a_text_is_none_of_it_but_quotation_marks_are(cell, text):
    assert text_of(cell) == text
