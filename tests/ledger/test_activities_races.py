"""One form sent many times at one moment: one activity, one entry, one sum of money."""

from datetime import date, datetime
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest

from common.periods import SHANGHAI
from ledger.models import ActivityKind, ProblemCategory, ProblemEntry, Recovery, RecoveryKind, ServiceActivity
from ledger.services.activities import ActivityData, ProblemData, log_activity
from ledger.services.money.recoveries import RecoveryData, record_recovery
from tests.factories import CaseFactory
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 22, 14, 32, tzinfo=SHANGHAI)
KEY = UUID("7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0009")
THREADS = 6


def visit() -> ActivityData:
    columns = {"kind": ActivityKind.VISIT, "happened_on": date(2026, 11, 20), "times": 1, "target_name": "样例门店"}
    problem = ProblemData("厂区门口道路破损", ProblemCategory.objects.order_by("pk").first())
    return ActivityData(columns, problems=[problem])


def test_one_visit_sent_six_times_is_one_visit_with_one_problem(officer):
    def send(number: int, barrier: Barrier) -> tuple[int, list[str]]:
        data = visit()
        barrier.wait()
        logged = log_activity(actor=officer, at=NOW, data=data, submission=KEY)
        return logged.activity.pk, [entry.number for entry in logged.entries]

    answers = together(THREADS, send)
    activity, entry = ServiceActivity.objects.get(), ProblemEntry.objects.get()
    assert answers == [(activity.pk, [entry.number])] * THREADS


def test_without_the_key_each_of_the_six_would_be_recorded(officer):
    def send(number: int, barrier: Barrier) -> int:
        data = visit()
        barrier.wait()
        return log_activity(actor=officer, at=NOW, data=data).activity.pk

    assert len(set(together(THREADS, send))) == THREADS


def test_one_sum_sent_six_times_is_counted_once(officer):
    case = CaseFactory(unit=officer.unit)
    data = RecoveryData(RecoveryKind.RECOVERED, Decimal("128000"), "调解书", date(2026, 11, 20))

    def send(number: int, barrier: Barrier) -> int:
        barrier.wait()
        return record_recovery(actor=officer, at=NOW, subject=case, data=data, submission=KEY).pk

    assert together(THREADS, send) == [Recovery.objects.get().pk] * THREADS
