import json
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from common.periods import Period
from ledger.models import ActionPlan
from ledger.states import Action, EntryState
from reports.days.from_events import rates_on
from reports.days.rates import Rates, percent_text
from reports.figures.counting import recount
from tests.factories import EntryFactory, UserFactory, move
from tests.factories.ledger import walk
from tests.reports import settle

JUNE = date(2023, 6, 30)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "—"),
        (0, 3, "0.0%"),
        (2, 3, "66.6%"),
        (8496, 10000, "84.9%"),
        (84999, 100000, "84.9%"),
        (85, 100, "85.0%"),
        (9999, 10000, "99.9%"),
        (7, 7, "100.0%"),
    ],
)
def test_a_percentage_is_floored_so_that_it_never_reads_better_than_it_is(part, whole, text):
    assert percent_text(part, whole) == text


@pytest.mark.parametrize(
    ("resolved", "total", "reached", "missing"),
    [(17, 20, True, 0), (16, 20, False, 1), (8499, 10000, False, 1), (0, 0, False, 0), (0, 7, False, 6)],
)
def test_the_target_is_compared_as_integers(resolved, total, reached, missing):
    states = Counter({EntryState.CLOSED: resolved, EntryState.HANDLING: total - resolved})
    rates = Rates.of(states)
    assert (rates.total, rates.reached, rates.missing) == (total, reached, missing)


@pytest.mark.django_db
class TestRatesOnADay:
    def test_count_every_state_where_the_domain_puts_it(self, police):
        for state in EntryState:
            EntryFactory(unit=police, state=state)
        rates = rates_on(JUNE).all
        # one of each of ten states, and the original of the duplicate
        assert (rates.registered, rates.rejected, rates.duplicate, rates.total) == (11, 1, 1, 9)
        assert (rates.completed, rates.resolved, rates.deferred, rates.reopened) == (3, 2, 1, 0)
        assert (rates.completion_text, rates.resolution_text) == ("33.3%", "22.2%")

    def test_are_as_they_stood_that_day(self, police, admin):
        entry = EntryFactory(unit=police, state="closed", registered_on=date(2023, 5, 1), moved_on=date(2023, 6, 1))
        move(entry, Action.REOPEN, actor=admin, day=date(2023, 6, 20), note="对方再次违约")
        told = {
            day: (rates_on(day).all.total, rates_on(day).all.resolved, rates_on(day).all.reopened)
            for day in (date(2023, 4, 30), date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 19), date(2023, 6, 20))
        }
        assert list(told.values()) == [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 0), (1, 0, 1)]

    def test_belong_to_the_unit_answerable_then(self, police, court):
        entry = EntryFactory(unit=court, registered_on=date(2023, 5, 1), lead_unit=police)
        entry = walk(entry, EntryState.ASSIGNED, date(2023, 5, 3))
        assert list(rates_on(date(2023, 5, 3)).by_unit) == ["市公安局"]

    def test_show_a_unit_its_own_only(self, police, court, unit_leader, city_leader, auditor):
        EntryFactory(unit=police, state="closed")
        EntryFactory(unit=court)
        assert list(rates_on(JUNE, unit_leader).by_unit) == ["市公安局"]
        assert list(rates_on(JUNE, city_leader).by_unit) == ["市人民法院", "市公安局"]
        assert rates_on(JUNE, auditor).all == Rates()

    def test_compare_with_the_years_own_target(self, police):
        ActionPlan.objects.create(
            year=2023,
            title="样例方案",
            target_percent=90,
            target_on=date(2023, 10, 31),
            concentrated_from=date(2023, 6, 1),
        )
        table = rates_on(JUNE)
        assert (table.target, table.all.target, table.days_left) == (90, 90, 123)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_take_the_same_statements_however_many_entries(self, rows, police, django_assert_num_queries):
        EntryFactory.create_batch(rows, unit=police)
        leader = UserFactory(leader=True, city=True)
        with django_assert_num_queries(5):
            assert rates_on(JUNE, leader).all.total == rows


