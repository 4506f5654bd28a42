"""A span in which nothing was recorded has no figures, no rates and no comparison, wherever it is told or compared."""

import json
from datetime import date, datetime
from html import unescape
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.units.trees import Viewer
from cases.models import CaseKind
from common.periods import SHANGHAI, Period, read_period
from enterprises.models import Pairing
from ledger.models import ActionPlan
from ledger.states import Action, EntryState
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import RATE_WORDS, Words
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.dashboard.wall import wall
from reports.figures.blank import is_blank
from reports.models import Rounding
from reports.pages.comparison import comparison
from reports.weekly.mail import message, spans
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, EntryFactory, UserFactory, move

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 9, 20, 9, tzinfo=SHANGHAI)
TODAY = date(2024, 9, 20)
SEEN, SILENT, RUNNING = (Period.parse(code) for code in ("2023H2", "2024H1", "2024H2"))
NOT_COMPARED = "没有记录，不作比较"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ledger(police, officer):
    """Two problems of the second half of 2023, one of them resolved then; nothing since but what stands."""
    ActionPlan.objects.update_or_create(
        year=2024, defaults={"title": "方案", "target_on": date(2024, 10, 31), "concentrated_from": date(2024, 6, 1)}
    )
    EntryFactory(unit=police, registered_on=date(2023, 8, 1), state=EntryState.CLOSED, moved_on=date(2023, 9, 1))
    still = EntryFactory(
        unit=police, registered_on=date(2023, 8, 1), state=EntryState.HANDLING, moved_on=date(2023, 8, 2)
    )
    ActivityFactory(unit=police, happened_on=date(2023, 8, 1), times=3)
    firm = EnterpriseFactory(is_above_scale=True)
    Pairing.objects.create(officer=officer, enterprise=firm, starts_on=date(2023, 7, 1))
    return still


def page(client, name, ask=None, **keys):
    answer = client.get(reverse(f"reports:{name}", kwargs=keys), ask or {})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


class TestWhatIsBlank:
    def test_what_stands_or_was_carried_over_is_no_record_of_the_span(self, ledger, city_leader, unit_leader):
        for user in (None, city_leader, unit_leader):
            told = {one.code: is_blank(one, user, now=NOW) for one in (SEEN, SILENT, RUNNING)}
            assert told == {"2023H2": False, "2024H1": True, "2024H2": True}

    def test_a_step_with_an_entry_is_a_record_though_no_figure_moves(self, ledger, city_leader):
        move(ledger, Action.PROGRESS, actor=ledger.handler, day=date(2024, 3, 1), note="已约见")
        assert [is_blank(one, city_leader, now=NOW) for one in (SILENT, RUNNING)] == [False, True]

    def test_what_breaks_the_parks_calm_or_happens_to_another_unit_is_theirs(self, ledger, court, unit_leader):
        CaseFactory(unit=court, kind=CaseKind.TRADEMARK, filed_on=date(2024, 3, 1))
        other = UserFactory(unit=court, leader=True)
        assert [is_blank(SILENT, user, now=NOW) for user in (None, unit_leader, other)] == [False, True, False]

    def test_a_month_or_any_days_are_blank_like_a_half_year(self, ledger, city_leader):
        told = {code: is_blank(read_period(code), city_leader, now=NOW) for code in ("2023M08", "2023M10", "2023Q4")}
        assert told == {"2023M08": False, "2023M10": True, "2023Q4": True}

    def test_is_asked_in_one_statement(self, ledger, unit_leader, django_assert_num_queries):
        is_blank(SILENT, unit_leader, now=NOW)
        with django_assert_num_queries(1):
            assert is_blank(SILENT, unit_leader, now=NOW)


class TestDashboard:
    @pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
    def test_has_no_figure_and_no_rate(self, client, request, ledger, who):
        user = request.getfixturevalue(who)
        board = dashboard(user, SILENT, TODAY, NOW)
        assert board.sentence == "2024年上半年没有任何记录。"
        assert {(card.value, card.unit, card.change) for card in board.cards} == {("无数据", "", NOT_COMPARED)}
        assert (board.rate_change, board.rates.total, board.rates.reached) == (NOT_COMPARED, 0, False)
        assert (board.units, board.money, {one.rates.total for one in board.matters}) == ([], [], {0})
        client.force_login(user)
        text = page(client, "dashboard", {"period": "2024H1"})
        assert ("50.0%" in text, "已达到" in text, text.count("无数据") >= 4) == (False, False, True)

    def test_that_runs_says_so_and_keeps_todays_red_entries(self, ledger, city_leader):
        board = dashboard(city_leader, RUNNING, TODAY, NOW)
        assert board.sentence == "2024年下半年还没有记录；还有 1 件逾期。"
        assert (board.lights, board.forecast) == ([ledger], None)

    def test_is_nothing_to_be_compared_with(self, ledger, city_leader, police):
        EntryFactory(unit=police, registered_on=date(2024, 8, 1), state=EntryState.CLOSED, moved_on=date(2024, 8, 5))
        board = dashboard(city_leader, RUNNING, TODAY, NOW)
        said = "2024年上半年没有记录，没有上期可比"
        assert ({card.change for card in board.cards}, board.rate_change) == ({said}, said)
        assert board.rates.resolution_text == "50.0%"  # of this year's ledger: one carried over, one new

    def test_more_charts_and_the_wall_have_none_either(self, client, ledger, city_leader):
        board = more(city_leader, SILENT, TODAY, NOW)
        assert (board.visits, board.coverage, board.categories, board.units, board.rates.total) == ([], [], [], [], 0)
        client.force_login(city_leader)
        for ask in ({"period": "2024H1"}, {}):
            text = page(client, "dashboard-more", ask)
            assert ("无数据" in text, "50.0%" in text, "达标预测" in text) == (True, False, False)
        shown = wall(Viewer(None), TODAY, NOW)
        assert {card.value for card in shown.cards} == {"无数据"}
        assert (shown.is_blank, shown.rates.reached, shown.money, shown.units) == (True, False, [], [])


