"""Working days as announced for 2026, deadlines into years not yet announced, and days that begin at midnight in
Shanghai. Source: 国办发明电〔2025〕7号."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import local_date
from ledger.calendar import WorkingCalendar, working_calendar

pytestmark = pytest.mark.django_db
MAKE_UP = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


@pytest.mark.parametrize(("month", "day"), MAKE_UP)
def test_make_up_days_of_2026_are_worked(month, day):
    made_up = date(2026, month, day)
    assert (made_up.weekday() >= 5, working_calendar().is_working(made_up)) == (True, True)


def test_no_other_weekend_of_2026_is_worked():
    calendar = working_calendar()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    worked = [(day.month, day.day) for day in days if day.weekday() >= 5 and calendar.is_working(day)]
    assert (worked, sum(map(calendar.is_working, days))) == (MAKE_UP, 248)


@pytest.mark.parametrize(
    ("start", "working_days", "deadline"),
    [
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # New Year, and the Sunday after it is worked
        (date(2025, 12, 29), 10, date(2026, 1, 13)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the Saturday before Spring Festival is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # and nine days off follow it
        (date(2026, 2, 11), 10, date(2026, 3, 3)),
        (date(2026, 4, 30), 2, date(2026, 5, 7)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 12, 30), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # not yet announced: weekends only
        (date(2026, 12, 18), 25, date(2027, 1, 22)),
    ],
)
def test_deadlines_over_holidays_and_into_the_next_year(start, working_days, deadline):
    calendar = working_calendar()
    assert calendar.add(start, working_days) == deadline
    assert calendar.between(start, deadline) == working_days
    assert calendar.is_provisional(deadline) == (deadline.year > 2026)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 2, 13, 15, 59, 59, tzinfo=UTC), date(2026, 2, 24)),  # 23:59:59 in Shanghai
        (datetime(2026, 2, 13, 16, 0, 0, tzinfo=UTC), date(2026, 2, 25)),  # midnight: the 14th is begun
    ],
)
def test_day_that_counts_is_shanghais(moment, day):
    assert working_calendar().add(local_date(moment), 2) == day


def test_calendar_is_read_in_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = working_calendar()
    assert (calendar.last_announced_year, calendar.version) == (2026, 1)


days = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@given(
    exceptions=st.dictionaries(days, st.booleans(), max_size=40),
    start=days,
    first=st.integers(0, 15),
    second=st.integers(0, 15),
)
def test_counting_on_and_back_agrees_with_itself(exceptions, start, first, second):
    calendar = WorkingCalendar(exceptions, 2026)
    end = calendar.add(start, first)
    assert calendar.between(start, end) == first
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)
    back = calendar.before(end, second)
    assert calendar.between(back, end) == second
    assert calendar.between(back + timedelta(days=1), end) < second or second == 0
