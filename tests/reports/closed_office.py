"""An office with something of everything in and around a half-year that is then closed, and how a write is judged."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import CaseKind
from common.periods import Period
from enterprises.models import Workstream
from ledger.models import ActionPlan, ActivityKind, ActivityOutput, Correction, KeyTask
from ledger.states import Action, EntryState
from reports.closing.adjusting import recount_closed
from reports.figures.watch import TABLES
from reports.models import Adjustment
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    PairingFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UserFactory,
)
from tests.factories.ledger import move
from tests.reports.test_closing import H1, close, fresh, frozen_bytes, told

DAY, BEFORE, OPEN = date(2023, 5, 8), date(2022, 12, 1), date(2024, 3, 1)
TODAY = date(2026, 11, 2)
WHY = "样例原因"


class Office:
    """`late_…` are records whose own dates lie outside the half-year, while something that hangs on them lies in it."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.officer = UserFactory(unit__name="样例市公安局")
        self.unit, self.admin = self.officer.unit, UserFactory(admin=True)
        self.clerk = UserFactory(unit=self.unit, coordinator=True)
        self.other_unit = UserFactory(unit__name="样例市司法局").unit
        self.park, self.port = (Workstream.objects.get(slug=slug) for slug in ("park", "port"))
        self.enterprise = EnterpriseFactory(name="津市样例甲有限公司", is_above_scale=True, workstream=self.park)
        self.campaign = CampaignFactory(name="湘执利剑")
        self.plan()
        self.visit_and_report()
        self.prosecute()
        self.resolve()
        self.pairing = PairingFactory(officer=self.officer, enterprise=self.enterprise, starts_on=BEFORE)

    def plan(self) -> None:
        ActionPlan.objects.all().delete()
        plan = ActionPlan.objects.create(
            year=2023, title="方案", target_on=date(2023, 10, 31), concentrated_from=BEFORE
        )
        goal = plan.goals.create(order=1, name="目标")
        self.task = KeyTask.objects.create(plan=plan, goal=goal, number=1, name="任务", starts_on=DAY, ends_on=OPEN)

    def visit_and_report(self) -> None:
        served = {"unit": self.unit, "officer": self.officer, "enterprise": self.enterprise, "workstream": self.park}
        self.activity = ActivityFactory(kind=ActivityKind.DUTY, happened_on=DAY, summary="坐班", **served)
        ActivityOutput.objects.create(activity=self.activity, measure="attendance", quantity=3)
        self.late_activity = ActivityFactory(kind=ActivityKind.VISIT, happened_on=OPEN, **served)
        self.money_of_activity = RecoveryFactory(
            case=None, activity=self.late_activity, unit=self.unit, workstream=self.park, happened_on=DAY
        )
        self.form = SurveyFormFactory(
            unit=self.unit, enterprise=self.enterprise, visited_on=DAY, workstream=self.park, officer=self.officer
        )

    def prosecute(self) -> None:
        own = {"unit": self.unit, "workstream": self.park}
        self.case = CaseFactory(
            kind=CaseKind.THEFT, filed_on=DAY, closed_on=DAY, state="closed", result="solved", **own
        )
        self.filed_case = CaseFactory(kind=CaseKind.LEGAL_AID, filed_on=DAY, **own)
        CaseFactory(kind=CaseKind.MEDIATION, filed_on=DAY, closed_on=DAY, state="closed", result="settled", **own)
        detained = {"detained_persons": 1, "detained_on": DAY, "campaign": self.campaign}
        self.late_case = CaseFactory(kind=CaseKind.ENFORCEMENT, filed_on=BEFORE, **detained, **own)
        self.plain_case = CaseFactory(kind=CaseKind.ENFORCEMENT, filed_on=BEFORE, **own)
        for case in (self.late_case, self.plain_case):
            RecoveryFactory(case=case, happened_on=DAY, workstream=self.park)
        self.recovery = self.late_case.recoveries.get()
        self.advice = RecommendationFactory(unit=self.unit, issued_on=DAY)
        self.story = TypicalCaseFactory(unit=self.unit, published_on=DAY)

    def resolve(self) -> None:
        """Besides an entry that stood open: one resolved in the half-year and reopened after it, which waits again."""
        registered = {"unit": self.unit, "registered_on": date(2022, 12, 20), "registered_by": self.officer}
        self.entry = EntryFactory(**registered)
        self.reopened = EntryFactory(**registered, state="closed", moved_on=DAY, source_activity=self.late_activity)
        RecoveryFactory(case=None, entry=self.reopened, unit=self.unit, happened_on=DAY)
        move(self.reopened, Action.REOPEN, actor=self.admin, day=date(2023, 8, 1), note="又欠上了")
        clerk = UserFactory(unit=self.unit, coordinator=True)
        move(self.reopened, Action.RETURN, actor=clerk, day=date(2023, 8, 2), note="不归我们管")
        assert self.reopened.state == EntryState.ACCEPTED


def stored() -> dict[str, list[Any]]:
    """Every row of every watched table."""
    return {name: list(model.objects.order_by("pk").values_list()) for name, model in sorted(TABLES.items())}


def explained() -> set[str]:
    """The reasons of every adjustment there is; of one without any, that."""
    rows = Adjustment.objects.prefetch_related("recount__corrections")
    return {one.reason for row in rows for one in row.recount.corrections.all() or [Correction(reason="没有原因")]}


class Closed:
    """The half-year, closed; afterwards its figures must be to the byte what was signed."""

    def __init__(self, admin: Any) -> None:
        self.made, self.before = close(admin), frozen_bytes()

    def recounted(self, period: Period = H1) -> tuple[bool, bool, set[str]]:
        """Whether it is still what was signed, whether the adjustments make it a fresh count, and their reasons."""
        recount_closed(period, timezone.now())
        return frozen_bytes() == self.before, told(self.made) == fresh(), explained()


def refused(write: Callable[[], Any], errors: tuple[type[Exception], ...]) -> str:
    """What a write was refused with; it left every record as it was."""
    before = stored()
    try:
        with transaction.atomic():
            write()
    except errors as error:
        assert stored() == before
        return str(error)
    return "没有拒绝"


KEPT = (True, True)
