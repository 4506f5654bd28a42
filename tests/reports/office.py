"""An office with something behind every figure, in two units, in and around one half-year."""

from datetime import date
from decimal import Decimal
from itertools import product

from cases.models import DISPUTE_KINDS, CaseKind
from enterprises.models import EnterpriseKind, Pairing, Workstream
from ledger.models import ActionPlan, ActivityKind, ActivityOutput, KeyTask, Measure, PlanGoal, RecoveryKind
from ledger.states import EntryState
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UserFactory,
)

DAYS = (date(2022, 12, 31), date(2023, 1, 1), date(2023, 6, 30), date(2023, 7, 1))
INSIDE = DAYS[1:3]


def furnish(units):
    """Activities, cases, money, entries, forms and pairings at the edges of 2023H1, of these units."""
    matters = [*Workstream.objects.all()[:2], None]
    campaign = CampaignFactory()
    plan = ActionPlan.objects.get_or_create(
        year=2023, defaults={"target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1), "title": "方案"}
    )[0]
    goal = PlanGoal.objects.get_or_create(plan=plan, order=1, defaults={"name": "目标"})[0]
    for at, unit in enumerate(units):
        officer = UserFactory(unit=unit)
        served = [
            EnterpriseFactory(kind=kind, is_above_scale=kind == EnterpriseKind.ENTERPRISE) for kind in EnterpriseKind
        ]
        project = KeyProjectFactory()
        serve(unit, officer, served, project, matters)
        prosecute(unit, matters, campaign)
        for day, state in zip(
            DAYS, (EntryState.CONFIRMED,) * 2 + (EntryState.CLOSED, EntryState.COMPLETED), strict=True
        ):
            EntryFactory(unit=unit, registered_on=day, state=state, workstream=matters[0], led_by="副市长")
        EntryFactory(unit=unit, state=EntryState.REJECTED)
        for enterprise in served:
            SurveyFormFactory(unit=unit, enterprise=enterprise, visited_on=DAYS[2], workstream=matters[1])
            Pairing.objects.create(officer=officer, enterprise=enterprise, starts_on=DAYS[1])
        KeyTask.objects.create(
            plan=plan, goal=goal, number=50 + at, name="任务", lead_unit=unit, starts_on=DAYS[0], ends_on=DAYS[3]
        )


def serve(unit, officer, served, project, matters):
    for kind, day in product(ActivityKind, DAYS):
        one = ActivityFactory(
            kind=kind, happened_on=day, unit=unit, officer=officer, enterprise=served[0], workstream=matters[0], times=2
        )
        ActivityOutput.objects.bulk_create(
            ActivityOutput(activity=one, measure=measure, quantity=n + 3) for n, measure in enumerate(Measure)
        )
    for enterprise in served[1:]:
        ActivityFactory(happened_on=DAYS[1], unit=unit, enterprise=enterprise, workstream=matters[1])
    ActivityFactory(happened_on=DAYS[1], unit=unit, enterprise=None, project=project)


def prosecute(unit, matters, campaign):
    for kind, day in product(CaseKind, DAYS):
        if kind == CaseKind.PUBLIC_SECURITY and day != DAYS[1]:
            continue
        one = CaseFactory(
            kind=kind,
            unit=unit,
            filed_on=day,
            closed_on=day,
            state="closed",
            result="settled" if kind in DISPUTE_KINDS else "solved",
            campaign=campaign,
            detained_persons=2,
            detained_on=day,
            workstream=matters[0],
        )
        for money in RecoveryKind if kind == CaseKind.ENFORCEMENT else ():
            RecoveryFactory(case=one, kind=money, amount=Decimal("1234.56"), happened_on=day, workstream=matters[0])
    for day in DAYS:
        RecommendationFactory(unit=unit, issued_on=day, workstream=matters[1])
        TypicalCaseFactory(unit=unit, published_on=day)
