"""A correction of a closed year reaches everything that is stored of that year: its days, its curve, its categories."""

from datetime import date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from common.periods import SHANGHAI, Period, read_period
from imports.writing.at_once import import_file
from jobs.runner import run_job
from ledger.models import ProblemCategory, ProblemEntry
from ledger.states import EntryState
from reports.closing.adjusting import request_recounts
from reports.closing.books import close_period
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.standings import Days, standings
from reports.figures.counting import recount
from reports.figures.requests import request_tallies
from reports.models import Adjustment
from tests.factories import EntryFactory
from tests.imports.books import form_row, surveys

pytestmark = pytest.mark.django_db
HALVES = [Period.parse("2023H1"), Period.parse("2023H2")]
MAY = read_period("2023M05")
NOW = datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)
LATER = datetime(2026, 11, 30, 9, 5, tzinfo=SHANGHAI)


@pytest.fixture
def corrected(tmp_path, admin, police):
    """A year of one resolved problem, closed; then a form of that year is brought in with a reason."""
    kind = ProblemCategory.objects.get(name="合同纠纷")
    EntryFactory(
        unit=police,
        registered_on=date(2023, 3, 1),
        category=kind,
        state=EntryState.CLOSED,
        moved_on=date(2023, 4, 1),
    )
    with time_machine.travel(NOW, tick=False):
        for half in HALVES:
            recount(half, NOW)
        for half in HALVES:
            close_period(period=half, actor=admin, now=NOW, reason="试用")
    with time_machine.travel(LATER, tick=False):
        path = surveys(tmp_path / "a.xlsx", [form_row(1)])
        told = import_file("surveys", path, actor=admin, at=LATER, today=LATER.date(), reason="漏录的调查表").told
        assert told["created"]
        request_tallies(now=LATER)
        request_recounts(now=LATER)
        while run_job():
            pass
        yield ProblemEntry.objects.latest("pk")


def test_is_counted_again_on_every_day_and_verify_finds_nothing(corrected, city_leader):
    late = corrected.registered_on
    for day in (date(2023, 3, 31), date(2023, 4, 30), date(2023, 5, 31), date(2023, 9, 30)):
        kept = standings(city_leader, Days(day), LATER, population=Population.YEAR)
        told = rates_on(day, city_leader).year.all
        at = kept.at(day)
        assert (
            (day, at.total, at.resolved) == (day, told.total, told.resolved) == (day, 1 + (late <= day), day.month > 3)
        )
        categories = kept.by("category", day)
        assert sum(one.total for one in categories.values()) == told.total
    call_command("verify", stdout=StringIO())  # ends with an error where anything stored differs


def test_a_month_of_it_is_told_as_it_is_now_and_the_closed_half_as_it_was_signed(corrected, city_leader):
    board = dashboard(city_leader, MAY, LATER.date(), LATER)
    charts = more(city_leader, MAY, LATER.date(), LATER)
    told = rates_on(MAY.end, city_leader).year.all
    assert (board.rates.total, charts.rates.total, sum(one.rates.total for one in charts.categories)) == (
        told.total,
    ) * 3
    signed = dashboard(city_leader, HALVES[0], LATER.date(), LATER)
    assert (signed.rates.total, signed.rates.resolution_text) == (1, "100.0%")
    assert Adjustment.objects.filter(indicator="year_total", level="all", delta=1).exists()
