from datetime import date, timedelta

import pytest

from ledger.states import Action, EntryState
from reports.days.rates import rates_on, rates_over
from tests.factories import EntryFactory, UnitFactory, UserFactory, move
from tests.factories.ledger import walk

pytestmark = pytest.mark.django_db
START = date(2023, 3, 1)
DAYS = [START + timedelta(days=n) for n in range(0, 60, 4)]


@pytest.fixture
def ledger(police, court, admin):
    """Entries in every state, some registered by the court and led by the police, one reopened."""
    for n, state in enumerate(EntryState):
        EntryFactory(unit=police, state=state, registered_on=START, moved_on=START + timedelta(days=n * 3))
        EntryFactory(unit=court, state=state, registered_on=START + timedelta(days=n))
    handed = EntryFactory(unit=court, registered_on=START, lead_unit=police)
    walk(handed, EntryState.CLOSED, START + timedelta(days=20))
    move(handed, Action.REOPEN, actor=admin, day=START + timedelta(days=40), note="企业反映没有兑现")


def test_every_day_agrees_with_the_rates_of_that_day(ledger, unit_leader):
    for user in (None, unit_leader):
        assert rates_over(DAYS, user) == {day: rates_on(day, user).all for day in DAYS}


def test_an_auditor_and_a_stranger_are_told_nothing(ledger, auditor):
    stranger = UserFactory(unit=UnitFactory(), leader=True)
    for user in (auditor, stranger):
        assert [rates.registered for rates in rates_over(DAYS, user).values()] == [0] * len(DAYS)


@pytest.mark.parametrize("rows", [1, 3])
def test_many_days_take_two_statements(unit_leader, rows, django_assert_num_queries):
    EntryFactory.create_batch(rows, unit=unit_leader.unit)
    with django_assert_num_queries(2):
        rates_over(DAYS, unit_leader)
