"""Where figures are counted: one source a table (and business date), so that a tally is one GROUP BY each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import LegalCase, ProcuratorialRecommendation, TypicalCase
from common.periods import Period
from enterprises.models import Enterprise, KeyProject, Pairing
from ledger.models import ActivityOutput, EntryEvent, KeyTask, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from ledger.states import Action, EntryState

PARK = "park"  # slug of 五好园区


def same(rows: QuerySet[Any]) -> Any:
    return rows


@dataclass(frozen=True)
class Source:
    """A table as the tally reads it.

    `rows` are what is grouped and counted; `records` turns them into what a person opens (the entries of events,
    the enterprises of visits); `page` names the kind of list that shows those records.
    """

    key: str
    rows: Callable[[Period], QuerySet[Any]]
    page: str
    workstream: str = "workstream"
    unit: str = "unit"
    item: str = ""  # what is counted once however often it comes up; empty: every row counts
    records: Callable[[QuerySet[Any]], Any] = same


def within(field: str, period: Period) -> Q:
    """The business date `field` lies in the period."""
    return Q(**{f"{field}__gte": period.start, f"{field}__lt": period.next_start})


def confirmations(period: Period) -> QuerySet[EntryEvent]:
    """The confirmations that resolved an entry in the period and still held at its end.

    After a confirmation only closing out and reopening are possible, so a later event that leaves the resolved
    states is a reopening: that entry counts, if at all, by its next confirmation. An entry thus has at most one row.
    """
    undone = EntryEvent.objects.filter(
        entry=OuterRef("entry"), seq__gt=OuterRef("seq"), happened_on__lt=period.next_start
    ).exclude(to_state__in=EntryState.RESOLVED)
    return EntryEvent.objects.filter(
        within("happened_on", period), ~Exists(undone), action=Action.CONFIRM, to_state__in=EntryState.RESOLVED
    )


def touched_cases(period: Period) -> QuerySet[LegalCase]:
    """Cases filed, closed or with a detention in the period; each figure says by which of the dates it counts."""
    dates = ("filed_on", "closed_on", "detained_on")
    return LegalCase.objects.filter(within(dates[0], period) | within(dates[1], period) | within(dates[2], period))


def park_security_cases(period: Period) -> QuerySet[LegalCase]:
    """What breaks the park's calm."""
    return LegalCase.objects.filed_in(period).filter(kind="public_security", workstream__slug=PARK)


def activities(period: Period) -> QuerySet[ServiceActivity]:
    return ServiceActivity.objects.in_period(period)


ACTIVITIES = Source("activities", activities, page="activities")
OUTPUTS = Source(
    "outputs",
    lambda period: ActivityOutput.objects.in_period(period),
    page="outputs",
    workstream="activity__workstream",
    unit="activity__unit",
)
CONFIRMATIONS = Source(
    "confirmations",
    confirmations,
    page="entries",
    workstream="entry__workstream",
    records=lambda rows: ProblemEntry.objects.filter(pk__in=rows.values("entry")),
)
CASES = Source("cases", touched_cases, page="cases")
RECOMMENDATIONS = Source(
    "recommendations", lambda period: ProcuratorialRecommendation.objects.issued_in(period), page="recommendations"
)
RECOVERIES = Source("recoveries", lambda period: Recovery.objects.in_period(period), page="recoveries")
TYPICAL_CASES = Source("typical_cases", lambda period: TypicalCase.objects.published_in(period), page="typical_cases")
SURVEYS = Source("surveys", lambda period: SurveyForm.objects.in_period(period), page="surveys")
TASKS = Source(
    "tasks",
    lambda period: KeyTask.objects.filter(plan__year=period.start.year),
    page="tasks",
    workstream="",
    unit="lead_unit",
)
ENTERPRISES_SERVED = Source(
    "enterprises_served",
    lambda period: activities(period).filter(enterprise__isnull=False),
    page="enterprises",
    item="enterprise",
    records=lambda rows: Enterprise.objects.filter(pk__in=rows.values("enterprise")),
)
PROJECTS_SERVED = Source(
    "projects_served",
    lambda period: activities(period).filter(project__isnull=False),
    page="projects",
    item="project",
    records=lambda rows: KeyProject.objects.filter(pk__in=rows.values("project")),
)
PAIRINGS = Source(
    "pairings",
    lambda period: Pairing.objects.on(period.end).filter(enterprise__isnull=False),
    page="enterprises",
    workstream="enterprise__workstream",
    unit="officer__unit",
    item="enterprise",
    records=lambda rows: Enterprise.objects.filter(pk__in=rows.values("enterprise")),
)
PARK_SECURITY = Source("park_security", park_security_cases, page="cases")