class TestPages:
    def test_the_tally_shows_none_and_its_workbook_says_so(self, client, ledger, city_leader):
        client.force_login(city_leader)
        answer = client.get(reverse("reports:tally"), {"period": "2024H1"})
        assert (answer.context["table"].rows, answer.context["table"].rates.all.total) == ([], 0)
        assert "2024年上半年没有任何记录" in answer.content.decode()
        book = CalamineWorkbook.from_filelike(
            BytesIO(client.get(reverse("reports:tally-export"), {"period": "2024H1"}).content)
        )
        _, _, head, *rows = book.get_sheet_by_name("总表").to_python()
        assert (head, {row[2] for row in rows if row[1]}) == (["指标", "计量单位", "合计"], {"无数据"})

    def test_the_registry_says_no_data_but_keeps_the_books(self, client, ledger, city_leader):
        client.force_login(city_leader)
        found = client.get(reverse("reports:indicators"), {"period": "2024H1"}).context["page"].entries
        words = {one.code: one.words for one in found}
        assert {words.pop(code) for code in ("open_before", "open_after")} == {"1件"}
        assert (words["paired_above_scale"], words["resolution_rate"], words["park_calm_months"]) == ("无数据",) * 3

    def test_a_day_of_such_a_half_year_has_no_rates(self, client, ledger, city_leader):
        dashboard(city_leader, SILENT, TODAY, NOW)  # has it counted
        client.force_login(city_leader)
        text = page(client, "rates", {"on": "2024-06-30"})
        assert ("2024年上半年没有任何记录，无数据" in text, "50.0%" in text) == (True, False)
        assert client.get(reverse("reports:rates-export"), {"on": "2024-06-30"})["X-Rows"] == "0"
        assert "50.0%" in page(client, "rates", {"on": "2023-12-31"})

    def test_the_records_of_a_figure_are_headed_by_no_data(self, client, ledger, city_leader):
        dashboard(city_leader, SILENT, TODAY, NOW)
        client.force_login(city_leader)
        for code in ("resolution_rate", "relief_services", "paired_above_scale"):
            shown = client.get(reverse("reports:records", args=[code]), {"period": "2024H1"}).context["shown"]
            assert (code, shown.figure, shown.lines, shown.elsewhere) == (code, "无数据", [], 0)
        opened = client.get(reverse("reports:records", args=["open_after"]), {"period": "2024H1"}).context["shown"]
        assert opened.figure == "1 件"

    def test_the_pages_of_the_half_year_tell_none(self, client, ledger, city_leader):
        client.force_login(city_leader)
        text = page(client, "period", code="2024H1")
        assert ("2024年上半年没有任何记录：无数据" in text, "50.0%" in text, "零发生" in text) == (True, False, False)

    def test_a_comparison_has_neither_its_own_nor_the_others_figures(self, ledger, city_leader, police):
        for period, cells in (
            (SILENT, ["无数据", "有", "—", "无数据", "—"]),
            (RUNNING, ["无数据", "无数据", "—", "有", "—"]),
        ):
            for row in comparison(period, city_leader, NOW).rows:
                assert ["有" if had == "有" else cell for cell, had in zip(row.cells, cells, strict=True)] == cells
        EntryFactory(unit=police, registered_on=date(2024, 8, 1), state=EntryState.CLOSED, moved_on=date(2024, 8, 5))
        dashboard(city_leader, RUNNING, TODAY, NOW)
        found = comparison(RUNNING, city_leader, NOW)
        of_year, of_all = (
            ["50%", "无数据", "—", "50%", "持平"],
            ["66.6%", "无数据", "—", "50%", "+16.6 个百分点"],
        )
        assert sorted(row.cells for row in found.rows if row.is_rate) == [of_year] * 2 + [of_all] * 2


class TestWords:
    def test_the_weeks_mail_tells_no_rate_and_no_figure(self, ledger, city_leader):
        letter = message(city_leader, *spans(date(2024, 9, 16)), NOW)
        assert "2024年下半年没有记录，无数据。" in letter.body
        assert ("化解率" in letter.body, "· 没有新的记录" in letter.body) == (False, True)
        [(_, content, _)] = letter.attachments
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[3:]
        assert {cell for row in rows if row[3] for cell in row[1:3]} == {"无数据"}

    def test_a_briefing_names_no_rate(self, ledger, police, court):
        ActivityFactory(unit=court, happened_on=date(2024, 3, 1))
        for unit, told in ((None, True), (police, False), (court, False)):
            scope = Scope(SILENT, TODAY, unit)
            words = Words(scope, FigureBook(scope, Rounding.EXACT, NOW))
            assert any(words[name] for name in RATE_WORDS) is told

    def test_the_command_says_so(self, ledger):
        out = StringIO()
        call_command("tally", "2024H1", stdout=out)
        assert out.getvalue() == "2024年上半年没有任何记录，无数据\n"
        out = StringIO()
        call_command("tally", "2024H1", json=True, stdout=out)
        assert json.loads(out.getvalue())["no_data"] is True
