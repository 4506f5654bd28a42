from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period, UnknownPeriodError, local_date, read_period

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("code", "start", "end", "label"),
    [
        ("2023H1", date(2023, 1, 1), date(2023, 6, 30), "2023年上半年"),
        ("2023H2", date(2023, 7, 1), date(2023, 12, 31), "2023年下半年"),
        ("2024Q1", date(2024, 1, 1), date(2024, 3, 31), "2024年第1季度"),
        ("2024M02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023年"),
    ],
)
def test_a_code_names_first_and_last_day(code, start, end, label):
    period = Period.parse(code)
    assert (period.start, period.end, period.label, period.code) == (start, end, label, code)


@pytest.mark.parametrize("code", ["", "2023H3", "2023H0", "2023Q5", "2023M13", "23H1", "上半年", "2023-H1", "2023H"])
def test_what_names_no_period_is_refused_in_words(code):
    with pytest.raises(UnknownPeriodError, match="统计期"):
        Period.parse(code)


@given(DAYS)
def test_every_day_is_in_exactly_one_half(day):
    half = Period.half_of(day)
    assert day in half
    assert day not in half.shift(1)
    assert day not in half.previous()


@given(DAYS, st.integers(min_value=-40, max_value=40))
def test_shifting_there_and_back_is_the_same_period(day, steps):
    half = Period.half_of(day)
    assert half.shift(steps).shift(-steps) == half


@given(DAYS)
def test_months_of_a_half_lie_end_to_end(day):
    half = Period.half_of(day)
    months = half.split()
    assert (months[0].start, months[-1].end, len(months)) == (half.start, half.end, 6)
    assert all(one.next_start == other.start for one, other in pairwise(months))


def test_midnight_in_shanghai_ends_the_half():
    last, first = datetime(2023, 6, 30, 15, 59, 59, 999999, UTC), datetime(2023, 6, 30, 16, 0, tzinfo=UTC)
    assert (local_date(last), local_date(first)) == (date(2023, 6, 30), date(2023, 7, 1))
    assert Period.half_of(local_date(last)).code == "2023H1"
    assert Period.half_of(local_date(first)).code == "2023H2"


@pytest.mark.parametrize(
    ("code", "label", "months"),
    [
        ("2023-01-05..2023-03-31", "2023年1月5日至2023年3月31日", ["2023M02", "2023M03"]),
        ("2022-12-31..2023-01-31", "2022年12月31日至2023年1月31日", ["2023M01"]),
        ("2024-02-29..2024-02-29", "2024年2月29日", []),
    ],
)
def test_a_span_is_its_days_and_the_whole_months_in_them(code, label, months):
    span = read_period(code)
    assert (span.code, span.label, [month.code for month in span.split()]) == (code, label, months)
    assert span.start in span
    assert span.end in span
    assert span.next_start not in span
    assert span.previous().next_start == span.start
    assert span.previous().next_start - span.previous().start == span.next_start - span.start


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("2023-01-01..2023-06-30", "2023H1"),
        ("2023-04-01..2023-06-30", "2023Q2"),
        ("2024-02-01..2024-02-29", "2024M02"),
        ("2023-01-01..2023-12-31", "2023"),
    ],
)
def test_days_that_make_a_period_are_that_period(code, same):
    assert read_period(code) == Period.parse(same)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2023-02-29..2023-03-31", "起始日期“2023-02-29”不是日期"),
        ("2023-01-05..三月", "截止日期“三月”不是日期"),
        ("2023-03-31..2023-01-05", "截止日期 2023-01-05 早于起始日期 2023-03-31"),
        ("1999-12-31..2000-01-05", "起始日期不能早于 2000-01-01"),
        ("2015-01-01..2023-03-31", "统计期最长五年"),
        ("9999-12-30..9999-12-31", "统计期最长五年"),
    ],
)
def test_a_span_out_of_bounds_is_refused_in_words(code, words):
    with pytest.raises(UnknownPeriodError, match=words):
        read_period(code)
