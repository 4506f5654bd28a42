"""工作方案: the plan of a year as its page shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.models import ActionPlan, KeyTask, PlanGoal, PlanPhase
from ledger.services.plans import may_report

DONE = 100


@dataclass(frozen=True)
class Task:
    """A key task; `late` when its end has passed before it was done."""

    task: KeyTask
    may_report: bool
    late: bool


@dataclass(frozen=True)
class Goal:
    goal: PlanGoal
    tasks: list[Task]

    @property
    def progress(self) -> int:
        """The mean of its tasks, in whole percent rounded down."""
        return sum(one.task.progress for one in self.tasks) // len(self.tasks) if self.tasks else 0


@dataclass(frozen=True)
class Band:
    """A phase on the year's line: `x` and `width` in percent of the whole line, and whether today is in it."""

    phase: PlanPhase
    x: float
    width: float
    is_current: bool


@dataclass(frozen=True)
class PlanPage:
    """A plan with its goals, tasks and phases. `marker`: where today is on the line, in percent; None outside it."""

    plan: ActionPlan
    years: list[int]
    goals: list[Goal]
    bands: list[Band]
    marker: float | None
    days_left: int
    average: int
    without_tasks: bool


def years(user: Any) -> list[int]:
    return list(ActionPlan.objects.visible_to(user).order_by("-year").values_list("year", flat=True))


def plan_of(user: Any, year: str, today: date) -> ActionPlan | None:
    """The plan of the year asked for; without one asked, this year's or else the last there is."""
    plans = ActionPlan.objects.visible_to(user)
    if year:
        return plans.filter(year=int(year)).first() if year.isdecimal() and len(year) <= len("2026") else None
    return plans.filter(year__lte=today.year).order_by("-year").first() or plans.order_by("-year").first()


def plan_page(plan: ActionPlan, user: Any, today: date) -> PlanPage:
    tasks = list(KeyTask.objects.visible_to(user).filter(plan=plan).select_related("lead_unit").order_by("number"))
    shown = [Task(task, may_report(task, user), task.ends_on < today and task.progress < DONE) for task in tasks]
    goals = [Goal(goal, [one for one in shown if one.task.goal_id == goal.pk]) for goal in plan.goals.order_by("order")]
    bands, marker = timeline(list(plan.phases.order_by("order")), today)
    average = sum(task.progress for task in tasks) // len(tasks) if tasks else 0
    return PlanPage(plan, years(user), goals, bands, marker, (plan.target_on - today).days, average, not tasks)


def timeline(phases: list[PlanPhase], today: date) -> tuple[list[Band], float | None]:
    """The phases laid on one line from the first day to the last, and where today is on it."""
    if not phases:
        return [], None
    first, last = min(phase.starts_on for phase in phases), max(phase.ends_on for phase in phases)
    whole = (last - first).days + 1

    def share(days: int) -> float:
        return round(100 * days / whole, 2)

    bands = [
        Band(
            phase,
            share((phase.starts_on - first).days),
            share((phase.ends_on - phase.starts_on).days + 1),
            phase.starts_on <= today <= phase.ends_on,
        )
        for phase in phases
    ]
    return bands, share((today - first).days) if first <= today <= last else None
