"""What the pages about people and the audit trail read."""

from datetime import date, timedelta
from typing import Any

from auditlog.models import LogEntry
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.leaving import open_work, received_alone, receivers, unit_work
from accounts.models import Unit, User
from accounts.rights.permissions import Role
from accounts.trail.querysets import AuditQuerySet, SignInQuerySet

LATEST_SIGN_INS = 5
INVITED_AT_ONCE = 500


def people(rows: QuerySet) -> QuerySet:
    return rows.select_related("unit", "work_group")


def waiting_people(rows: QuerySet) -> QuerySet:
    """Those of the people who were never let in, as from an imported roster; as many as can be let in at once."""
    waiting = people(rows.filter(is_active=False, last_login__isnull=True))
    return waiting.order_by("unit__order", "username", "pk")[:INVITED_AT_ONCE]


def locked_names(users: Any) -> set[str]:
    """Which of these people can't sign in now because of wrong passwords."""
    names = [user.username for user in users]
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    wrong = AccessAttempt.objects.filter(
        username__in=names, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return set(wrong.values_list("username", flat=True))


def person_facts(person: User) -> dict[str, Any]:
    """Beside the form of one person: may they sign in, and what hangs on them."""
    return {
        "person": person,
        "locked": person.username in locked_names([person]),
        "waiting": open_work(person),
        "received": received_alone(person, other_clerks(person)) if person.works else {},
    }


def other_clerks(person: User) -> set[str]:
    """The paths of the units that have a coordinator besides this person."""
    clerks = User.objects.filter(role=Role.COORDINATOR, is_active=True, unit__isnull=False).exclude(pk=person.pk)
    return set(clerks.values_list("unit__path", flat=True)) if person.role == Role.COORDINATOR else {""}


def unit_facts(unit: Unit) -> dict[str, Any]:
    """Beside the form of one unit: who works there, who receives for it, what it has open before it goes."""
    clerks = User.objects.filter(unit=unit, role=Role.COORDINATOR, is_active=True).order_by("username")
    return {
        "working": User.objects.filter(unit=unit, is_active=True).count(),
        "clerks": [person.name for person in clerks],
        "receivers": receivers(unit),
        "waiting": unit_work(unit),
    }


def unit_rows(user: User) -> list[Unit]:
    """The tree in reading order, each with its depth and how many can sign in; no unit is left out, whatever stands
    above it."""
    units = Unit.objects.visible_to(user).annotate(
        working=Count("users", filter=Q(users__is_active=True)),
        uninvited=Count("users", filter=Q(users__is_active=False, users__last_login__isnull=True)),
    )
    rows = {unit.pk: unit for unit in units}
    order: list[Unit] = []

    def place(unit: Unit, depth: int) -> None:
        if unit.pk in placed:
            return
        placed.add(unit.pk)
        unit.depth = depth
        order.append(unit)
        for below in rows.values():
            if below.parent_id == unit.pk:
                place(below, depth + 1)

    placed: set[int] = set()
    for unit in [*(unit for unit in rows.values() if unit.parent_id not in rows), *rows.values()]:
        place(unit, 0)
    return order


def my_facts(user: User, today: date) -> dict[str, Any]:
    """The person's own page: whom they serve, when they last signed in, how long the password lasts."""
    pairings = user.pairings.on(today).select_related("enterprise", "project").order_by("pk")
    days = settings.PASSWORD_MAX_AGE_DAYS
    age = (today - timezone.localtime(user.password_changed_at).date()).days
    return {
        "pairings": list(pairings) if user.sees_business else [],
        "sign_ins": list(AccessLog.objects.filter(username=user.username).order_by("-pk")[:LATEST_SIGN_INS]),
        "password_days": max(days - age, 0) if days else None,
    }


def audit_entries() -> AuditQuerySet:
    return AuditQuerySet(model=LogEntry).select_related("actor", "content_type")


def sign_ins(failed: bool) -> SignInQuerySet:
    return SignInQuerySet(model=AccessFailureLog if failed else AccessLog)
