"""A figure that is new, or defined otherwise, in periods counted and closed before: not counted then is not nought."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.periods import SHANGHAI, Period
from jinshi_zf.verification import differences
from jobs.runner import run_job
from ledger.models import ActionPlan, ActivityKind
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.compose import Binder
from reports.briefing.text.language import Said
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.closing.adjusting import recount_closed
from reports.closing.books import close_period, reopen_period, sign_part
from reports.closing.digests import part_digest
from reports.closing.state import period_state
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.dashboard.months import NO_LINE
from reports.figures.counting import recount
from reports.figures.registry.definitions import Revision
from reports.figures.registry.indicators import INDICATORS
from reports.figures.requests import request_tallies
from reports.figures.values import figures
from reports.figures.watch import changed, marks
from reports.models import PeriodClose, Tally
from reports.pages.comparison import comparison
from reports.pages.periods import version_page
from tests.factories import ActivityFactory, EntryFactory, UserFactory

pytestmark = pytest.mark.django_db
H1, H2 = Period.parse("2023H1"), Period.parse("2023H2")
NOW = datetime(2023, 9, 1, 9, tzinfo=SHANGHAI)
LATER = NOW + timedelta(minutes=1)
TODAY = NOW.date()


@pytest.fixture
def visits(police):
    """Five of the half-year that is closed, two of the open one."""
    ActivityFactory.create_batch(5, unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2023, 5, 5))
    ActivityFactory.create_batch(2, unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2023, 8, 5))
    EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))


@pytest.fixture
def before(visits, admin, unit_leader, monkeypatch):
    """Both half-years as they were counted before the visits of leaders were a figure."""
    with monkeypatch.context() as patch:
        patch.delitem(INDICATORS, "leader_visits")
        close_period(period=H1, actor=admin, now=NOW, reason="样例")
        recount(H2, NOW)


@pytest.fixture
def redefined(visits, admin, monkeypatch):
    """The first half-year was closed by the first definition; now there is a second."""
    close_period(period=H1, actor=admin, now=NOW, reason="样例")
    recount(H2, NOW)
    one = INDICATORS["leader_visits"]
    wording = replace(one, history=(*one.history, Revision(date(2023, 9, 1), "只计市领导")))
    monkeypatch.setitem(INDICATORS, "leader_visits", wording)


def value(period, user, code="leader_visits"):
    return {one.code: one for one in figures(period, user, now=NOW)}[code].value


def test_has_no_value_for_anyone_and_the_open_period_counts_it_at_the_next_look(before, admin, unit_leader):
    assert [(value(H1, who), value(H2, who)) for who in (admin, unit_leader)] == [(None, None)] * 2
    assert request_tallies(now=NOW) == ["2023H2"]
    assert recount(H2, LATER).sources == ["activities"]
    assert [(value(H1, who), value(H2, who)) for who in (admin, unit_leader)] == [(None, 2)] * 2
    assert recount(H2, LATER).sources == []


def test_that_is_defined_otherwise_is_counted_anew_and_one_that_is_gone_is_forgotten(redefined, monkeypatch):
    assert recount(H2, NOW).sources == ["activities"]
    with monkeypatch.context() as patch:
        patch.delitem(INDICATORS, "leader_visits")
        assert len(recount(H2, LATER).sources) > 10
        assert not Tally.objects.of("2023H2").filter(indicator="leader_visits").exists()


def test_marks_of_before_there_were_definitions_in_them_count_everything():
    seen = marks(NOW)
    old = {name: told for name, told in seen.items() if name != "definitions"}
    assert changed(seen, seen) == set()
    assert len(changed(old, seen)) > 10


def test_is_a_dash_in_words_on_every_page(before, client, admin):
    client.force_login(admin)
    for url in ("tally", "indicators"):
        page = client.get(reverse(f"reports:{url}"), {"period": "2023H1"}).content.decode()
        assert "当时未统计" in page
    row = next(
        one for one in client.get("/tally/?period=2023H1").context["table"].rows if one.figure.code == "leader_visits"
    )
    assert (row.total.text, row.total.exact, row.shares) == ("—", "当时未统计", [None] * len(row.shares))
    page = client.get("/records/leader_visits/?period=2023H1").context["shown"]
    assert page.heading == "领导调研督导 · 2023年上半年 · —"
    assert (page.note, page.page.count) == ("当时未统计，下面是现在的记录", 5)
    assert "当时未统计" in client.get(reverse("reports:period", args=["2023H1"])).content.decode()
    told = {row.label: row for row in comparison(H2, admin, NOW).rows}["领导调研督导"]
    assert (told.cells, told.remarks[1]) == (["—", "—", "—", "无数据", "—"], "当时未统计")
    assert next(one for one in more(admin, H1, TODAY, NOW).visits if one.label == "领导调研督导").words == "—"


def test_is_a_dash_in_every_workbook_and_null_in_json(before, client, admin):
    client.force_login(admin)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/tally/export/?period=2023H1").content))
    row = next(row for row in book.get_sheet_by_name("总表").to_python() if row[0] == "领导调研督导")
    assert (row[2], row[-1]) == ("—", "当时未统计")
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/indicators/export/?period=2023H1").content))
    row = next(row for row in book.get_sheet_by_index(0).to_python() if row[1] == "领导调研督导")
    assert row[-2:] == ["—", "当时未统计"]
    out = StringIO()
    call_command("tally", "2023H1", "--json", stdout=out)
    told = {one["code"]: one for one in json.loads(out.getvalue())["figures"]}["leader_visits"]
    assert (told["value"], told["text"], told["by_unit"]) == (None, "—", {})
    out = StringIO()
    call_command("tally", "2023H1", stdout=out)
    assert "领导调研督导：—（当时未统计）" in out.getvalue()


def test_is_said_by_no_sentence_and_a_dash_in_the_annex(before):
    binder = Binder(Scope(H1, TODAY), "prose", NOW)
    assert binder.resolve("leader_visits") == Said(None, None, True)
    told = annexes(Scope(H1, TODAY), NOW)
    line = next(one for one in told.figures if one.code == "leader_visits")
    assert (line.value, next(one for one in told.shares if one.label.startswith("领导调研督导")).cells[0]) == ("—", "—")


def test_is_a_dash_in_the_weekly_mail(before, admin, police):
    from reports.weekly.mail import message  # noqa: PLC0415

    person = UserFactory(unit=police, leader=True, email="a@example.com")
    letter = message(person, H1, H1, NOW)
    assert "领导调研督导" not in letter.body
    book = CalamineWorkbook.from_filelike(BytesIO(letter.attachments[0][1]))
    row = next(row for row in book.get_sheet_by_index(0).to_python() if row[0] == "领导调研督导")
    assert row[1:3] == ["—", "—"]
    assert mail.outbox == []


def test_on_a_card_tells_no_change(visits, admin, monkeypatch):
    with monkeypatch.context() as patch:
        patch.delitem(INDICATORS, "problems_resolved")
        close_period(period=H1, actor=admin, now=NOW, reason="样例")
    recount(H2, NOW)
    told = {
        period: next(one for one in dashboard(admin, period, TODAY, NOW).cards if one.label == "化解困难")
        for period in (H1, H2)
    }
    assert (told[H1].value, told[H1].remark, told[H1].change) == ("—", "当时未统计", "首个统计期，没有上期可比")
    assert (told[H1].months, told[H1].line) == ("", NO_LINE)
    assert (told[H2].value, told[H2].change) == ("0", "2023年上半年当时未统计")


def test_of_a_closed_period_moves_nothing_and_leaves_its_signatures_and_digests_valid(
    visits, admin, police, monkeypatch
):
    leader = UserFactory(unit=police, leader=True)
    with monkeypatch.context() as patch:
        patch.delitem(INDICATORS, "leader_visits")
        recount(H1, NOW)
        sign_part(period=H1, unit=police, actor=leader, seen=part_digest(H1, police.pk), now=NOW)
        close_period(period=H1, actor=admin, now=NOW)
    one = INDICATORS["problems_resolved"]
    monkeypatch.setitem(INDICATORS, one.code, replace(one, history=(*one.history, Revision(TODAY, "样例"))))
    assert recount_closed(H1, NOW + timedelta(minutes=1)) is None
    assert [one.is_valid for one in period_state(H1, admin, TODAY).signatures] == [True]
    assert [line for line in differences(TODAY) if line.startswith("2023H1")] == []


def test_keeps_the_signed_value_and_says_by_which_definition(redefined, client, admin):
    client.force_login(admin)
    assert value(H1, admin) == 5
    words = "按结账时的口径（第 1 版）"
    for url in (
        "/tally/?period=2023H1",
        "/indicators/?period=2023H1",
        "/periods/2023H1/",
        "/periods/2023H2/comparison/",
    ):
        assert words in client.get(url).content.decode()
    assert client.get("/records/leader_visits/?period=2023H1").context["shown"].note == (
        "按结账时的口径（第 1 版）为 5，口径此后有变；下面是按现在的口径的记录"
    )


def test_in_a_version_that_was_opened_again_stays_a_dash(before, admin):
    reopen_period(period=H1, actor=admin, now=NOW, reason="样例")
    run_job()
    lines = {one.label: words for one, words in version_page(PeriodClose.objects.get(), admin).lines}
    assert "领导调研督导" not in lines
    assert (lines["集中化解"], value(H1, admin)) == ("—", 5)


class TestConcentratedResolution:
    """自6月1日起集中化解: from the plan's day to the period's end, whatever half-year lies between."""

    def plan(self, year, **more):
        return ActionPlan.objects.create(year=year, title="方案", target_on=date(year, 10, 31), **more)

    def test_counts_from_the_plans_day_across_the_edge_and_before_it_nothing(self, police, admin):
        self.plan(2023, concentrated_from=date(2023, 6, 1))
        for day in (date(2023, 5, 31), date(2023, 6, 1), date(2023, 7, 1), date(2023, 12, 31)):
            EntryFactory(unit=police, registered_on=date(2023, 3, 1), state="closed", moved_on=day)
        told = {code: value(Period.parse(code), admin, "concentrated_resolved") for code in ("2023M05", "2023H1")}
        told |= {
            code: value(Period.parse(code), admin, "concentrated_resolved") for code in ("2023M07", "2023H2", "2023")
        }
        assert told == {"2023M05": 0, "2023H1": 1, "2023M07": 2, "2023H2": 3, "2023": 3}
        assert INDICATORS["concentrated_resolved"].records(H2, admin).count() == 3

    def test_of_a_year_without_a_plan_has_no_value_until_there_is_one(self, police, admin, client):
        EntryFactory(unit=police, registered_on=date(2023, 3, 1), state="closed", moved_on=date(2023, 6, 5))
        recount(H1, NOW)
        assert value(H1, admin, "concentrated_resolved") is None
        client.force_login(admin)
        shown = client.get("/records/concentrated_resolved/?period=2023Q2").context["shown"]
        assert shown.heading == "集中化解 · 2023年第2季度 · —"
        self.plan(2023, concentrated_from=date(2023, 6, 1))
        recount(H1, NOW)
        assert value(H1, admin, "concentrated_resolved") == 1
        assert FigureBook(Scope(H1, TODAY), "prose", NOW).bound("concentrated_resolved").text == "1个"
