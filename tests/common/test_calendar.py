from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import WorkingCalendar, working_calendar

MAKE_UP_2026 = [date(2026, m, d) for m, d in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]]
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
WEEKENDS_ONLY = WorkingCalendar({}, 0)


@pytest.mark.django_db
def test_make_up_days_are_worked():
    calendar = working_calendar()
    assert [day for day in MAKE_UP_2026 if not calendar.is_working(day)] == []
    assert all(day.weekday() >= 5 for day in MAKE_UP_2026)


@pytest.mark.django_db
def test_national_day_is_not_worked():
    calendar = working_calendar()
    assert [day for n in range(7) if calendar.is_working(day := date(2026, 10, 1) + timedelta(days=n))] == []
    assert calendar.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.between(date(2026, 9, 30), date(2026, 10, 10)) == 3


@pytest.mark.django_db
def test_days_past_the_last_announced_year_are_provisional():
    calendar = working_calendar()
    assert calendar.is_provisional(date(calendar.last_announced_year, 12, 31)) is False
    assert calendar.is_provisional(date(calendar.last_announced_year + 1, 1, 1)) is True


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_a_deadline_is_as_far_as_it_was_set(day, count):
    deadline = WEEKENDS_ONLY.add(day, count)
    assert WEEKENDS_ONLY.is_working(deadline)
    assert WEEKENDS_ONLY.between(day, deadline) == count


@given(DAYS, DAYS)
def test_days_left_and_days_over_mirror_each_other(one, other):
    assert WEEKENDS_ONLY.between(one, other) == -WEEKENDS_ONLY.between(other, one)
