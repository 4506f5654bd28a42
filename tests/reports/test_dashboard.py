import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from common.periods import SHANGHAI, Period, read_period
from enterprises.models import Workstream
from ledger.models import ActionPlan
from ledger.states import EntryState
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.dashboard.months import NO_LINE, Hairline, hairline, monthly
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.models import PeriodBook
from reports.records.lists import Place, records
from reports.records.page import record_page
from tests.factories import ActivityFactory, EntryFactory, RecoveryFactory
from tests.reports import settle

pytestmark = pytest.mark.django_db
TODAY = date(2023, 9, 20)
NOW = datetime(2023, 9, 20, 9, tzinfo=SHANGHAI)
H1, H2 = Period.parse("2023H1"), Period.parse("2023H2")


@pytest.fixture(autouse=True)
def plan(db):
    return ActionPlan.objects.update_or_create(
        year=2023,
        defaults={"title": "方案", "target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1)},
    )[0]


def shown(user, period=H2, today=TODAY):
    return dashboard(user, period, today, NOW)


def resolved(number, **fields):
    return [EntryFactory(state=EntryState.CONFIRMED, registered_on=date(2023, 8, 1), **fields) for _ in range(number)]


def test_sentence_says_how_far_and_how_late(city_leader, police):
    resolved(1, unit=police)
    EntryFactory(unit=police, state=EntryState.HANDLING, registered_on=date(2023, 8, 1))
    EntryFactory(unit=police, state=EntryState.REJECTED, registered_on=date(2023, 8, 1))
    assert shown(city_leader).sentence == (
        "截至9月20日，本年度台账计入 2 件（登记 3，剔除 1），化解 1 件，化解率 50.0%，离 85% 目标还差 1 件；"
        "还有 1 件逾期。"
    )


def test_sentence_says_when_the_target_is_reached(city_leader, police):
    resolved(2, unit=police)
    assert (
        shown(city_leader).sentence == "截至9月20日，本年度台账计入 2 件，化解 2 件，化解率 100.0%，已达到 85% 目标。"
    )


def test_nothing_registered_has_no_rate(city_leader):
    ActivityFactory(happened_on=date(2023, 8, 1))
    board = shown(city_leader)
    assert board.sentence == "截至9月20日，还没有登记问题。"
    assert (board.rates.resolution_text, board.units, board.lights) == ("—", [], [])
    assert [share.rates.resolution_text for share in board.matters] == ["—"] * 6


def test_past_half_year_is_told_as_of_its_end(city_leader, police):
    EntryFactory(unit=police, state=EntryState.CONFIRMED, registered_on=date(2023, 6, 1), moved_on=date(2023, 7, 2))
    board = shown(city_leader, H1)
    assert board.sentence == "截至2023年上半年末，本年度台账计入 1 件，化解 0 件，化解率 0.0%，离 85% 目标还差 1 件。"
    assert (board.day, board.days_left) == (date(2023, 6, 30), 123)
    assert shown(city_leader, H2).rates.resolution_text == "100.0%"


def test_days_and_working_days_to_the_target(city_leader):
    board = shown(city_leader)
    # 2023: 中秋国庆 29 September to 6 October off, 7 and 8 October worked.
    assert (board.days_left, board.working_days_left) == (41, 25)
    assert shown(city_leader, today=date(2023, 11, 22)).working_days_left is None


def test_headline_cards_compare_with_the_half_year_before(city_leader, police):
    ActivityFactory(unit=police, happened_on=date(2023, 8, 3), times=5)
    ActivityFactory(unit=police, happened_on=date(2023, 5, 3), times=2)
    RecoveryFactory(happened_on=date(2023, 8, 3), amount=Decimal("4098000"))
    relief, problems, losses = shown(city_leader).cards
    assert (relief.value, relief.unit, relief.change) == ("5", "次", "比2023年上半年多 3 次")
    assert (problems.value, problems.unit, problems.change) == ("0", "个", "与2023年上半年持平")
    assert (losses.value, losses.unit, losses.change) == ("409.8", "万元", "比2023年上半年多 409.8万元")
    assert relief.months == "7月 0 次，8月 5 次，9月 0 次"
    assert relief.url == "/records/relief_services/?period=2023H2"


def test_first_half_year_is_compared_with_nothing(city_leader, police):
    resolved(1, unit=police)
    board = shown(city_leader, H1)
    assert {card.change for card in board.cards} | {board.rate_change} == {"首个统计期，没有上期可比"}


def counted(rates):
    return (rates.total, rates.completed, rates.resolved, rates.target)


def test_rates_of_units_and_matters_are_the_rates_of_that_day(city_leader, unit_leader, police, court):
    matter = Workstream.objects.first()
    resolved(2, unit=police, workstream=matter)
    EntryFactory(unit=police, state=EntryState.COMPLETED, registered_on=date(2023, 8, 2), workstream=matter)
    EntryFactory(unit=court, state=EntryState.HANDLING, registered_on=date(2023, 8, 2))
    for user in (city_leader, unit_leader):
        board, table = shown(user), rates_on(TODAY, user)
        names = {unit.label: unit.name for unit in (police, court)}
        assert {names[share.name]: counted(share.rates) for share in board.units} == {
            name: counted(rates) for name, rates in table.by_unit.items()
        }
        assert {one.name: counted(one.rates) for one in board.matters if one.rates.total} == {
            name: counted(rates) for name, rates in table.by_workstream.items() if name != "未注明"
        }
        assert counted(board.rates) == counted(table.all)
    assert [share.name for share in shown(city_leader).units] == [police.label, court.label]


def test_unit_leader_sees_the_units_own_only(client, unit_leader, police, court):
    mine = EntryFactory(unit=police, state=EntryState.HANDLING, title="本单位逾期的问题", moved_on=date(2023, 7, 3))
    theirs = EntryFactory(unit=court, state=EntryState.HANDLING, title="外单位逾期的问题")
    ActivityFactory(unit=court, happened_on=date(2023, 8, 1))
    board = shown(unit_leader)
    assert board.lights == [mine]
    assert (board.overdue, board.rates.total, board.cards[0].value) == (1, 1, "0")
    client.force_login(unit_leader)
    with time_machine.travel(NOW):
        page = client.get(reverse("reports:dashboard")).content.decode()
    assert mine.title in page
    assert theirs.title not in page


def test_lights_are_overdue_first_then_those_soon_due(city_leader, police):
    entries = {}
    for days in (-3, 1, 30, -10):
        entry = EntryFactory(unit=police, state=EntryState.HANDLING)
        type(entry).objects.filter(pk=entry.pk).update(deadline=TODAY + timedelta(days=days))
        entries[days] = entry
    board = shown(city_leader)
    assert [(entry, entry.light.colour) for entry in board.lights] == [
        (entries[-10], "red"),
        (entries[-3], "red"),
        (entries[1], "yellow"),
    ]
    assert board.overdue == 2


def test_curve_ends_today_and_reaches_for_the_target_day(city_leader, police):
    resolved(3, unit=police)
    EntryFactory(unit=police, registered_on=date(2023, 9, 19))
    chart = shown(city_leader).burnup.chart
    assert chart["points"][0] == ["2023-01-01", 0, 0, 0]
    assert chart["points"][-1] == ["2023-09-20", 4, 3, 3]
    assert (chart["targetOn"], chart["endsOn"], chart["target"]) == ("2023-10-31", "2023-10-31", 85)
    assert chart["expected"] == 3
    late = shown(city_leader, today=date(2023, 11, 22)).burnup.chart
    assert (late["expected"], late["endsOn"]) == (None, "2023-11-22")


def test_months_add_up_to_the_figures(city_leader, unit_leader, police, court):
    for day in (date(2023, 7, 1), date(2023, 8, 31), date(2023, 12, 31), date(2024, 1, 1)):
        for unit in (police, court):
            ActivityFactory(unit=unit, happened_on=day, times=3)
            RecoveryFactory(case__unit=unit, happened_on=day, amount=Decimal("0.07"), kind="avoided")
    everything, mine = monthly(H2, city_leader), monthly(H2, unit_leader)
    assert everything.by_code["relief_services"] == [6, 6, 0, 0, 0, 6]
    assert (everything.by_code["losses_total"], everything.money) == ([14, 14, 0, 0, 0, 14], {"avoided": 42})
    assert (mine.by_code["losses_total"], mine.money) == ([7, 7, 0, 0, 0, 7], {"avoided": 21})


@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
@pytest.mark.parametrize("code", ["2023Q2", "2023-05-05..2023-08-16", "2022-11-11..2023-02-08"])
def test_any_days_are_told_like_a_half_year(request, police, court, who, code):
    leader, period = request.getfixturevalue(who), read_period(code)
    for day in (date(2022, 12, 20), date(2023, 5, 5), date(2023, 8, 10)):
        for unit in (police, court):
            EntryFactory(unit=unit, state=EntryState.CONFIRMED, registered_on=day, moved_on=day + timedelta(days=6))
            ActivityFactory(unit=unit, happened_on=day, times=2)
    day = min(period.end, TODAY)
    tables = rates_on(day, leader), rates_on(period.start - timedelta(days=1), leader)
    for population in Population:
        board = dashboard(leader, period, TODAY, NOW, population)
        beyond = more(leader, period, TODAY, NOW, population)
        told, before = (table.over(population) for table in tables)
        assert counted(board.rates) == counted(told.all)
        assert counted(board.burnup.before) == counted(before.all)
        assert [counted(one.rates) for one in board.units] == [
            counted(one) for one in told.by_unit.values() if one.total
        ]
        assert sum(one.rates.total for one in beyond.categories) == told.all.total
    figure = record_page(records("relief_services", period, leader, Place(), TODAY), {}).figure
    assert f"{board.cards[0].value} {board.cards[0].unit}" == figure
    assert board.sentence.startswith(f"截至{day.month}月{day.day}日" if TODAY in period else f"截至{day.year}年")


def test_an_odd_period_that_is_looked_at_goes_on_being_counted(client, city_leader, police):
    ActivityFactory(unit=police, happened_on=date(2023, 5, 10))
    client.force_login(city_leader)
    assert client.get(reverse("reports:dashboard"), {"period": "2023Q2"}).status_code == 200
    assert set(PeriodBook.objects.exclude(asked_at=None).values_list("code", flat=True)) == {"2023Q2", "2023Q1"}


def test_a_period_that_is_none_is_said_to_be(client, city_leader):
    client.force_login(city_leader)
    for name in ("reports:dashboard", "reports:dashboard-more"):
        page = client.get(reverse(name), {"period": "2023H9"}).content.decode()
        assert "超出范围" in page


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([1, 3, 2], "2.0,18.0 60.0,2.0 118.0,10.0"),
        ([3, 3], "2.0,2.0 118.0,2.0"),
        ([None, 3, 0], "60.0,2.0 118.0,26.0"),
        ([3], ""),
        ([None, 3], ""),
        ([], ""),
    ],
)
def test_a_hairline_rises_from_nought(values, points):
    assert hairline(values, 3, "3 次") == (Hairline(points, "3 次") if points else NO_LINE)


