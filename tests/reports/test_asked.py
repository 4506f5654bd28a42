"""A wrong, future or too early date is refused in words by every page, export and command, never quietly replaced."""

from datetime import date, datetime
from html import unescape
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from common.periods import SHANGHAI
from tests.factories import ActivityFactory

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
FIGURE = {"code": "relief_services"}
OF_A_PERIOD = [
    ("dashboard", {}),
    ("dashboard-more", {}),
    ("tally", {}),
    ("tally-export", {}),
    ("records", FIGURE),
    ("records-export", FIGURE),
    ("indicators", {}),
    ("indicators-export", {}),
]
OF_A_HALF = ["period", "period-sign", "period-comparison", "comparison-export", "balance-export"]
WRONG_PERIODS = {
    "2023H3": "“2023H3”超出范围，一年只有 2 个这样的统计期",
    "上半年": "“上半年”不是统计期",
    "2040H1": "2040年上半年还没有到，今天是2026年11月24日",
    "2022H2": "2022年下半年早于派驻服务开始的2023年1月1日，没有数字",
}
WRONG_DAYS = {
    "2023-02-30": "“2023-02-30”不是日期",
    "昨天": "“昨天”不是日期",
    "2040-01-01": "2040年1月1日还没有到，今天是2026年11月24日",
    "2022-12-31": "2022年12月31日早于派驻服务开始的2023年1月1日",
}
WRONG_WEEKS = {
    "2023-02-30": "“2023-02-30”不是日期",
    "2027-03-01": "2027年3月1日起的一周还没有到",
    "9999-12-31": "9999年12月27日起的一周还没有到",
    "2022-12-20": "2022年12月19日起的一周早于派驻服务开始的2023年1月1日",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False):
        yield


def refused(client, name, keys, ask, status=400):
    answer = client.get(reverse(f"reports:{name}", kwargs=keys), ask)
    assert (name, answer.status_code) == (name, status)
    return unescape(answer.content.decode())


@pytest.mark.parametrize(("name", "keys"), OF_A_PERIOD)
def test_a_period_there_is_none_of_is_refused_with_the_form_as_it_was_typed(client, admin, name, keys):
    client.force_login(admin)
    for code, words in WRONG_PERIODS.items():
        page = refused(client, name, keys, {"period": code, "q": "走访"})
        assert words in page
        assert f'<option value="{code}" selected>{code}</option>' in page
        assert 'name="q" value="走访"' in page
        where = reverse("reports:" + name.removesuffix("-export"), kwargs=keys)
        assert f'action="{where}"' in page
        assert ("没有导出" in page) is name.endswith("export")


@pytest.mark.parametrize(("name", "keys"), [one for one in OF_A_PERIOD if not one[0].startswith("indicators")])
def test_days_there_are_none_of_are_refused_with_both_days_as_typed(client, admin, name, keys):
    client.force_login(admin)
    page = refused(client, name, keys, {"from": "2023-02-30", "to": "2023-03-31"})
    assert ("“2023-02-30”不是日期" in page, 'value="2023-02-30"' in page, 'value="2023-03-31"' in page) == (True,) * 3
    assert "早于起始日期" in refused(client, name, keys, {"from": "2023-03-05", "to": "2023-01-01"})


def test_a_quarter_is_refused_where_only_half_years_are_told(client, admin):
    client.force_login(admin)
    for name in ("indicators", "indicators-export"):
        assert "2023年第2季度不是半年" in refused(client, name, {}, {"period": "2023Q2"})


@pytest.mark.parametrize("name", OF_A_HALF)
def test_the_pages_of_a_half_year_refuse_every_other(client, coordinator, admin, name):
    client.force_login(coordinator if name == "period-sign" else admin)
    for code, words in (WRONG_PERIODS | {"2023Q2": "2023年第2季度不是半年"}).items():
        if code == "上半年":  # no address
            continue
        page = refused(client, name, {"code": code}, {}, 404)
        assert words in page
        assert "2023年上半年</span>" in page


@pytest.mark.parametrize("name", ["rates", "rates-export"])
def test_a_day_there_is_none_of_is_refused(client, admin, name):
    client.force_login(admin)
    for day, words in WRONG_DAYS.items():
        page = refused(client, name, {}, {"on": day})
        assert (words in page, f'value="{day}"' in page) == (True, True)


@pytest.mark.parametrize("name", ["weekly", "weekly-export", "weekly-word"])
def test_a_week_there_is_none_of_is_refused(client, admin, name):
    client.force_login(admin)
    for day, words in WRONG_WEEKS.items():
        page = refused(client, name, {}, {"week": day})
        assert (words in page, f'<option value="{day}" selected>' in page) == (True, True)


def test_what_is_asked_for_rightly_or_not_at_all_is_shown(client, admin, police):
    ActivityFactory(unit=police, happened_on=date(2023, 5, 1))
    client.force_login(admin)
    for name, ask in (
        ("rates", {}),
        ("rates", {"on": ""}),
        ("rates", {"on": "2023-01-01"}),
        ("weekly", {"week": "2022-12-28"}),  # the week of the first day
        ("weekly", {"week": "2026-11-26"}),  # the week that runs
        ("tally", {"period": "2026"}),
        ("indicators", {"period": "2023H1"}),
    ):
        assert client.get(reverse(f"reports:{name}"), ask).status_code == 200, (name, ask)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("rates", "--on", "2040-01-01"), "还没有到"),
        (("rates", "--on", "2023-02-30"), "不是日期"),
        (("rates", "--on", "2022-12-31"), "早于派驻服务开始"),
        (("tally", "2040H1"), "还没有到"),
        (("tally", "2022H2"), "早于派驻服务开始"),
        (("briefing", "2040H1", "--out", "x.docx"), "还没有到"),
        (("briefing", "2022H2", "--out", "x.docx"), "早于派驻服务开始"),
        (("briefing", "2023-01-05..2023-02-03", "--out", "x.docx"), "不是统计期"),
    ],
)
def test_commands_refuse_the_same(command, words):
    with pytest.raises(CommandError, match=words):
        call_command(*command, stdout=StringIO())
