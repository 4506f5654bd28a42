from datetime import date

import pytest

from ledger.calendar import working_calendar
from ledger.lights import light_of
from ledger.states import EntryState

FRIDAY = date(
    2023, 9, 22
)  # the week before 中秋 and 国庆: 29 September to 6 October are holidays, 7 and 8 October work


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "colour", "words"),
    [
        (date(2023, 9, 18), "green", "剩 4 个工作日"),
        (date(2023, 9, 19), "yellow", "剩 3 个工作日"),
        (FRIDAY, "yellow", "今天到期"),
        (date(2023, 9, 23), "red", "已逾期"),
        (date(2023, 9, 25), "red", "逾期 1 个工作日"),
        (date(2023, 10, 8), "red", "逾期 6 个工作日"),
    ],
)
def test_light_counts_working_days_with_holidays_and_make_up_days(today, colour, words):
    light = light_of(EntryState.HANDLING, FRIDAY, today, working_calendar())
    assert (light.colour, light.words) == (colour, words)


@pytest.mark.django_db
def test_light_says_so_when_only_days_off_are_left():
    assert light_of(EntryState.ASSIGNED, date(2023, 9, 24), date(2023, 9, 23), working_calendar()).words == (
        "不足 1 个工作日"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(EntryState) - EntryState.WORKING))
def test_no_light_burns_once_the_deadline_no_longer_runs(state):
    assert light_of(state, FRIDAY, date(2023, 12, 1), working_calendar()) is None


@pytest.mark.django_db
def test_no_light_without_a_deadline():
    assert light_of(EntryState.REGISTERED, None, FRIDAY, working_calendar()) is None
