"""What each role may do, as data. An action nobody declared is refused."""

from django.db import models


class Role(models.TextChoices):
    STAFF = "staff", "派驻干部"
    COORDINATOR = "coordinator", "单位联络员"
    LEADER = "leader", "领导"
    ADMIN = "admin", "管理员"
    AUDITOR = "auditor", "审计员"


WORKING = frozenset({Role.STAFF, Role.COORDINATOR, Role.LEADER, Role.ADMIN})

ACTIONS: dict[str, frozenset[str]] = {
    "home.view": WORKING | {Role.AUDITOR},
    "register.view": WORKING,
    "register.edit": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "register.pair": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "register.merge": frozenset({Role.ADMIN}),
    "activity.view": WORKING,
    "activity.log": WORKING,
    "duty.view": WORKING,
    "duty.edit": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "ledger.view": WORKING,
    "ledger.register": WORKING,
    "ledger.bulk": frozenset({Role.COORDINATOR, Role.LEADER, Role.ADMIN}),
    "supervision.view": WORKING,
    "supervision.issue": frozenset({Role.LEADER}),
    "supervision.answer": frozenset({Role.STAFF, Role.COORDINATOR}),
    "recheck.view": frozenset({Role.COORDINATOR, Role.LEADER, Role.ADMIN}),
    "recheck.judge": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "recheck.draw": frozenset({Role.ADMIN}),
    "calendar.edit": frozenset({Role.ADMIN}),
    "reminders.edit": frozenset({Role.ADMIN}),
    "case.view": WORKING,
    "case.edit": frozenset({Role.STAFF, Role.COORDINATOR, Role.ADMIN}),
    "campaign.edit": frozenset({Role.ADMIN}),
    "money.edit": frozenset({Role.STAFF, Role.COORDINATOR, Role.ADMIN}),
    "survey.view": WORKING,
    "survey.edit": frozenset({Role.STAFF, Role.COORDINATOR, Role.ADMIN}),
    "plan.view": WORKING,
    "plan.edit": frozenset({Role.ADMIN}),
    "plan.report": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "reports.view": frozenset({Role.COORDINATOR, Role.LEADER, Role.ADMIN}),
    "reports.tally": frozenset({Role.ADMIN}),
    "screens.manage": frozenset({Role.ADMIN}),
    "period.sign": frozenset({Role.COORDINATOR, Role.LEADER}),
    "period.close": frozenset({Role.ADMIN}),
    "briefing.view": frozenset({Role.COORDINATOR, Role.LEADER, Role.ADMIN}),
    "briefing.edit": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "briefing.template": frozenset({Role.ADMIN}),
    "import.run": frozenset({Role.ADMIN}),
    "export.run": WORKING,
    "users.handover": frozenset({Role.COORDINATOR, Role.ADMIN}),
    "users.manage": frozenset({Role.ADMIN}),
    "audit.view": frozenset({Role.AUDITOR}),
}


def can(user: object, action: str) -> bool:
    """Whether this person's role includes the action; unknown actions and people are refused."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "role", "") in ACTIONS.get(action, frozenset())
