"""Closing a half-year: signed by the units, frozen for good, and every later change told beside it."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from common.periods import SHANGHAI, Period, local_date
from common.rows.fixed import FixedRowError
from jobs.runner import LeaseLostError, run_job
from ledger.models import ActivityKind, ClosedPeriod, Correction, ServiceActivity
from ledger.services.activities import ActivityData, delete_activity, log_activity, update_activity
from ledger.services.periods import PeriodClosedError
from reports.closing.adjusting import CorrectedMeanwhileError, adjusted, keep, pending, recount_closed, request_recounts
from reports.closing.books import (
    ClosingError,
    close_period,
    current_close,
    reopen_period,
    sign_part,
)
from reports.closing.digests import digest_of, stored_cells
from reports.figures.requests import request_tally
from reports.figures.tallies import compute, store
from reports.figures.values import figures
from reports.models import Adjustment, FrozenDefinition, FrozenFigure, PeriodClose, Recount, Tally, UnitSignoff
from tests.factories import ActivityFactory, EntryFactory, UserFactory

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")
DAY = date(2023, 5, 8)


def frozen_bytes() -> str:
    """Every frozen row and what every page reads, as they lie in the tables."""
    tables = (PeriodClose, FrozenFigure, FrozenDefinition, UnitSignoff)
    return repr(
        [list(model.objects.order_by("pk").values_list()) for model in tables]
        + [list(Tally.objects.of("2023H1").order_by("pk").values_list())]
    )


def fresh(today: date | None = None) -> dict:
    cells = compute(H1, today or local_date(timezone.now()))
    return {(one.indicator, one.slot): one.value for one in cells if one.value}


def told(close: PeriodClose) -> dict:
    return {key: cell.value for key, cell in adjusted(close).items() if cell.value}


def count(period: Period = H1) -> None:
    now = timezone.now()
    store(period, compute(period, local_date(now)), now)


def sign(user, unit=None) -> UnitSignoff:
    unit = unit or user.unit
    seen = digest_of(H1, stored_cells(H1), unit.pk)
    return sign_part(period=H1, unit=unit, actor=user, seen=seen, now=timezone.now())


def close(admin, reason="联络员休假，已电话核对") -> PeriodClose:
    return close_period(period=H1, actor=admin, now=timezone.now(), reason=reason)


def visit(officer, **columns) -> ActivityData:
    known = {"kind": ActivityKind.DUTY, "happened_on": DAY, "times": 1, "summary": "坐班"}
    return ActivityData(columns={**known, **columns}, outputs={"attendance": 1})


def log(officer, reason="", **columns) -> ServiceActivity:
    data = visit(officer, **columns)
    return log_activity(actor=officer, at=timezone.now(), data=data, reason=reason).activity


class TestSigning:
    def test_keeps_who_signed_what_and_when_once(self, officer, coordinator):
        log(officer)
        count()
        first, again = sign(coordinator), sign(coordinator)
        assert first == again
        assert (first.unit, first.signed_name, first.version, len(first.digest)) == (
            officer.unit,
            coordinator.name,
            1,
            64,
        )

    @pytest.mark.parametrize("who", ["foreign_officer", "admin", "officer"])
    def test_is_for_nobody_else(self, request, officer, who):
        log(officer)
        count()
        with pytest.raises(ClosingError, match="只有市公安局的联络员和领导能为本单位签字"):
            sign(request.getfixturevalue(who), officer.unit)

    def test_a_coordinator_of_another_unit_does_not_sign_either(self, officer, court):
        log(officer)
        count()
        with pytest.raises(ClosingError, match="只有市公安局的联络员和领导"):
            sign(UserFactory(unit=court, coordinator=True), officer.unit)

    def test_counts_for_the_figures_that_were_on_the_page_only(self, officer, coordinator):
        log(officer)
        count()
        seen = digest_of(H1, stored_cells(H1), officer.unit_id)
        log(officer)
        count()
        with pytest.raises(ClosingError, match="数字有变化"):
            sign_part(period=H1, unit=officer.unit, actor=coordinator, seen=seen, now=timezone.now())

    def test_waits_for_the_end_of_the_period(self, officer, coordinator):
        last_day = datetime(2023, 6, 30, 23, 0, tzinfo=SHANGHAI)
        with pytest.raises(ClosingError, match="才结束"):
            sign_part(period=H1, unit=officer.unit, actor=coordinator, seen="", now=last_day)

    def test_that_is_no_longer_true_must_be_given_anew_before_closing(self, officer, coordinator, admin):
        log(officer)
        count()
        sign(coordinator)
        log(officer)
        with pytest.raises(ClosingError, match="市公安局。要先结账，请写明原因"):
            close(admin, reason="")
        count()
        sign(coordinator)
        assert close(admin, reason="").missing == ""


class TestClosing:
    def test_freezes_figures_rates_reconciliation_and_definitions_after_a_fresh_count(self, officer, admin, police):
        EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
        made = close(admin)
        frozen = {(one.indicator, one.slot): one.value for one in FrozenFigure.objects.filter(close=made) if one.value}
        assert frozen == fresh()
        assert {code: frozen[code, "all::"] for code in ("leader_visits", "newly_resolved", "rated_resolved")} == {
            "leader_visits": 1,
            "newly_resolved": 1,
            "rated_resolved": 1,
        }
        assert made.definitions.get(code="leader_visits").version == 1
        assert (made.missing, made.missing_reason) == ("市公安局", "联络员休假，已电话核对")
        assert ClosedPeriod.objects.get().code == "2023H1"

    def test_twice_is_once(self, officer, admin):
        log(officer)
        assert close(admin) == close(UserFactory(admin=True))
        assert PeriodClose.objects.count() == 1

    @pytest.mark.parametrize("who", ["coordinator", "city_leader", "officer"])
    def test_is_the_offices_admins(self, request, who):
        with pytest.raises(ClosingError, match="管理员"):
            close(request.getfixturevalue(who))

    def test_waits_for_the_end_of_the_period(self, admin):
        with pytest.raises(ClosingError, match="才结束"):
            close_period(period=Period.half_of(local_date(timezone.now())), actor=admin, now=timezone.now())

    def test_frozen_rows_have_no_way_to_be_changed(self, officer, admin):
        log(officer)
        figure = close(admin).figures.first()
        for change in (
            figure.save,
            figure.delete,
            lambda: FrozenFigure.objects.update(value=0),
            lambda: FrozenFigure.objects.all().delete(),
            lambda: FrozenFigure.objects.bulk_update([figure], ["value"]),
        ):
            with pytest.raises(FixedRowError):
                change()


class TestAfterwards:
    def test_a_write_there_needs_a_reason_and_is_kept_with_it(self, officer, admin):
        close(admin)
        with pytest.raises(PeriodClosedError, match="2023-05-08 所在的 2023年上半年已结账。确需更正的，写明更正原因"):
            log(officer)
        made = log(officer, reason="漏登一次坐班")
        update_activity(
            activity=made, actor=officer, at=timezone.now(), data=visit(officer, times=3), version=1, reason="次数记错"
        )
        delete_activity(activity=ServiceActivity.objects.get(), actor=officer, reason="重复")
        assert list(Correction.objects.values_list("period", "words", "reason", "made_by_name")) == [
            ("2023H1", "补记，1 次，坐班 1人次", "漏登一次坐班", officer.name),
            ("2023H1", "次数：1 → 3；成果：1 次，坐班 1人次 → 3 次，坐班 1人次", "次数记错", officer.name),
            ("2023H1", "删除，原为 3 次，坐班 1人次", "重复", officer.name),
        ]

    def test_frozen_figures_stay_to_the_byte_and_adjustments_add_up_to_a_fresh_count(self, officer, admin, police):
        log(officer)
        made = close(admin)
        before = frozen_bytes()
        log(officer, reason="漏登")
        recount_closed(H1, timezone.now())
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)  # nobody says why
        ServiceActivity.objects.filter(kind=ActivityKind.DUTY).first().delete()
        recount_closed(H1, timezone.now())
        assert frozen_bytes() == before
        assert told(made) == fresh()
        moved = Adjustment.objects.filter(indicator="duty_attendance", slot="all::").order_by("recount")
        assert [(one.delta, [said.reason for said in one.recount.corrections.all()]) for one in moved] == [
            (1, ["漏登"]),
            (-1, []),
        ]

    def test_a_recount_with_nothing_new_leaves_no_trace(self, officer, admin):
        log(officer)
        close(admin)
        assert recount_closed(H1, timezone.now()) is None
        assert recount_closed(H1, timezone.now()) is None
        assert Recount.objects.count() == 0

    def test_corrections_that_together_move_no_figure_do_not_explain_a_later_change(self, officer, admin, police):
        made, typed = log(officer), {"actor": officer, "at": timezone.now(), "reason": "笔误"}
        close(admin)
        update_activity(activity=made, data=visit(officer, times=2), version=1, **typed)
        update_activity(activity=made, data=visit(officer, times=1), version=2, **typed)
        assert recount_closed(H1, timezone.now()).adjustments.count() == 0
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        assert recount_closed(H1, timezone.now()).corrections.count() == 0

    def test_a_correction_made_while_counting_is_counted_again(self, officer, admin):
        made = close(admin)
        cells = compute(H1, local_date(timezone.now()))
        seen = pending(made)
        log(officer, reason="漏登")
        with pytest.raises(CorrectedMeanwhileError):
            keep(made, cells, seen, timezone.now())
        assert Recount.objects.count() == 0

    def test_a_killed_recount_leaves_nothing_and_the_next_is_whole(self, officer, admin):
        made = close(admin)
        log(officer, reason="漏登")

        def taken_over() -> None:
            raise LeaseLostError

        with pytest.raises(LeaseLostError):
            recount_closed(H1, timezone.now(), guard=taken_over)
        assert (Recount.objects.count(), pending(made)) == (0, [Correction.objects.get().pk])
        recount_closed(H1, timezone.now())
        recount_closed(H1, timezone.now())
        assert told(made) == fresh()
        assert Recount.objects.count() == 1

    def test_the_clock_asks_at_once_where_something_was_corrected(self, officer, admin):
        close(admin)
        now = timezone.now()
        assert request_recounts(now=now) == ["2023H1"]
        run_job(request_tally(H1).pk)
        assert request_recounts(now=now) == []
        assert request_recounts(now=now + timedelta(days=1)) == ["2023H1"]
        run_job(request_tally(H1).pk)
        log(officer, reason="漏登")
        assert request_recounts(now=now) == ["2023H1"]


class TestReopening:
    def test_is_recorded_and_closing_again_makes_a_version_of_its_own(self, officer, coordinator, admin):
        log(officer)
        count()
        sign(coordinator)
        first = close(admin)
        old = list(FrozenFigure.objects.filter(close=first).order_by("pk").values_list())
        with pytest.raises(ClosingError, match="请写明为什么"):
            reopen_period(period=H1, actor=admin, now=timezone.now(), reason=" ")
        opened = reopen_period(period=H1, actor=admin, now=timezone.now(), reason="上级要求补报")
        assert (opened.reopened_name, opened.reason, current_close(H1)) == (admin.name, "上级要求补报", None)
        log(officer)
        run_job()
        assert {one.code: one.value for one in figures(H1, now=timezone.now())}["duty_attendance"] == 2
        with pytest.raises(ClosingError, match="还没有签字"):
            close(admin, reason="")
        sign(coordinator)
        second = close(admin, reason="")
        assert (second.version, second.missing) == (2, "")
        assert list(FrozenFigure.objects.filter(close=first).order_by("pk").values_list()) == old

    def test_is_the_admins_and_of_a_closed_period(self, coordinator, admin):
        with pytest.raises(ClosingError, match="管理员"):
            reopen_period(period=H1, actor=coordinator, now=timezone.now(), reason="补报")
        with pytest.raises(ClosingError, match="没有结账"):
            reopen_period(period=H1, actor=admin, now=timezone.now(), reason="补报")
