from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Unit
from cases.models import CaseKind, CaseResult
from common.periods import SHANGHAI, Period
from enterprises.models import Workstream
from jobs.models import Job
from jobs.runner import LeaseLostError, run_job
from ledger.models import ActivityKind, ClosedPeriod, RecoveryKind
from reports.figures.requests import request_tallies, request_tally
from reports.figures.tallies import Cell, compute, store
from reports.figures.values import figures
from reports.models import Tally
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    RecoveryFactory,
    UserFactory,
    move,
)

pytestmark = pytest.mark.django_db
H1, TODAY = Period.parse("2023H1"), date(2023, 7, 2)
NOW = datetime(2023, 7, 2, 9, tzinfo=SHANGHAI)


def value(code: str, user=None) -> object:
    return {one.code: one.value for one in figures(H1, user, now=NOW)}.get(code)


def stored() -> dict:
    return {(one.indicator, one.slot): one.value for one in Tally.objects.of("2023H1")}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_tally_takes_the_same_statements_however_many_rows(rows, police, django_assert_num_queries):
    for _ in range(rows):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, times=2)
        EntryFactory(unit=police, state="closed")
        RecoveryFactory()
    with django_assert_num_queries(18):
        cells = compute(H1, TODAY)
    assert Cell("leader_visits", "all", None, None, 2 * rows) in cells


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_figures_takes_the_same_statements_however_many_rows(rows, police, court, django_assert_num_queries):
    hidden = ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT)
    ActivityFactory.create_batch(rows, unit=police, kind=ActivityKind.LEADER_VISIT)
    store(H1, compute(H1, TODAY), NOW)
    leader = UserFactory(unit=police, leader=True)
    with django_assert_num_queries(6):
        visits = {one.code: one for one in figures(H1, leader, now=NOW)}["leader_visits"]
    assert (visits.value, visits.by_unit) == (rows, {"市公安局": rows})
    assert hidden.unit.name not in visits.by_unit


def test_money_adds_up_to_the_cent(police):
    park = Workstream.objects.get(slug="park")
    case = CaseFactory(unit=police, workstream=park)
    for kind, amount in (
        (RecoveryKind.RECOVERED, "0.10"),
        (RecoveryKind.AVOIDED, "0.20"),
        (RecoveryKind.SAVED, "9.01"),
    ):
        RecoveryFactory(case=case, kind=kind, amount=Decimal(amount), workstream=park)
    found = {one.code: one for one in figures(H1, now=NOW)}
    assert found["losses_total"].value == Decimal("9.31")
    assert found["losses_recovered_avoided"].by_workstream == {"五好园区": Decimal("0.30")}
    assert found["costs_saved"].by_unit == {"市公安局": Decimal("9.01")}


def test_a_firm_visited_by_two_units_counts_once_in_all_and_once_for_each(police, court):
    firm = EnterpriseFactory()
    for unit in (police, court, police):
        ActivityFactory(unit=unit, enterprise=firm)
    found = {one.code: one for one in figures(H1, now=NOW)}["enterprises_covered"]
    assert (found.value, found.by_unit) == (1, {"市人民法院": 1, "市公安局": 1})


def test_a_unit_above_others_counts_a_firm_they_all_visited_once(police):
    below = Unit.objects.create(name="样例派出所", parent=police)
    firm = EnterpriseFactory()
    for unit in (police, below):
        ActivityFactory(unit=unit, enterprise=firm)
    store(H1, compute(H1, TODAY), NOW)
    assert value("enterprises_covered", UserFactory(unit=police, leader=True)) == 1
    assert value("enterprises_covered", UserFactory(unit=below, leader=True)) == 1
    assert value("relief_services", UserFactory(unit=police, leader=True)) == 2


def test_another_units_figures_are_nobody_elses(police, court, foreign_officer, auditor):
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
    store(H1, compute(H1, TODAY), NOW)
    assert {one.code for one in figures(H1, foreign_officer, now=NOW) if one.value} == set()
    assert {one.code for one in figures(H1, auditor, now=NOW) if one.value} == set()


def test_reopening_a_problem_takes_it_out_of_the_figure_and_never_adds_one(police, admin):
    entry = EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
    assert value("problems_resolved") == 1
    move(entry, "reopen", actor=admin, day=date(2023, 6, 20), note="对方再次违约")
    store(H1, compute(H1, TODAY), NOW)
    assert value("problems_resolved") == 0


def test_a_problem_reopened_after_the_half_year_stays_in_its_figure(police, admin):
    entry = EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
    move(entry, "reopen", actor=admin, day=date(2023, 7, 1), note="对方再次违约")
    assert value("problems_resolved") == 1


@pytest.mark.parametrize("result", CaseResult.values)
def test_a_dispute_counts_by_a_result_that_settles_and_by_no_other(police, result):
    """Withdrawn, closed otherwise or without a word of how it ended: nothing says that it was settled."""
    for kind in (CaseKind.MEDIATION, CaseKind.LABOUR):
        CaseFactory(unit=police, kind=kind, result=result, closed=True)
    settles = result in ("settled", "judged", "enforced")
    assert (value("disputes_mediated"), value("disputes_resolved")) == ((1, 2) if settles else (0, 0))


