"""One figure wherever it is shown: card, chart, list, search, export, tally and forecast agree for every role and unit.

What is expected is counted in plain Python from what was made, with the rows of other units beside it.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from accounts.units.trees import Viewer
from common.periods import SHANGHAI, Period
from ledger.states import EntryState
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import Words
from reports.dashboard.wall import wall
from reports.figures.values import shown
from reports.models import Rounding
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, RecoveryFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
PERIOD = {"period": "2023H1"}
STATES = [EntryState.CLOSED, EntryState.CONFIRMED, EntryState.COMPLETED, EntryState.HANDLING, EntryState.REJECTED]
WHOLE, OVER_BOTH = None, "both"  # a leader of the unit that the other one belongs to has two units
ROLES = [("coordinator", 0), ("coordinator", 1), ("leader", 0), ("leader", 1), ("leader", OVER_BOTH)]
ROLES += [("coordinator", OVER_BOTH), ("leader", WHOLE), ("admin", WHOLE)]
TREES = [("leader", OVER_BOTH), ("leader", WHOLE), ("coordinator", 0), ("coordinator", OVER_BOTH), ("leader", 1)]
EVENING = datetime(2023, 6, 30, 20, tzinfo=SHANGHAI)


@pytest.fixture
def made(police, court):
    """By unit: states of entries, times of visits, amounts of money. The third unit is nobody's but its own."""
    rng, found = Random(11), []
    for unit in (police, court, UnitFactory(name="无关单位")):
        firm = EnterpriseFactory()
        states = [rng.choice(STATES) for _ in range(rng.randrange(3, 6))]
        times = [rng.randrange(1, 9) for _ in range(rng.randrange(2, 4))]
        amounts = [Decimal(rng.randrange(1, 10**7)) / 100 for _ in range(rng.randrange(1, 4))]
        for state in states:
            EntryFactory(
                unit=unit, enterprise=firm, state=state, title=f"供电不稳 {unit}", registered_on=date(2023, 5, 8)
            )
        for number in times:
            ActivityFactory(unit=unit, enterprise=firm, times=number, happened_on=date(2023, 5, 9))
        for amount in amounts:
            RecoveryFactory(case__unit=unit, amount=amount, happened_on=date(2023, 5, 20))
        found.append((unit, states, times, amounts))
    return found


def of_units(made, at):
    """What was made in the units somebody sees."""
    if at is WHOLE:
        return made
    if at != OVER_BOTH:
        return [made[at]]
    (above, *_), (below, *_), _ = made
    below.parent = above
    below.save()
    return made[:2]


@pytest.mark.parametrize(("role", "at"), ROLES)
def test_one_figure_is_the_same_wherever_it_is_shown(client, made, role, at):
    mine = of_units(made, at)
    user = UserFactory(unit=mine[0][0], role=role, city_wide=at is WHOLE)
    client.force_login(user)
    states = [state for _, given, _, _ in mine for state in given]
    counted = [state for state in states if state != EntryState.REJECTED]
    resolved = sum(state in EntryState.RESOLVED for state in counted)
    done = sum(state in EntryState.DONE for state in counted)
    expected = {
        "relief_services": (sum(sum(times) for _, _, times, _ in mine), sum(len(times) for _, _, times, _ in mine)),
        "problems_resolved": (resolved, resolved),
        "losses_total": (sum(sum(amounts) for *_, amounts in mine), sum(len(amounts) for *_, amounts in mine)),
    }
    board = client.get(reverse("reports:dashboard"), PERIOD).context["dashboard"]
    tally = {row.figure.code: row for row in client.get(reverse("reports:tally"), PERIOD).context["table"].rows}
    for card, (code, (value, rows)) in zip(board.cards, expected.items(), strict=True):
        opened = client.get(card.url).context
        export = client.get(reverse("reports:records-export", args=[code]), PERIOD)
        assert (code, tally[code].figure.value) == (code, value)
        assert (tally[code].total.text, tally[code].total.unit) == (card.value, card.unit)
        assert opened["shown"].figure.replace(" ", "") == f"{card.value}{card.unit}"
        assert (opened["page"].paginator.count, export["X-Rows"]) == (rows, str(rows))

    rate = (len(counted), done, resolved)
    more = client.get(reverse("reports:dashboard-more"), PERIOD).context["board"]
    opened = client.get(reverse("reports:records", args=["resolution_rate"]), PERIOD).context
    [(_, [whole]), (_, by_unit), _] = client.get(reverse("reports:rates"), {"on": "2023-06-30"}).context["page"].groups
    for told in (board.rates, more.rates, whole.rates):
        assert (told.total, told.completed, told.resolved) == rate
    assert board.burnup.chart["points"][-1] == ["2023-06-30", *rate]
    assert opened["shown"].number.exact == f"{resolved} / {len(counted)} 件"
    assert [
        sum(numbers) for numbers in zip(*(part["values"] for part in more.category_chart["parts"]), strict=True)
    ] == [len(counted)]
    for shares in (board.units, more.units):
        assert sum(one.rates.resolved for one in shares) == sum(line.rates.resolved for line in by_unit) == resolved
    for number in whole.counts:
        if number.url:
            assert client.get(number.url).context["page"].paginator.count == number.count

    groups = client.get(reverse("desk:search"), {"q": "供电不稳"}).context["groups"]
    seen = {hit.title for group in groups for hit in group.hits}
    assert seen == {f"供电不稳 {unit}" for unit, *_ in mine}


