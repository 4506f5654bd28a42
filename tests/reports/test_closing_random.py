"""Whatever happens to the records of a closed half-year: frozen rows stay, and with every adjustment they are what an
independent count of the records gives."""

from collections import Counter
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.periods import SHANGHAI, Period, local_date
from ledger.models import ActivityKind, Correction, ServiceActivity
from reports.closing.adjusting import recount_closed
from reports.closing.books import close_period
from reports.models import Adjustment, FrozenFigure, PeriodClose
from tests.reports.recount import Recount
from tests.reports.test_closing import frozen_bytes
from tests.reports.test_recount import Records, activities, cases, days, entries, money, outputs, small

NOW = datetime(2024, 1, 1, 9, tzinfo=SHANGHAI)
H1 = Period.parse("2023H1")
PLACE = ("indicator", "level", "workstream", "unit")
written = st.tuples(activities, outputs, cases, money, entries)
edits = st.lists(st.tuples(small, st.none() | st.tuples(days, st.integers(1, 3), small)), max_size=3)
rounds = st.lists(st.tuples(written, edits, st.booleans()), min_size=1, max_size=3)


def write(records: Records, drawn) -> None:
    served, measured, filed, paid, raised = drawn
    done = records.add_activities(served, measured)
    records.add_money(paid, records.add_cases(filed))
    records.add_entries(raised, [one for one in done if one.kind == ActivityKind.LEADER_VISIT])


def edit(records: Records, drawn) -> None:
    """Moves activities to another day and unit, or removes them where no entry came of them."""
    kept = list(ServiceActivity.objects.filter(entries=None).order_by("pk"))
    for which, change in drawn:
        if which < len(kept) and change:
            day, times, unit = change
            moved = {"happened_on": day, "times": times, "unit": records.units[unit % 3]}
            ServiceActivity.objects.filter(pk=kept[which].pk).update(**moved)
        elif which < len(kept):
            kept.pop(which).delete()


def state(records: Records) -> Correction:
    return Correction.objects.create(
        period=H1.code,
        model="ledger.serviceactivity",
        record=1,
        label="样例",
        words="样例",
        reason="样例原因",
        unit=records.units[0],
        made_by_name="样例",
    )


def told(close: PeriodClose) -> Counter:
    """Frozen values and all adjustments, added up place by place straight from the tables; noughts left out."""
    found: Counter = Counter()
    for *place, value in FrozenFigure.objects.filter(close=close).values_list(*PLACE, "value"):
        found[tuple(place)] += value
    for *place, delta in Adjustment.objects.filter(recount__close=close).values_list(*PLACE, "delta"):
        found[tuple(place)] += delta
    return Counter({place: value for place, value in found.items() if value})


@pytest.mark.django_db
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=written, later=rounds)
def test_frozen_rows_stay_and_with_the_adjustments_make_a_count_by_hand(admin, first, later):
    with transaction.atomic():
        records = Records()
        write(records, first)
        close = close_period(period=H1, actor=admin, now=NOW, reason="样例")
        before = frozen_bytes()
        for drawn, changed, is_stated in later:
            write(records, drawn)
            edit(records, changed)
            stated = [state(records)] if is_stated else []
            made = recount_closed(H1, NOW)
            assert told(close) == Recount(H1.start, H1.next_start, local_date(NOW)).count().cells()
            assert list(made.corrections.all() if made else []) == stated
            assert recount_closed(H1, NOW) is None
            assert frozen_bytes() == before
        transaction.set_rollback(True)
