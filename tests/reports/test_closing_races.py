"""A half-year closed by two at once while a tally is stored: one close, and what is stored is what was frozen."""

from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from common.periods import Period, local_date
from reports.closing.books import close_period
from reports.figures.tallies import compute, is_frozen, store
from reports.models import FrozenFigure, PeriodClose, Tally
from tests.factories import ActivityFactory, UserFactory
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
HALVES = [Period.parse(code) for code in ("2023H1", "2023H2", "2024H1", "2024H2")]
CELL = ("indicator", "slot", "value")


def frozen(period: Period) -> set:
    return set(FrozenFigure.objects.filter(close__book__code=period.code).values_list(*CELL))


def stored(period: Period) -> set:
    return set(Tally.objects.of(period.code).values_list(*CELL))


def counted(period: Period) -> set:
    return {(one.indicator, one.slot, one.value) for one in compute(period, local_date(timezone.now()))}


@pytest.mark.parametrize("period", HALVES, ids=str)
def test_two_admins_and_a_tally_at_once_leave_one_close_and_its_figures(period, police):
    admins = [UserFactory(admin=True) for _ in range(2)]
    now = timezone.now()
    ActivityFactory(unit=police, happened_on=period.start)
    outdated = compute(period, local_date(now))
    ActivityFactory(unit=police, happened_on=period.start)

    def work(number: int, barrier: Barrier) -> Any:
        barrier.wait()
        if number == 0:
            return store(period, outdated, now)
        return close_period(period=period, actor=admins[number - 1], now=now, reason="样例")

    results = together(3, work)
    made = PeriodClose.objects.get()
    assert [one for one in results if not isinstance(one, bool)] == [made, made]
    assert frozen(period) == stored(period) == counted(period)


def test_a_tally_that_had_asked_before_the_close_and_did_not_hold_the_book_would_overwrite_it(police, admin):
    period, now = HALVES[0], timezone.now()
    ActivityFactory(unit=police, happened_on=date(2023, 5, 8))

    def work(number: int, barrier: Barrier) -> Any:
        if number == 0:
            barrier.wait()
            made = close_period(period=period, actor=admin, now=now, reason="样例")
            barrier.wait()
            return made
        asked = is_frozen(period)
        barrier.wait()
        barrier.wait()
        return None if asked else Tally.objects.of(period.code).update(value=0)

    assert None not in together(2, work)
    assert stored(period) != frozen(period)