def test_hairlines_say_what_they_rise_to_and_a_rate_is_drawn_from_nought_to_the_whole(city_leader, police):
    """From 92% to 89% is no collapse."""
    for month, done, left in ((7, 92, 8), (8, 0, 3)):
        states = [EntryState.CONFIRMED] * done + [EntryState.HANDLING] * left
        for state in states:
            EntryFactory(unit=police, state=state, registered_on=date(2023, month, 3), moved_on=date(2023, month, 4))
    ActivityFactory(unit=police, happened_on=date(2023, 8, 3), times=5)
    board = shown(city_leader)
    assert board.rate_line == Hairline("2.0,3.9 60.0,4.6 118.0,4.6", "100%")
    assert (board.cards[0].line.top, board.cards[1].line.top, board.cards[2].line.top) == ("5 次", "92 个", "0元")


def test_a_past_period_shows_no_red_list_of_today(client, city_leader, police):
    entry = EntryFactory(unit=police, state=EntryState.HANDLING, registered_on=date(2023, 5, 1), title="今天逾期的问题")
    board = shown(city_leader, H1)
    assert (board.lights, board.overdue, shown(city_leader).lights) == ([], 0, [entry])
    client.force_login(city_leader)
    with time_machine.travel(NOW):
        page = client.get(reverse("reports:dashboard"), {"period": "2023H1"}).content.decode()
    assert ("今天逾期的问题" in page, "今天逾期" in page, "灯色是今天的，这一期已经过去" in page) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("city_leader", 10), ("unit_leader", 11)])  # whose own units are read
