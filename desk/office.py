"""管理员 land on 数据, 审计员 on 审计: the state of the data, and who did what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import ExportLog, User
from common.periods import Period
from desk.waiting import Panel, panels
from enterprises.models import Enterprise, KeyProject, Pairing
from jobs.models import ACTIVE, Job, JobState
from ledger.selectors.vacancies import waiting_vacancies
from reports.models import Tally

FEW = 5
MANY = 8


@dataclass(frozen=True)
class RegisterCounts:
    enterprises: int
    without_code: int
    unverified: int
    unpaired: int
    projects: int
    projects_unpaired: int
    users: int
    users_inactive: int


@dataclass(frozen=True)
class DataState:
    imports: list[Any]
    register: RegisterCounts
    failed_jobs: list[Job]
    failed: int
    active: int
    period: Period
    tallied_at: datetime | None
    panels: list[Panel]
    vacancies: int


def data_state(user: User, today: date) -> DataState:
    batches = apps.get_model("imports", "ImportBatch").objects  # imports is this app's neighbour, not its foundation
    jobs = Job.objects.visible_to(user)
    period = Period.half_of(today)
    states = jobs.aggregate(
        failed=Count("pk", filter=Q(state=JobState.FAILED)), active=Count("pk", filter=Q(state__in=ACTIVE))
    )
    return DataState(
        imports=list(batches.visible_to(user).select_related("uploaded_by")[:FEW]),
        register=register_counts(user, today),
        failed_jobs=list(jobs.filter(state=JobState.FAILED).select_related("owner")[:FEW]),
        failed=states["failed"],
        active=states["active"],
        period=period,
        tallied_at=Tally.objects.visible_to(user).of(period.code).aggregate(at=Max("computed_at"))["at"],
        panels=panels(user, today),
        vacancies=waiting_vacancies(user),
    )


def register_counts(user: User, today: date) -> RegisterCounts:
    paired = Pairing.objects.visible_to(user).on(today)
    enterprises = (
        Enterprise.objects.visible_to(user)
        .filter(is_active=True)
        .aggregate(
            all=Count("pk"),
            without_code=Count("pk", filter=Q(uscc__isnull=True)),
            unverified=Count("pk", filter=Q(is_verified=False)),
            unpaired=Count("pk", filter=~Exists(paired.filter(enterprise=OuterRef("pk")))),
        )
    )
    projects = (
        KeyProject.objects.visible_to(user)
        .filter(is_active=True)
        .aggregate(all=Count("pk"), unpaired=Count("pk", filter=~Exists(paired.filter(project=OuterRef("pk")))))
    )
    users = User.objects.visible_to(user).aggregate(
        active=Count("pk", filter=Q(is_active=True)), inactive=Count("pk", filter=Q(is_active=False))
    )
    return RegisterCounts(
        enterprises["all"],
        enterprises["without_code"],
        enterprises["unverified"],
        enterprises["unpaired"],
        projects["all"],
        projects["unpaired"],
        users["active"],
        users["inactive"],
    )


@dataclass(frozen=True)
class AuditState:
    changes: Sequence[LogEntry]
    changes_today: int
    exports: Sequence[ExportLog]
    exports_today: int


def audit_state(user: User, today: date) -> AuditState:
    """The trail has no unit: only a role that reads all of it gets here (`audit.view`)."""
    changes: QuerySet = LogEntry.objects.all() if user.can("audit.view") else LogEntry.objects.none()
    exports = ExportLog.objects.visible_to(user)
    return AuditState(
        changes=list(changes.select_related("actor", "content_type").order_by("-timestamp", "-pk")[:MANY]),
        changes_today=changes.filter(timestamp__date=today).count(),
        exports=list(exports.select_related("user")[:MANY]),
        exports_today=exports.filter(exported_at__date=today).count(),
    )
