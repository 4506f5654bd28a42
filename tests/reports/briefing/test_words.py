"""What a sentence says beside the indicators agrees with the pages that say the same."""

from datetime import date, datetime

import pytest

from common.periods import SHANGHAI, Period
from ledger.models import ActionPlan
from ledger.states import EntryState
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import Words
from reports.dashboard.charts import more
from reports.dashboard.first_screen import dashboard
from reports.models import Rounding
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db
TODAY, NOW = date(2023, 9, 20), datetime(2023, 9, 20, 9, tzinfo=SHANGHAI)
H2 = Period.parse("2023H2")


@pytest.fixture
def ledger(police, court):
    ActionPlan.objects.update_or_create(
        year=2023,
        defaults={"title": "方案", "target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1)},
    )
    for unit, number in ((police, 4), (court, 2)):
        for at in range(number):
            state = EntryState.CLOSED if at % 2 else EntryState.HANDLING
            EntryFactory(unit=unit, registered_on=date(2023, 7, 3), state=state, moved_on=date(2023, 7, 20))
    EntryFactory(unit=police, registered_on=date(2023, 9, 4), state=EntryState.HANDLING, moved_on=date(2023, 9, 5))


def words(unit=None) -> Words:
    scope = Scope(H2, TODAY, unit)
    return Words(scope, FigureBook(scope, Rounding.EXACT, NOW))


def test_what_is_needed_a_week_is_one_number_in_the_briefing_and_on_the_dashboard(ledger, city_leader, police, court):
    board = dashboard(city_leader, H2, TODAY, NOW)
    assert words()["pace_needed"].text == f"{board.forecast.needed_a_week}件"
    units = {one.name: one.forecast.needed_a_week for one in more(city_leader, H2, TODAY, NOW).units}
    assert {unit.label: words(unit)["pace_needed"].text for unit in (police, court)} == {
        name: f"{needed}件" for name, needed in units.items()
    }
    assert len(set(units.values())) == 2
