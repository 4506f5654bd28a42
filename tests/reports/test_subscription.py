"""The week's figures by e-mail: who gets them, on which day, what they may see, and never two."""

from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import ExportLog
from common.periods import SHANGHAI
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import ActivityKind
from reports.models import FiguresMail
from reports.tasks import ask_for_figures_mail
from reports.weekly.mail import send_figures, spans
from tests.factories import ActivityFactory, UserFactory

pytestmark = pytest.mark.django_db


def ask(day: int, hour: int = 8, minute: int = 30, month: int = 11) -> list[str]:
    """What is sent at that time of 2026, by address."""
    mail.outbox.clear()
    with time_machine.travel(datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI), tick=False):
        ask_for_figures_mail()
        while run_job():
            pass
    return sorted(address for letter in mail.outbox for address in letter.to)


@pytest.fixture
def leaders(police, court):
    UserFactory(unit=court, leader=True, email="off@example.org")
    UserFactory(unit=police, email="staff@example.org", wants_figures=True)
    city = UserFactory(unit=court, leader=True, city_wide=True, email="city@example.org", wants_figures=True)
    return UserFactory(unit=police, leader=True, email="unit@example.org", wants_figures=True), city


def test_goes_once_to_leaders_who_asked_with_what_each_may_see(leaders, police, court):
    for unit in (police, court):
        ActivityFactory(unit=unit, kind=ActivityKind.LEADER_VISIT, happened_on=date(2026, 11, 18))
    assert ask(23, 8, 29) == []
    assert ask(23) == ["city@example.org", "unit@example.org"]
    figures = {}
    for letter in mail.outbox:
        [(name, content, _)] = letter.attachments
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        figures[letter.to[0]] = next(row[1:3] for row in rows if row[0] == "领导调研督导")
        assert name == "每周数字1116-1122.xlsx"
        assert "【2026年11月16日至2026年11月22日】" in letter.body
    assert figures == {"unit@example.org": [1, 1], "city@example.org": [2, 2]}
    assert ExportLog.objects.filter(what="每周数字（邮件）").count() == 2
    assert ask(23, 9) == ask(24) == []


def test_a_week_is_paired_with_the_half_year_it_ended_in(leaders, police):
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2026, 12, 30))
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2026, 7, 2))
    mail.outbox.clear()
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=SHANGHAI), tick=False):
        assert spans(date(2027, 1, 4))[1].code == "2027H1"  # it ended on 3 January
        assert spans(date(2026, 7, 6))[1].code == "2026H2"
        assert spans(date(2024, 1, 1))[1].code == "2023H2"
    with time_machine.travel(datetime(2029, 1, 2, 9, tzinfo=SHANGHAI), tick=False):  # the week ended on 31 December
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2028, 12, 28))
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2028, 8, 3))
        send_figures(datetime(2029, 1, 2, 9, tzinfo=SHANGHAI), lambda: None)
    [(_, content, _)] = mail.outbox[0].attachments
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[2][1:3] == ["上周", "2028年下半年累计"]
    assert next(row[1:3] for row in rows if row[0] == "领导调研督导") == [1, 2]
    assert "2028年下半年累计见附件" in mail.outbox[0].body


def test_comes_on_the_first_working_day_of_a_week_that_begins_with_a_holiday(leaders):
    """In 2026 the holiday of the first of October lasts to Wednesday the seventh."""
    assert [ask(day, month=10) for day in (5, 6, 7)] == [[], [], []]
    assert ask(8, month=10) == ["city@example.org", "unit@example.org"]
    assert ask(9, month=10) == []


def test_whoever_left_or_was_written_down_before_being_stopped_gets_none(leaders):
    unit = leaders[0]
    FiguresMail.objects.create(person=unit, week=date(2026, 11, 23))
    unit.is_active = False
    unit.save()
    assert ask(23) == ["city@example.org"]
    assert FiguresMail.objects.get(person=unit).state == "lapsed"
    assert Job.objects.filter(kind="reports.figures_mail").count() == 1


def test_is_switched_on_by_oneself_where_one_may_see_figures(client, leaders, officer):
    unit, _ = leaders
    client.force_login(unit)
    assert "附 Excel" in client.get(reverse("accounts:profile")).content.decode()
    client.post(reverse("accounts:reminders"), {"email": "unit@example.org", "wants_digest": "on"})
    unit.refresh_from_db()
    assert unit.wants_figures is False
    client.force_login(officer)
    assert "附 Excel" not in client.get(reverse("accounts:profile")).content.decode()
