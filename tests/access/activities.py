"""What is logged on site, and what goes with it; joined into the ledger's table."""

from datetime import date

from ledger.models import ActionPlan
from ledger.services.plans import PlanData, TaskData, add_task, create_plan
from tests.access import ADMIN, COORDINATOR, STAFF, WORKING, Access
from tests.factories import ActivityFactory, RecoveryFactory, SurveyFormFactory

CLERKS = frozenset({COORDINATOR, ADMIN})


def activity(unit):
    return {"pk": ActivityFactory(unit=unit).pk}


def recovery(unit):
    return {"pk": RecoveryFactory(case__unit=unit).pk}


def pair(unit):
    return {"pk": recovery(unit)["pk"], "other": recovery(unit)["pk"]}


def survey(unit):
    return {"pk": SurveyFormFactory(unit=unit).pk}


def plan(unit):
    return {"pk": plan_of_the_year().pk}


def plan_of_the_year():
    data = PlanData(2026, "样例方案", 85, date(2026, 10, 31), date(2026, 6, 1))
    return ActionPlan.objects.filter(year=data.year).first() or create_plan(data=data)


def task(unit):
    made = plan_of_the_year()
    data = TaskData(made.goals.first(), "样例任务", "", unit, date(2026, 4, 1), date(2026, 12, 31))
    return {"pk": add_task(plan=made, data=data).pk}


TABLE: dict[str, Access] = {
    "ledger:activity-list": Access(WORKING),
    "ledger:activity-export": Access(WORKING),
    "ledger:activity-create": Access(WORKING),
    "ledger:activity-detail": Access(WORKING, activity, scoped=True),
    "ledger:activity-saved": Access(WORKING, activity, scoped=True),
    # An officer edits what he did himself; this one is nobody's, so it is the clerks'.
    "ledger:activity-edit": Access(CLERKS, activity, scoped=True),
    "ledger:activity-delete": Access(WORKING, activity, method="post", scoped=True),
    "ledger:recovery-list": Access(WORKING),
    "ledger:recovery-export": Access(WORKING),
    "ledger:recovery-create": Access({STAFF} | CLERKS),
    "ledger:recovery-subjects": Access({STAFF} | CLERKS),
    "ledger:recovery-edit": Access(CLERKS, recovery, scoped=True),
    "ledger:recovery-delete": Access({STAFF} | CLERKS, recovery, method="post", scoped=True),
    "ledger:recovery-apart": Access({STAFF} | CLERKS, pair, method="post", scoped=True),
    "ledger:survey-list": Access(WORKING),
    "ledger:survey-export": Access(WORKING),
    "ledger:survey-detail": Access(WORKING, survey, scoped=True),
    "ledger:survey-create": Access({STAFF} | CLERKS),
    "ledger:survey-requests": Access({STAFF} | CLERKS, method="post"),
    # An officer edits what he typed himself; this one is nobody's, so it is the clerks'.
    "ledger:survey-edit": Access(CLERKS, survey, scoped=True),
    "ledger:plan": Access(WORKING),
    "ledger:plan-create": Access({ADMIN}),
    "ledger:task-create": Access({ADMIN}, plan),
    "ledger:task-edit": Access(CLERKS, task),
}
