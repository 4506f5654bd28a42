"""Every day of the ledger as it is kept, held against the events of that day, over both populations."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.periods import SHANGHAI
from enterprises.models import Workstream
from ledger.models import ProblemCategory, ProblemEntry
from ledger.moves.table import MOVES, QUIET
from ledger.states import Action, EntryState
from reports.days.changes import changes_by_day
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.standings import Days, standings
from reports.days.stored import keep_days, store_days
from reports.days.stored_rates import stored_rates
from reports.models import LedgerDay, LedgerMonth, LedgerSteps
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import move, walk

pytestmark = pytest.mark.django_db
TODAY = date(2024, 3, 20)
NOW = datetime(2024, 3, 20, 9, tzinfo=SHANGHAI)
STATES = [EntryState.CLOSED, EntryState.HANDLING, EntryState.REJECTED, EntryState.COMPLETED, EntryState.REGISTERED]
DAYS = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 6, 30), date(2023, 12, 31), date(2024, 1, 1), TODAY]


@pytest.fixture
def ledger(police, court, admin):
    """Entries of three years in many states, moved later, handed on, reopened and rejected over New Year."""
    rng, matters, kinds = Random(7), [*Workstream.objects.all()[:2], None], list(ProblemCategory.objects.all()[:2])
    for n, state in enumerate(STATES * 3):
        day = date(2022, 11, 20) + timedelta(days=rng.randrange(460))
        EntryFactory(
            unit=[police, court][n % 2],
            workstream=rng.choice(matters),
            category=rng.choice(kinds),
            state=state,
            registered_on=day,
            moved_on=day + timedelta(days=rng.randrange(30)),
        )
    office = UserFactory(coordinator=True, city=True)
    handed = EntryFactory(unit=police, state=EntryState.ASSIGNED, registered_on=date(2023, 8, 1))
    move(handed, Action.TRANSFER, actor=office, day=date(2023, 9, 4), lead_unit=court, note="转办")
    back = EntryFactory(unit=court, registered_on=date(2023, 2, 1), lead_unit=police)
    walk(back, EntryState.CLOSED, date(2023, 2, 20))
    move(back, Action.REOPEN, actor=admin, day=date(2024, 1, 9), note="企业反映没有兑现")
    walk(EntryFactory(unit=police, registered_on=date(2023, 12, 30)), EntryState.CONFIRMED, date(2024, 1, 2))


def numbers(rates):
    """What is kept of the counts of a day."""
    names = ("registered", "rejected", "duplicate", "completed", "resolved", "deferred", "carried", "population")
    return tuple(getattr(rates, name) for name in names)


def nothing_left_out(told):
    return sorted(numbers(one) for one in told.values() if one.registered)


@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
def test_every_day_is_kept_as_the_events_give_it_over_both_populations(request, ledger, who):
    user = request.getfixturevalue(who)
    for day in [*DAYS, *(date(2023, 1, 3) + timedelta(days=n * 11) for n in range(40))]:
        for population in Population:
            since = max(date(day.year, 1, 1), day - timedelta(days=20))
            kept = standings(user, Days(day, since, day - timedelta(days=100)), NOW, population=population)
            told = rates_on(day, user).over(population)
            assert numbers(kept.at(day)) == numbers(told.all)
            assert nothing_left_out(kept.by("unit")) == nothing_left_out(told.by_unit)
            assert nothing_left_out(kept.by("workstream")) == nothing_left_out(told.by_workstream)
            kinds = [numbers(one)[:-1] for one in kept.by("category").values()]
            assert [sum(column) for column in zip(*kinds, strict=True)] in ([], list(numbers(told.all)[:-1]))
            before = rates_on(since, user).over(population)
            assert numbers(kept.at(since)) == numbers(before.all)
            assert nothing_left_out(kept.by("unit", since)) == nothing_left_out(before.by_unit)
            eve = day - timedelta(days=100)
            assert numbers(kept.at(eve)) == numbers(rates_on(eve, user).over(population).all)


@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
def test_a_long_ledgers_rates_of_any_day_are_read_and_are_those_of_the_events(request, settings, ledger, who):
    user = request.getfixturevalue(who)
    settings.LIST_COUNT_LIMIT = 0
    keep_days(TODAY, NOW)
    for day in DAYS[1:]:
        kept = stored_rates(user, day, NOW)
        told = rates_on(day, user)
        for population in Population:
            assert kept.table.over(population).all == told.over(population).all
            assert kept.table.over(population).by_workstream == told.over(population).by_workstream
            assert kept.table.over(population).by_unit == told.over(population).by_unit


def test_a_short_ledgers_rates_are_counted_and_so_are_those_nobody_kept_today(settings, ledger, city_leader):
    keep_days(TODAY, NOW)
    assert stored_rates(city_leader, TODAY, NOW) is None
    settings.LIST_COUNT_LIMIT = 0
    assert stored_rates(city_leader, TODAY, NOW + timedelta(days=1)) is None


def test_this_years_ledger_is_what_was_open_at_new_year_and_what_was_registered_since(police, city_leader, admin):
    carried = EntryFactory(unit=police, state=EntryState.HANDLING, registered_on=date(2023, 5, 1))
    EntryFactory(unit=police, state=EntryState.CLOSED, registered_on=date(2023, 6, 1))  # settled that year
    walk(EntryFactory(unit=police, registered_on=date(2023, 12, 1)), EntryState.CONFIRMED, date(2024, 1, 2))
    EntryFactory(unit=police, state=EntryState.REJECTED, registered_on=date(2024, 2, 1))
    back = EntryFactory(unit=police, state=EntryState.CLOSED, registered_on=date(2023, 3, 1))
    move(back, Action.REOPEN, actor=admin, day=date(2024, 2, 5), note="企业反映没有兑现")
    told = rates_on(TODAY, city_leader)
    year = told.year.all
    assert (year.registered, year.carried, year.fresh, year.left_out, year.total, year.resolved) == (3, 2, 1, 1, 2, 1)
    assert year.counted_words == "计入 2 件（登记 3，剔除 1）"
    assert (told.all.total, told.all.resolved) == (4, 2)
    assert set(ProblemEntry.objects.in_ledger_of(TODAY, "carried")) >= {carried}
    for part, number in (("year", 3), ("carried", 2), ("new", 1)):
        assert ProblemEntry.objects.in_ledger_of(TODAY, part).count() == number
    assert rates_on(date(2023, 12, 31), city_leader).year.all.total == 4


def test_nobody_reads_another_units_days(ledger, unit_leader, auditor, court):
    kept = standings(unit_leader, Days(TODAY, date(2024, 3, 1)), NOW)
    assert {row.unit for row in kept.rows if row.unit} == {unit_leader.unit_id}
    stranger = UserFactory(unit=UnitFactory(), leader=True)
    for nobody in (auditor, stranger):
        assert standings(nobody, Days(TODAY), NOW).at(TODAY).registered == 0


def rows():
    """What is kept, without its numbers."""
    return [sorted(str({**row, "id": 0}) for row in model.objects.values()) for model in (LedgerDay, LedgerSteps)]


def test_only_the_months_a_change_reaches_are_written_again_and_nothing_is_left_over(ledger, police):
    keep_days(TODAY, NOW)
    before = set(LedgerDay.objects.values_list("pk", "month"))
    EntryFactory(unit=police, state=EntryState.CLOSED, registered_on=date(2024, 2, 3))
    written = store_days(changes_by_day(TODAY), TODAY, NOW + timedelta(minutes=1))
    assert written == [date(2024, 2, 1), date(2024, 3, 1)]
    assert {pk for pk, month in before if month < date(2024, 2, 1)} <= set(
        LedgerDay.objects.values_list("pk", flat=True)
    )
    kept = rows()
    store_days(changes_by_day(TODAY), TODAY, NOW + timedelta(minutes=2), whole=True)
    assert rows() == kept


def test_counting_again_without_a_change_writes_no_day(ledger):
    keep_days(TODAY, NOW)
    assert store_days(changes_by_day(TODAY), TODAY, NOW + timedelta(minutes=1)) == []


def test_who_counted_earlier_does_not_overwrite_who_counted_later(ledger, police):
    earlier = changes_by_day(TODAY)
    EntryFactory(unit=police, registered_on=date(2024, 3, 3))
    keep_days(TODAY, NOW)
    kept = rows()
    assert store_days(earlier, TODAY, NOW - timedelta(minutes=1)) == []
    assert rows() == kept


def test_a_day_of_a_month_nobody_counted_yet_is_counted_first(ledger, police, city_leader):
    keep_days(date(2023, 12, 20), datetime(2023, 12, 20, 9, tzinfo=SHANGHAI))
    kept = standings(city_leader, Days(TODAY), NOW, population=Population.ALL)
    assert numbers(kept.at(TODAY)) == numbers(rates_on(TODAY, city_leader).all)
    assert LedgerMonth.objects.latest("month").month == date(2024, 3, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_year_is_read_in_one_statement_and_an_empty_one_in_two(rows, unit_leader):
    EntryFactory.create_batch(rows, unit=unit_leader.unit, registered_on=date(2024, 3, 3))
    keep_days(TODAY, NOW)
    for who, number in ((unit_leader, 1), (UserFactory(unit=UnitFactory(), leader=True), 2)):
        with CaptureQueriesContext(connection) as asked:
            standings(who, Days(TODAY, date(2024, 3, 1), date(2023, 12, 31)), NOW)
        assert len(asked) == number


def test_the_steps_left_out_of_the_daily_count_move_neither_state_nor_unit(police, court):
    handed = EntryFactory(unit=police, lead_unit=court, state=EntryState.HANDLING, registered_on=date(2023, 8, 1))
    before = changes_by_day(TODAY)
    note = move(handed, Action.PROGRESS, actor=handed.handler, day=date(2023, 9, 4), note="已联系企业").events.last()
    assert (note.unit, note.from_state, note.to_state) == (court, EntryState.HANDLING, EntryState.HANDLING)
    assert changes_by_day(TODAY) == before
    assert all(MOVES[action].target is None for action in QUIET)
