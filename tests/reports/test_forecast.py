from datetime import date

import pytest

from ledger.calendar import WorkingCalendar
from reports.days.forecast import Forecast, Outlook
from reports.days.rates import Rates

# 2023: 中秋国庆 29 September to 6 October off, 7 and 8 October worked.
OFF = [date(2023, 9, 29), *(date(2023, 10, day) for day in range(2, 7))]
CALENDAR = WorkingCalendar(dict.fromkeys(OFF, False) | {date(2023, 10, 7): True, date(2023, 10, 8): True}, 2023)
TODAY, SINCE, TARGET_ON = date(2023, 9, 20), date(2023, 8, 23), date(2023, 10, 31)


def forecast(now, then, *, target=85, day=TODAY, target_on=TARGET_ON):
    """Total and resolved today and four weeks ago."""

    def rates(numbers):
        return Rates(registered=numbers[0], completed=numbers[1], resolved=numbers[1], target=target)

    return Forecast(rates(now), rates(then), Outlook(day, SINCE, target_on, CALENDAR))


@pytest.mark.parametrize(
    ("now", "then", "needed", "pace", "words"),
    [
        # 65 of 100, 20 more wanted in 25 working days; 20 in four weeks are 5 a week: 20 working days more.
        ((100, 65), (100, 45), "4", "5", "按近四周进度，预计 10月24日 达标，比目标日早 7 天"),
        ((100, 65), (100, 61), "4", "1", "按近四周进度，预计约 2024年2月13日 达标，比目标日晚 105 天"),
        # Ten new ones in four weeks ask for 8.5 more resolved in the same time.
        ((100, 65), (90, 45), "6.2", "5", "按近四周进度，预计 11月14日 达标，比目标日晚 14 天"),
        ((100, 65), (60, 45), "12.5", "5", "近四周新登记的抵消了化解的，差距没有缩小"),
        ((100, 65), (100, 65), "4", "0", "近四周没有新的化解，按此达不到目标"),
        ((100, 65), (100, 66), "4", "-0.3", "近四周没有新的化解，按此达不到目标"),
        ((100, 65), (120, 45), "4", "5", "按近四周进度，预计 10月24日 达标，比目标日早 7 天"),
        ((1000, 100), (1000, 99), "150", "0.2", "按近四周进度，两年内达不到目标"),
        ((100, 65), (0, 0), "4", "—", "登记不足四周，还看不出进度"),
        ((100, 85), (100, 65), "0", "5", ""),
        # 2 to spare, and 20 more of which 2 are resolved in four weeks: the gap opens by 15 in that time.
        ((100, 87), (80, 85), "0", "0.5", "近四周新登记多、化解少，照此 9月25日 起低于目标"),
        ((0, 0), (0, 0), "—", "—", "还没有登记问题"),
    ],
)
def test_a_forecast_says_what_is_needed_how_fast_it_goes_and_when(now, then, needed, pace, words):
    one = forecast(now, then)
    assert (one.needed_a_week, one.pace_a_week, one.words) == (needed, pace, words)


@pytest.mark.parametrize(("gained", "in_time"), [(15, False), (16, True), (20, True), (0, False)])
def test_the_pace_suffices_exactly_when_the_day_is_in_time(gained, in_time):
    one = forecast((100, 65), (100, 65 - gained))
    assert one.in_time is in_time
    assert (float(one.pace_a_week) >= float(one.needed_a_week)) is in_time


def test_after_the_target_day_there_is_a_day_but_no_weekly_need():
    late = forecast((100, 65), (100, 45), day=date(2023, 11, 22))
    assert (late.needed_a_week, late.expected) == ("—", None)
    assert late.words == "按近四周进度，预计 12月20日 达标，比目标日晚 50 天"


def test_nothing_is_said_of_being_in_time_where_nothing_can_be():
    assert [forecast((100, 65), (0, 0)).in_time, forecast((0, 0), (0, 0)).in_time] == [None, None]
    assert forecast((100, 65), (100, 45), target_on=None).words == "按近四周进度，预计 10月24日 达标"


@pytest.mark.parametrize(("then", "expected"), [((100, 45), 90), ((100, 65), 65), ((100, 5), 100), ((0, 0), None)])
def test_expected_by_the_target_day_goes_on_at_the_pace_of_late(then, expected):
    assert forecast((100, 65), then).expected == expected
