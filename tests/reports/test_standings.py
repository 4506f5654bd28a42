from datetime import date, datetime, timedelta
from random import Random

import pytest

from common.periods import SHANGHAI
from enterprises.models import Workstream
from ledger.calendar import working_calendar
from ledger.models import ProblemCategory
from ledger.states import Action, EntryState
from reports.days.rates import rates_on, rates_over
from reports.days.standings import FIELDS, Stand, compute_standings, full_days, standings, store_standings
from reports.models import Standing
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import move

pytestmark = pytest.mark.django_db
TODAY = date(2023, 9, 20)
NOW = datetime(2023, 9, 20, 9, tzinfo=SHANGHAI)


@pytest.fixture
def ledger(police, court):
    """Entries in many states, some moved later, one handed to the other unit."""
    rng, matters, kinds = Random(7), [*Workstream.objects.all()[:2], None], list(ProblemCategory.objects.all()[:2])
    states = [EntryState.CLOSED, EntryState.HANDLING, EntryState.REJECTED, EntryState.COMPLETED, EntryState.REGISTERED]
    for n, state in enumerate(states * 2):
        day = date(2022, 12, 20) + timedelta(days=rng.randrange(240))
        EntryFactory(
            unit=[police, court][n % 2],
            workstream=rng.choice(matters),
            category=rng.choice(kinds),
            state=state,
            registered_on=day,
            moved_on=day + timedelta(days=rng.randrange(30)),
        )
    handed = EntryFactory(unit=police, state=EntryState.ASSIGNED, registered_on=date(2023, 8, 1))
    office = UserFactory(coordinator=True, city=True)
    move(handed, Action.TRANSFER, actor=office, day=date(2023, 9, 4), lead_unit=court, note="转办")


def three(rates):
    return (rates.total, rates.completed, rates.resolved)


@pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
def test_what_is_kept_of_each_day_is_what_the_events_give(request, ledger, who):
    user = request.getfixturevalue(who)
    kept = standings(user, 2023, TODAY, NOW)
    assert {day: three(rates) for day, rates in kept.curve.items()} == {
        day: three(rates) for day, rates in rates_over(kept.days, user).items()
    }
    since = working_calendar().before(TODAY, 20)
    for day in (TODAY, since):
        told = rates_on(day, user)
        units = {key: three(rates) for key, rates in kept.by("unit", day).items()}
        matters = [three(rates) for rates in kept.by("workstream", day).values()]
        assert sorted(units.values()) == sorted(three(one) for one in told.by_unit.values() if any(three(one)))
        assert sorted(matters) == sorted(three(one) for one in told.by_workstream.values() if any(three(one)))
        kinds = [three(rates) for rates in kept.by("category", day).values()]
        assert tuple(map(sum, zip(*kinds, strict=True))) == three(told.all)


def test_nobody_reads_another_units_rows(ledger, unit_leader, auditor, court):
    kept = standings(unit_leader, 2023, TODAY, NOW)
    assert {row.unit for row in kept.rows} == {unit_leader.unit_id}
    assert standings(auditor, 2023, TODAY, NOW).rows == []
    assert three(standings(auditor, 2023, TODAY, NOW).at(TODAY)) == (0, 0, 0)


def test_counting_again_gives_the_same_rows_and_leaves_none_over(ledger):
    rows = compute_standings(2023, TODAY)
    for moment in (NOW, NOW + timedelta(minutes=1)):
        store_standings(2023, rows, moment)
    assert {Stand(*row) for row in Standing.objects.values_list(*FIELDS)} == set(rows)
    assert Standing.objects.count() == len(rows)
    store_standings(2023, rows[:1], NOW + timedelta(minutes=2))
    assert Standing.objects.count() == 1


def test_a_year_counted_before_it_was_over_is_counted_again(city_leader, police):
    standings(city_leader, 2023, TODAY, NOW)
    EntryFactory(unit=police, registered_on=date(2023, 12, 1))
    later = datetime(2024, 1, 5, 9, tzinfo=SHANGHAI)
    assert standings(city_leader, 2023, date(2023, 12, 31), later).at(date(2023, 12, 31)).total == 1


def test_days_kept_whole_are_months_ends_the_last_and_four_weeks_before():
    days = sorted(full_days(2023, date(2023, 3, 20), working_calendar()))
    assert days == [date(2022, 12, 31), date(2023, 1, 31), date(2023, 2, 20), date(2023, 2, 28), date(2023, 3, 20)]
