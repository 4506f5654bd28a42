"""Where figures are counted: one source a table (and business date), so that a tally is one GROUP BY each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation, TypicalCase
from common.periods import AnyPeriod
from enterprises.models import Enterprise, KeyProject, Pairing
from ledger.models import (
    ActionPlan,
    ActivityOutput,
    EntryEvent,
    KeyTask,
    ProblemEntry,
    Recovery,
    RecoveryKind,
    ServiceActivity,
    SurveyForm,
)
from reports.figures.registry import resolved
from reports.figures.registry.dates import month_of, within

PARK = "park"  # slug of 五好园区


def same(rows: QuerySet[Any]) -> Any:
    return rows


def always(period: AnyPeriod) -> bool:
    return True


@dataclass(frozen=True)
class Source:
    """A table as the tally reads it.

    `rows` are what is grouped and counted; `records` turns them into what a person opens (the enterprises
    of visits); `page` names the kind of list that shows those records, `group` the heading its figures stand under in
    the registry. `reads` are the tables whose changes can change a figure; `splits` say where a row states its
    officer, industry, month and kind, if it can. In a period that it doesn't apply to there is no such figure: it is
    not counted, which is not the same as nought.
    """

    key: str
    rows: Callable[[AnyPeriod], QuerySet[Any]]
    page: str
    group: str
    workstream: str = "workstream"
    unit: str = "unit"
    item: str = ""  # what is counted once however often it comes up; empty: every row counts
    records: Callable[[QuerySet[Any]], Any] = same
    reads: tuple[type[Model], ...] = ()
    splits: Mapping[str, Any] = field(default_factory=dict)
    applies: Callable[[AnyPeriod], bool] = always

    def narrowed(self, rows: QuerySet[Any], dimension: str, key: int) -> QuerySet[Any]:
        """The rows of an officer, of a work group's officers or of an industry; 0 asks for those that state none."""
        where = self.splits.get("officer" if dimension == "group" else dimension)
        if where is None:
            return rows.none()
        rows = rows.alias(**{f"of_{dimension}": where})
        if dimension != "group":
            return rows.filter(**{f"of_{dimension}": key} if key else {f"of_{dimension}__isnull": True})
        rule = Q(of_group__in=User.objects.filter(work_group=key or None).values("pk"))
        return rows.filter(rule if key else rule | Q(of_group__isnull=True))


def touched_cases(period: AnyPeriod) -> QuerySet[LegalCase]:
    """Cases filed, closed or with a detention in the period; each figure says by which of the dates it counts."""
    dates = ("filed_on", "closed_on", "detained_on")
    return LegalCase.objects.filter(within(dates[0], period) | within(dates[1], period) | within(dates[2], period))


def park_security_cases(period: AnyPeriod) -> QuerySet[LegalCase]:
    """What breaks the park's calm."""
    return LegalCase.objects.filed_in(period).filter(kind="public_security", workstream__slug=PARK)


def activities(period: AnyPeriod) -> QuerySet[ServiceActivity]:
    return ServiceActivity.objects.in_period(period)


def first_industry(case: str) -> Subquery:
    """A case may touch several firms: it goes with the one named first."""
    named = LegalCase.enterprises.through.objects.filter(legalcase=OuterRef(case)).order_by("pk")
    return Subquery(named.values("enterprise__industry")[:1], output_field=BigIntegerField())


def first_of(*where: Any) -> Coalesce:
    return Coalesce(*where, output_field=BigIntegerField())


def stated(officer: str, industry: Any) -> dict[str, Any]:
    return {"officer": F(officer), "industry": F(industry) if isinstance(industry, str) else industry}


def kind_of(kinds: type[TextChoices]) -> Case:
    """The place of a row's `kind` among its choices."""
    return Case(*[When(kind=kind, then=Value(at)) for at, kind in enumerate(kinds.values)], output_field=IntegerField())