@pytest.fixture(params=TREES, ids=str)
def reader(request, client, made):
    """Somebody signed in on the last evening of the half-year, their unit (None: the whole office) and its rows."""
    role, at = request.param
    mine = of_units(made, at)
    client.force_login(UserFactory(unit=mine[0][0], role=role, city_wide=at is WHOLE))
    with time_machine.travel(EVENING, tick=False):
        yield client, None if at is WHOLE else mine[0][0], mine


def book_of(unit):
    return FigureBook(Scope(Period.parse("2023H1"), EVENING.date(), unit), Rounding.EXACT, EVENING)


def test_a_units_tree_has_the_same_figures_in_tally_period_comparison_briefing_and_wall(reader):
    client, unit, mine = reader
    expected = {
        "relief_services": sum(sum(times) for _, _, times, _ in mine),
        "problems_resolved": sum(state in EntryState.RESOLVED for _, states, *_ in mine for state in states),
        "losses_total": sum(sum(amounts) for *_, amounts in mine),
    }
    period = client.get(reverse("reports:period", args=["2023H1"])).context["page"]
    compared = client.get(reverse("reports:period-comparison", args=["2023H1"])).context["found"]
    tally = client.get(reverse("reports:tally"), {**PERIOD, "by": "unit"}).context["table"]
    by_label, book = {row.label: row.value for row in compared.rows}, book_of(unit)
    for row in tally.rows:
        figure = row.figure
        if figure.code in expected:
            told = [figure.value, sum(figure.by_unit.values()), by_label[figure.label]]
            told += [one.value for one in period.figures if one.code == figure.code]
            told.append(shown(figure.indicator, book.bound(figure.code).value))
            assert (figure.code, told) == (figure.code, [expected[figure.code]] * 5)
    assert period.balance.all.number("newly_resolved") == expected["problems_resolved"]
    assert wall(Viewer(unit), EVENING.date(), EVENING).cards[0].value == str(expected["relief_services"])


def test_a_units_tree_has_the_same_rates_on_page_wall_week_briefing_and_by_command(reader):
    client, unit, mine = reader
    counted = [state for _, states, *_ in mine for state in states if state != EntryState.REJECTED]
    done, resolved = (sum(state in those for state in counted) for those in (EntryState.DONE, EntryState.RESOLVED))
    period = client.get(reverse("reports:period", args=["2023H1"])).context["page"]
    week = client.get(reverse("reports:weekly"), {"week": "2023-06-30"}).context["page"]
    book = book_of(unit)
    spoken = Words(book.scope, book).rates
    screen = wall(Viewer(unit), EVENING.date(), EVENING)
    told = [(one.total, one.completed, one.resolved) for one in (period.rates.all, screen.rates, spoken)]
    told.append((week.total.counted, week.total.completed, week.total.resolved))
    by_command = rates_told(unit)
    told.append((by_command["total"], by_command["completed"], by_command["resolved"]))
    assert told == [(len(counted), done, resolved)] * 5


def rates_told(unit):
    out = StringIO()
    call_command("rates", "--on", "2023-06-30", "--json", *(["--unit", unit.name] if unit else []), stdout=out)
    return json.loads(out.getvalue())["all"]


def test_an_officer_of_a_third_unit_finds_lists_and_exports_nothing(client, made):
    client.force_login(UserFactory(unit=UnitFactory(), role="staff"))
    assert client.get(reverse("desk:search"), {"q": "供电不稳"}).context["groups"] == []
    for name in ("ledger:entry", "ledger:activity"):
        assert client.get(reverse(f"{name}-list")).context["page"].paginator.count == 0
        assert client.get(reverse(f"{name}-export"))["X-Rows"] == "0"


def test_who_may_not_read_figures_is_shown_none(client, made, police):
    opened = {"records": ["problems_resolved"], "records-export": ["problems_resolved"]}
    for role in ("staff", "auditor"):
        client.force_login(UserFactory(unit=police if role == "staff" else None, role=role))
        for name in ("dashboard", "dashboard-more", "tally", "rates", *opened):
            assert client.get(reverse(f"reports:{name}", args=opened.get(name)), PERIOD).status_code == 403