@pytest.mark.django_db
class TestRatesPage:
    def test_every_count_opens_as_many_entries(self, client, police, court, office, coordinator):
        for state in EntryState:
            EntryFactory(unit=police, state=state)
            EntryFactory(unit=court, state=state, moved_on=date(2023, 7, 3))
        for user in (office, coordinator):
            client.force_login(user)
            page = client.get(reverse("reports:rates"), {"on": "2023-06-30"}).context["page"]
            opened = {
                (line.name, number.url): number.count for line in page.lines for number in line.counts if number.url
            }
            assert len(opened) >= 8
            assert {key: client.get(key[1]).context["page"].count for key in opened} == opened

    def test_a_long_ledgers_table_is_the_stored_one_and_the_same(
        self, client, police, court, office, coordinator, settings
    ):
        for state in EntryState:
            EntryFactory(unit=police, state=state)
            EntryFactory(unit=court, state=state, moved_on=date(2023, 7, 3))
        recount(Period.parse("2023H1"), timezone.now())
        for user in (office, coordinator):
            client.force_login(user)
            url, settings.LIST_COUNT_LIMIT = f"{reverse('reports:rates')}?on=2023-06-30", 10_000
            counted = client.get(url).context["page"]
            settings.LIST_COUNT_LIMIT = 1
            kept = client.get(url).context["page"]
            assert (bool(counted.counted_at), bool(kept.counted_at)) == (False, True)
            assert kept.table == counted.table

    @pytest.mark.parametrize("rows", [1, 3])
    def test_takes_the_same_statements_and_shows_a_unit_its_own(
        self, client, coordinator, police, court, rows, django_assert_num_queries
    ):
        EntryFactory.create_batch(rows, unit=police)
        EntryFactory(unit=court)
        settle(client, coordinator)
        with django_assert_num_queries(12):  # two to see that nothing is stored
            page = client.get(reverse("reports:rates")).content.decode()
        assert "市人民法院" not in page
        export = client.get(reverse("reports:rates-export"), {"on": "2023-06-30"})
        assert export.headers["X-Rows"] == "3"


@pytest.mark.django_db
class TestRatesCommand:
    def test_tells_both_rates_as_json(self, police):
        EntryFactory(unit=police, state="closed")
        EntryFactory(unit=police, state="completed")
        EntryFactory(unit=police)
        told = json.loads(call("rates", "--on", "2023-06-30", "--json"))
        assert (told["all"]["completion_rate"], told["all"]["resolution_rate"]) == (66.6, 33.3)
        assert told["by_unit"]["市公安局"] == told["all"]

    def test_has_no_rate_where_there_is_nothing_to_divide_by(self):
        told = json.loads(call("rates", "--on", "2023-06-30", "--json"))
        assert (told["all"]["resolution_rate"], told["all"]["reached"]) == (None, False)
        assert "化解 0 件 —" in call("rates", "--on", "2023-06-30")

    def test_tells_one_unit_and_what_could_hide_behind_its_rate(self, police, court, admin):
        closed = EntryFactory(unit=police, state="closed")
        move(closed, Action.REOPEN, actor=admin, day=date(2023, 6, 1), note="对方再次违约")
        EntryFactory(unit=police, state="rejected")
        EntryFactory(unit=court)
        told = json.loads(call("rates", "--on", "2023-06-30", "--unit", "市公安局", "--json"))
        assert list(told["by_unit"]) == ["市公安局"]
        hidden = {name: told["all"][name] for name in ("registered", "total", "rejected", "reopened", "extended")}
        assert hidden == {"registered": 2, "total": 1, "rejected": 1, "reopened": 1, "extended": 0}
        human = call("rates", "--on", "2023-06-30", "--unit", "市公安局")
        assert "登记 2 件，计入 1 件" in human
        assert "重新打开 1 次" in human
        with pytest.raises(CommandError, match="没有名为“公安”的单位；现有："):
            call("rates", "--on", "2023-06-30", "--unit", "公安")

    def test_refuses_what_is_no_date(self):
        with pytest.raises(CommandError, match="“6月30日”不是日期"):
            call("rates", "--on", "6月30日")


def call(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()