def test_dashboard_query_budget(client, request, police, court, who, queries, rows, django_assert_num_queries):
    leader = request.getfixturevalue(who)
    day = timezone.localdate() - timedelta(days=40)
    for unit in (police, court):
        EntryFactory.create_batch(rows, unit=unit, state=EntryState.HANDLING, registered_on=day)
        ActivityFactory.create_batch(rows, unit=unit, happened_on=day)
    dashboard(leader, Period.half_of(timezone.localdate()), timezone.localdate(), timezone.now())  # counts once
    settle(client, leader)
    with django_assert_num_queries(queries):
        client.get(reverse("reports:dashboard"))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
def test_more_charts_query_budget(client, request, police, court, who, rows, django_assert_num_queries):
    leader = request.getfixturevalue(who)
    day = timezone.localdate() - timedelta(days=10)
    for unit in (police, court):
        for state in (EntryState.HANDLING, EntryState.COMPLETED):
            EntryFactory.create_batch(rows, unit=unit, state=state, registered_on=day, title=f"{unit}的问题")
        ActivityFactory.create_batch(rows, unit=unit, happened_on=day)
    more(leader, Period.half_of(timezone.localdate()), timezone.localdate(), timezone.now())  # counts once
    settle(client, leader)
    with django_assert_num_queries(10):
        page = client.get(reverse("reports:dashboard-more")).content.decode()
    assert "市公安局的问题" in page
    assert ("市人民法院的问题" in page) is leader.sees_all


