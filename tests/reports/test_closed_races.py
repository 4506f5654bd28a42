"""Two write at one moment on what a closed half-year counts: the second sees what the first has made of it."""

from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from ledger.models import ActivityKind, ClosedPeriod, Correction, Recovery, ServiceActivity
from ledger.services.activities import ActivityData, delete_activity, update_activity
from ledger.services.errors import ChangedMeanwhileError
from ledger.services.money.recoveries import RecoveryData, delete_recovery, update_recovery
from tests.factories import ActivityFactory, CaseFactory, RecoveryFactory
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
DAY, OPEN = date(2023, 5, 8), date(2024, 3, 1)


@pytest.fixture(autouse=True)
def closed():
    span = {"starts_on": date(2023, 1, 1), "ends_on": date(2023, 6, 30)}
    return ClosedPeriod.objects.create(code="2023H1", closed_at=timezone.now(), closed_by="样例管理员", **span)


def test_who_deletes_what_is_being_moved_into_a_closed_half_year_is_told_what_it_is_now(officer):
    made = ActivityFactory(kind=ActivityKind.DUTY, happened_on=OPEN, unit=officer.unit, officer=officer)
    data = ActivityData({"kind": ActivityKind.DUTY, "happened_on": DAY, "times": 1}, {"attendance": 1})

    def work(number: int, barrier: Barrier) -> Any:
        loaded = ServiceActivity.objects.get(pk=made.pk)
        if number == 0:
            with transaction.atomic():
                typed = {"actor": officer, "at": timezone.now(), "data": data, "version": 1, "reason": "记错了日期"}
                update_activity(activity=loaded, **typed)
                barrier.wait()
            return "moved"
        barrier.wait()
        return delete_activity(activity=loaded, actor=officer)

    results = together(2, work)
    assert sorted(isinstance(one, ChangedMeanwhileError) for one in results) == [False, True]
    assert ServiceActivity.objects.get().happened_on == DAY
    assert list(Correction.objects.values_list("reason", flat=True)) == ["记错了日期"]


def test_who_deletes_money_that_is_being_moved_into_a_closed_half_year_is_told_what_it_is_now(officer):
    made = RecoveryFactory(case=CaseFactory(unit=officer.unit), happened_on=OPEN, created_by=officer)
    data = RecoveryData("recovered", Decimal(100), "样例", DAY, is_other_money=True)

    def work(number: int, barrier: Barrier) -> Any:
        loaded = Recovery.objects.get(pk=made.pk)
        if number == 0:
            with transaction.atomic():
                typed = {"actor": officer, "at": timezone.now(), "data": data, "version": 1, "reason": "记错了日期"}
                update_recovery(recovery=loaded, **typed)
                barrier.wait()
            return "moved"
        barrier.wait()
        return delete_recovery(recovery=loaded, actor=officer)

    results = together(2, work)
    assert sorted(isinstance(one, ChangedMeanwhileError) for one in results) == [False, True]
    assert Recovery.objects.get().happened_on == DAY