@pytest.mark.parametrize(
    ("today", "months"), [(date(2023, 1, 31), 0), (date(2023, 2, 1), 1), (date(2023, 6, 30), 4), (TODAY, 5)]
)
def test_a_calm_month_counts_when_it_is_over_and_saw_no_case_in_the_park(today, months):
    park = Workstream.objects.get(slug="park")
    CaseFactory(kind="public_security", workstream=park, filed_on=date(2023, 4, 30))
    CaseFactory(kind="public_security", workstream=None, filed_on=date(2023, 5, 30))
    CaseFactory(kind="theft", workstream=park, filed_on=date(2023, 5, 30))
    cells = [one for one in compute(H1, today) if one.indicator == "park_calm_months" and one.level == "all"]
    assert [one.value for one in cells] == [months]


class TestStoring:
    def test_twice_is_the_same_as_once_and_leaves_nothing_of_before(self, police):
        activity = ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
        store(H1, compute(H1, TODAY), NOW)
        first = stored()
        store(H1, compute(H1, TODAY), NOW + timedelta(minutes=1))
        assert stored() == first
        activity.delete()
        store(H1, compute(H1, TODAY), NOW + timedelta(minutes=2))
        assert ("leader_visits", f"unit::{police.pk}") in first
        assert [slot for code, slot in stored() if code == "leader_visits"] == ["all::"]

    def test_that_may_no_longer_write_leaves_the_old_figures_whole(self, police):
        store(H1, compute(H1, TODAY), NOW)
        before = stored()
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)

        def taken_over() -> None:
            raise LeaseLostError

        with pytest.raises(LeaseLostError):
            store(H1, compute(H1, TODAY), NOW + timedelta(minutes=1), guard=taken_over)
        assert stored() == before

    def test_cut_off_in_the_middle_leaves_the_old_figures_whole(self, police):
        store(H1, compute(H1, TODAY), NOW)
        before = stored()
        broken = [*compute(H1, TODAY), Cell("leader_visits", "nowhere", None, None, 1)]
        with pytest.raises(Exception, match="tally_level_known"):
            store(H1, broken, NOW + timedelta(minutes=1))
        assert stored() == before

    def test_does_not_touch_a_closed_half_year(self, police):
        store(H1, compute(H1, TODAY), NOW)
        before = stored()
        ClosedPeriod.objects.create(
            code="2023H1", starts_on=H1.start, ends_on=H1.end, closed_at=NOW, closed_by="管理员"
        )
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
        assert store(H1, compute(H1, TODAY), NOW + timedelta(minutes=1)) is False
        assert stored() == before

    def test_leaves_other_periods_alone(self, police):
        h2 = Period.parse("2023H2")
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2023, 7, 1))
        store(h2, compute(h2, TODAY), NOW)
        store(H1, compute(H1, TODAY), NOW + timedelta(minutes=1))
        assert Tally.objects.get(period="2023H2", indicator="leader_visits", slot="all::").value == 1


class TestTallyJob:
    def test_counts_the_period_and_remembers_what_it_has_seen(self, police, admin):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
        job = request_tally(H1, owner=admin)
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result["period"], job.result["stored"]) == ("done", "2023H1", True)
        assert stored()["leader_visits", "all::"] == 1

    def test_asked_for_twice_while_waiting_is_one_job(self):
        assert request_tally(H1) == request_tally(H1)

    def test_of_no_period_fails_in_words(self):
        job = Job.objects.create(kind="reports.tally", params={"period": "上半年"})
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.message) == (
            "failed",
            "“上半年”不是统计期，请写成 2023H1（上半年）、2023Q2、2023M06、2023 或 2023-01-05..2023-03-31",
        )

    def test_is_asked_for_by_the_clock_only_where_something_changed(self, police):
        today = timezone.localdate()
        current = Period.half_of(today).code
        assert request_tallies(now=timezone.now()) == [current]
        run_job()
        assert request_tallies(now=timezone.now()) == []
        activity = ActivityFactory(unit=police)
        assert request_tallies(now=timezone.now()) == [current]
        run_job()
        activity.times = 3
        activity.save()
        assert request_tallies(now=timezone.now()) == [current]
        run_job()
        activity.delete()
        assert request_tallies(now=timezone.now()) == [current]
        run_job()
        assert request_tallies(now=timezone.now()) == []

    def test_is_asked_for_again_where_older_open_figures_may_have_changed(self, police):
        today = timezone.localdate()
        store(H1, compute(H1, today), timezone.now())
        assert request_tallies(now=timezone.now()) == ["2023H1", Period.half_of(today).code]
        ClosedPeriod.objects.create(
            code="2023H1", starts_on=H1.start, ends_on=H1.end, closed_at=NOW, closed_by="管理员"
        )
        ActivityFactory(unit=police)
        assert request_tallies(now=timezone.now()) == [Period.half_of(today).code]