def test_nearest_to_done_are_those_that_wait_for_the_enterprise_longest(city_leader, police):
    handled = EntryFactory(unit=police, state=EntryState.HANDLING, registered_on=date(2023, 9, 1))
    late, early = (
        EntryFactory(
            unit=police, state=EntryState.COMPLETED, registered_on=date(2023, 8, 1), moved_on=date(2023, 9, day)
        )
        for day in (15, 5)
    )
    EntryFactory(unit=police, state=EntryState.CONFIRMED, registered_on=date(2023, 8, 1))
    board = more(city_leader, H2, TODAY, NOW)
    assert [(one.entry, one.waited, one.missing) for one in board.near] == [
        (early, 11, "还没有请企业确认，可回访或发确认链接"),
        (late, 3, "还没有请企业确认，可回访或发确认链接"),
        (handled, 13, "还缺办结佐证材料"),
    ]
    assert (board.waiting, board.rates.completion_text) == (2, "75.0%")


@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
def test_the_forecast_starts_from_the_rates_shown_and_its_parts_add_up(request, police, court, who):
    for unit, days in ((police, (1, 12, 14)), (court, (2, 15))):
        for day in days:
            EntryFactory(
                unit=unit,
                state=EntryState.CONFIRMED,
                workstream=Workstream.objects.first(),
                registered_on=date(2023, 8, 1),
                moved_on=date(2023, 9, day),
            )
        EntryFactory(unit=unit, state=EntryState.HANDLING, registered_on=date(2023, 9, 5))
    leader = request.getfixturevalue(who)
    board, beyond = shown(leader), more(leader, H2, TODAY, NOW)
    whole = beyond.forecast
    assert board.forecast == whole
    assert whole.now == board.rates == beyond.rates
    assert (whole.gained, whole.added) == ((5, 2) if leader.sees_all else (3, 1))
    assert [one.forecast.now for one in beyond.units] == [one.rates for one in beyond.units]
    assert sum(one.forecast.gained for one in beyond.units) == whole.gained
    assert sum(one.forecast.gained for one in beyond.matters if one.forecast) == whole.gained
    assert len(beyond.units) == (2 if leader.sees_all else 1)


def test_every_part_of_a_category_opens_as_many_records(client, city_leader, police):
    for state in (EntryState.CONFIRMED, EntryState.COMPLETED, EntryState.COMPLETED, EntryState.HANDLING):
        EntryFactory(unit=police, state=state, registered_on=date(2023, 8, 1))
    chart = more(city_leader, H2, TODAY, NOW).category_chart
    client.force_login(city_leader)
    assert [part["values"] for part in chart["parts"]] == [[1], [2], [1]]
    for part in chart["parts"]:
        assert client.get(part["urls"][0]).context["page"].paginator.count == part["values"][0]


def test_coverage_stands_beside_the_register(city_leader, unit_leader, police, court):
    for unit in (police, court):
        ActivityFactory(unit=unit, happened_on=date(2023, 8, 1))
    lines = {who: more(who, H2, TODAY, NOW).coverage[0] for who in (city_leader, unit_leader)}
    assert [(one.number, one.whole) for one in lines.values()] == [(2, 2), (1, 2)]


def test_page_carries_the_curves_numbers_in_a_table_too(client, city_leader, police):
    resolved(1, unit=police)
    client.force_login(city_leader)
    response = client.get(reverse("reports:dashboard"), {"period": "2023H2"})
    page = response.content.decode()
    data = json.loads(page.split('id="burnup-data" type="application/json">')[1].split("</script>")[0])
    assert data["points"][-1] == ["2023-12-31", 1, 1, 1]
    assert "12月31日" in page
    assert "style=" not in page
