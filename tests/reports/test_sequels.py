"""重新化解 n 件，不重复计；其后又重新打开、未再化解 m 件: told beside 化解困难 wherever it is told large."""

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from common.periods import SHANGHAI, Period
from jobs.runner import run_job
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.closing.adjusting import request_recounts
from reports.closing.books import close_period
from reports.dashboard.first_screen import dashboard
from reports.figures.counting import recount
from reports.figures.sequels import Told, sequels
from reports.figures.values import figures
from reports.models import FrozenFigure, Sequel
from tests.factories import EntryFactory, UserFactory, move
from tests.factories.ledger import evidence

pytestmark = pytest.mark.django_db
H1, H2 = Period.parse("2023H1"), Period.parse("2023H2")
NOW = datetime(2024, 1, 9, 9, tzinfo=SHANGHAI)
WORDS = "重新化解 1 件，不重复计；其后又重新打开、未再化解 0 件"
OPEN = "重新化解 0 件，不重复计；其后又重新打开、未再化解 1 件"


@pytest.fixture
def problems(police, admin):
    """Both resolved in May and opened again in August; one of them is resolved once more in September."""
    first, second = (EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20)) for _ in range(2))
    for entry in (first, second):
        move(entry, "reopen", actor=admin, day=date(2023, 8, 1), note="对方再次违约")
    said = {"rating": "satisfied", "spoken_with": "联系人", "note": "对结果满意"}
    move(first, "complete", actor=first.handler, day=date(2023, 9, 1), note="已付清", files=[evidence()])
    move(first, "confirm", actor=UserFactory(coordinator=True, city=True), day=date(2023, 9, 4), **said)
    for period in (H1, H2):
        recount(period, NOW)
    return first, second


def resolved(period, user=None):
    return {one.code: one.value for one in figures(period, user, now=NOW)}["problems_resolved"]


def test_a_problem_counts_where_it_was_first_resolved_and_what_came_after_is_told(problems, admin, unit_leader):
    assert (resolved(H1), resolved(H2), resolved(Period.parse("2023"))) == (2, 0, 2)
    for who in (None, admin, unit_leader):
        assert (str(sequels(H1, who)), str(sequels(H2, who))) == (OPEN, WORDS)


def test_another_unit_is_told_nothing(problems, foreign_officer, auditor):
    assert [sequels(H1, who) for who in (foreign_officer, auditor)] == [Told(), Told()]


def test_a_confirmation_undone_within_its_half_year_never_counted(police, admin):
    entry = EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
    move(entry, "reopen", actor=admin, day=date(2023, 6, 1), note="对方再次违约")
    recount(H1, NOW)
    assert (resolved(H1), sequels(H1)) == (0, Told())


def test_every_page_tells_it_and_each_part_opens_its_records(problems, client, admin):
    client.force_login(admin)
    words = OPEN.split("；")
    for url in ("/dashboard/", "/tally/", "/indicators/", "/records/problems_resolved/"):
        page = client.get(f"{url}?period=2023H1").content.decode()
        assert [part for part in words if f">{part}</a>" not in page] == []
    for code, period, entries in (("resolved_again", "2023H2", problems[:1]), ("open_again", "2023H1", problems[1:])):
        shown = client.get(reverse("reports:records", args=[code]), {"period": period}).context["shown"]
        assert [row.entry for row in shown.found.rows] == list(entries)
        assert shown.figure == "1 件"


def test_the_annex_and_the_json_tell_it(problems):
    line = next(one for one in annexes(Scope(H1, NOW.date()), NOW).figures if one.code == "problems_resolved")
    assert line.definition.endswith(f"。{OPEN}")
    out = StringIO()
    call_command("tally", "2023H2", "--json", stdout=out)
    told = {one["code"]: one for one in json.loads(out.getvalue())["figures"]}
    assert (told["problems_resolved"]["resolved_again"], told["problems_resolved"]["open_again"]) == (1, 0)
    assert "open_again" not in told["leader_resolved"]


def test_it_is_no_part_of_what_is_signed_and_goes_on_after_the_close(police, admin):
    entry = EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
    close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")
    assert not FrozenFigure.objects.filter(indicator__in=Sequel.Kind.values).exists()
    request_recounts(now=timezone.now())
    run_job()
    assert request_recounts(now=timezone.now()) == []
    move(entry, "reopen", actor=admin, day=timezone.localdate(), note="对方再次违约")
    assert request_recounts(now=timezone.now()) == ["2023H1"]
    run_job()
    assert (resolved(H1), str(sequels(H1))) == (1, OPEN)
    [card] = [one for one in dashboard(admin, H1, NOW.date(), NOW).cards if one.label == "化解困难"]
    assert "；".join(words for words, _ in card.sequels) == OPEN