ACTIVITIES = Source(
    "activities",
    activities,
    page="activities",
    group="服务活动",
    reads=(ServiceActivity, Enterprise),
    splits={**stated("officer", "enterprise__industry"), "month": month_of("happened_on")},
)
OUTPUTS = Source(
    "outputs",
    lambda period: ActivityOutput.objects.in_period(period),
    page="outputs",
    group="活动成果",
    workstream="activity__workstream",
    unit="activity__unit",
    reads=(ActivityOutput, ServiceActivity, Enterprise),
    splits=stated("activity__officer", "activity__enterprise__industry"),
)
CONFIRMATIONS = Source(
    "confirmations",
    resolved.confirmations,
    page="confirmations",
    group="问题化解",
    workstream="entry__workstream",
    reads=(EntryEvent, ProblemEntry, ServiceActivity, ActionPlan, Enterprise),
    splits={**stated("entry__handler", "entry__enterprise__industry"), "month": month_of("happened_on")},
)
CONCENTRATED = Source(
    "concentrated",
    resolved.concentrated,
    page="confirmations",
    group="问题化解",
    workstream="entry__workstream",
    reads=CONFIRMATIONS.reads,
    splits=stated("entry__handler", "entry__enterprise__industry"),
    applies=resolved.has_plan,
)
REPEATED = Source(
    "repeated_confirmations",
    resolved.repeated_confirmations,
    page="confirmations",
    group="问题化解",
    workstream="entry__workstream",
    reads=CONFIRMATIONS.reads,
)
REGISTRATIONS = Source(
    "registrations",
    resolved.registrations,
    page="registrations",
    group="问题化解",
    workstream="entry__workstream",
    reads=(EntryEvent, ProblemEntry, Enterprise),
    splits={**stated("entry__handler", "entry__enterprise__industry"), "month": month_of("happened_on")},
)
CASES = Source(
    "cases",
    touched_cases,
    page="cases",
    group="涉企案件",
    reads=(LegalCase, Enterprise),
    splits=stated("officer", first_industry("pk")),
)
RECOMMENDATIONS = Source(
    "recommendations",
    lambda period: ProcuratorialRecommendation.objects.issued_in(period),
    page="recommendations",
    group="检察建议和典型案例",
    reads=(ProcuratorialRecommendation, LegalCase, Enterprise),
    splits=stated("case__officer", first_industry("case")),
)
RECOVERIES = Source(
    "recoveries",
    lambda period: Recovery.objects.in_period(period),
    page="recoveries",
    group="挽回损失",
    reads=(Recovery, LegalCase, ProblemEntry, EntryEvent, ServiceActivity, Enterprise),
    splits={
        "officer": first_of("case__officer", "entry__handler", "activity__officer"),
        "industry": first_of(first_industry("case"), "entry__enterprise__industry", "activity__enterprise__industry"),
        "month": month_of("happened_on"),
        "kind": kind_of(RecoveryKind),
    },
)
TYPICAL_CASES = Source(
    "typical_cases",
    lambda period: TypicalCase.objects.published_in(period),
    page="typical_cases",
    group="检察建议和典型案例",
    reads=(TypicalCase, LegalCase, Enterprise),
    splits=stated("case__officer", first_industry("case")),
)
SURVEYS = Source(
    "surveys",
    lambda period: SurveyForm.objects.in_period(period),
    page="surveys",
    group="走访覆盖",
    reads=(SurveyForm, Enterprise),
    splits=stated("officer", first_of("industry", "enterprise__industry")),
)
TASKS = Source(
    "tasks",
    lambda period: KeyTask.objects.filter(plan__year__gte=period.start.year, plan__year__lte=period.end.year),
    page="tasks",
    group="工作方案",
    workstream="",
    unit="lead_unit",
    reads=(KeyTask, ActionPlan),
)
ENTERPRISES_SERVED = Source(
    "enterprises_served",
    lambda period: activities(period).filter(enterprise__isnull=False),
    page="enterprises",
    group="走访覆盖",
    item="enterprise",
    records=lambda rows: Enterprise.objects.filter(pk__in=rows.values("enterprise")),
    reads=(ServiceActivity, Enterprise),
    splits=stated("officer", "enterprise__industry"),
)
PROJECTS_SERVED = Source(
    "projects_served",
    lambda period: activities(period).filter(project__isnull=False),
    page="projects",
    group="走访覆盖",
    item="project",
    records=lambda rows: KeyProject.objects.filter(pk__in=rows.values("project")),
    reads=(ServiceActivity, KeyProject, Enterprise),
    splits=stated("officer", "project__enterprise__industry"),
)
PAIRINGS = Source(
    "pairings",
    lambda period: Pairing.objects.on(period.end).filter(enterprise__isnull=False),
    page="enterprises",
    group="走访覆盖",
    workstream="enterprise__workstream",
    unit="officer__unit",
    item="enterprise",
    records=lambda rows: Enterprise.objects.filter(pk__in=rows.values("enterprise")),
    reads=(Pairing, Enterprise),
    splits=stated("officer", "enterprise__industry"),
)
PARK_SECURITY = Source("park_security", park_security_cases, page="cases", group="涉企案件", reads=(LegalCase,))
