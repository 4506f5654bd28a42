"""工作方案: the plan of a year as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.sent.numbers import whole_number
from ledger.models import ActionPlan, KeyTask, PlanGoal, PlanPhase
from ledger.services.plans import may_report

DONE = 100


@dataclass(frozen=True)
class Line:
    """A year's line from the first day of its phases and tasks to the last; places on it are in percent."""

    first: date
    last: date

    def share(self, days: int) -> float:
        return round(100 * days / ((self.last - self.first).days + 1), 2)

    def at(self, day: date) -> float:
        return self.share((day - self.first).days)

    def length(self, starts_on: date, ends_on: date) -> float:
        return self.share((ends_on - starts_on).days + 1)

    @property
    def months(self) -> list[tuple[float, str]]:
        """Where each month begins that begins on the line, with its name."""
        begins = [
            date(year, month, 1)
            for year in range(self.first.year, self.last.year + 1)
            for month in range(1, 13)
            if self.first <= date(year, month, 1) <= self.last
        ]
        return [(self.at(day), f"{day.month}月") for day in begins]


@dataclass(frozen=True)
class Task:
    """A key task as a bar on the line, `done` of it filled; `late` when its end has passed before it was done.

    `elapsed`: how much of its time is over, in whole percent.
    """

    task: KeyTask
    may_report: bool
    late: bool
    elapsed: int
    x: float
    width: float

    @property
    def done(self) -> float:
        return round(self.width * self.task.progress / DONE, 2)

    @property
    def behind(self) -> bool:
        """Less is done than time is over, though it is not late yet."""
        return not self.late and self.task.progress < min(self.elapsed, DONE)


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
    """A phase on the year's line, whether today is in it, and how many of the tasks that end in it are done."""

    phase: PlanPhase
    x: float
    width: float
    is_current: bool
    due: int = 0
    done: int = 0


@dataclass(frozen=True)
class PlanPage:
    """A plan with its goals, tasks and phases. `marker`: where today is on the line, in percent; None outside it."""

    plan: ActionPlan
    years: list[int]
    goals: list[Goal]
    bands: list[Band]
    months: list[tuple[float, str]]
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
        asked = whole_number(year)
        return None if asked is None else plans.filter(year=asked).first()
    return plans.filter(year__lte=today.year).order_by("-year").first() or plans.order_by("-year").first()


def plan_page(plan: ActionPlan, user: Any, today: date) -> PlanPage:
    tasks = list(KeyTask.objects.visible_to(user).filter(plan=plan).select_related("lead_unit").order_by("number"))
    phases = list(plan.phases.order_by("order"))
    line = line_of([*phases, *tasks])
    shown = [on_line(task, line, today, may_report=may_report(task, user)) for task in tasks] if line else []
    return PlanPage(
        plan=plan,
        years=years(user),
        goals=[
            Goal(goal, [one for one in shown if one.task.goal_id == goal.pk]) for goal in plan.goals.order_by("order")
        ],
        bands=[band(phase, line, tasks, today) for phase in phases] if line else [],
        months=line.months if line else [],
        marker=line.at(today) if line and line.first <= today <= line.last else None,
        days_left=(plan.target_on - today).days,
        average=sum(task.progress for task in tasks) // len(tasks) if tasks else 0,
        without_tasks=not tasks,
    )


def line_of(spans: Sequence[PlanPhase | KeyTask]) -> Line | None:
    """From the first day of any of them to the last; none without any."""
    return Line(min(one.starts_on for one in spans), max(one.ends_on for one in spans)) if spans else None


def on_line(task: KeyTask, line: Line, today: date, *, may_report: bool) -> Task:
    whole = (task.ends_on - task.starts_on).days + 1
    over = min(max((today - task.starts_on).days + 1, 0), whole)
    return Task(
        task=task,
        may_report=may_report,
        late=task.ends_on < today and task.progress < DONE,
        elapsed=over * DONE // whole,
        x=line.at(task.starts_on),
        width=line.length(task.starts_on, task.ends_on),
    )


def band(phase: PlanPhase, line: Line, tasks: Sequence[KeyTask], today: date) -> Band:
    due = [task for task in tasks if phase.starts_on <= task.ends_on <= phase.ends_on]
    return Band(
        phase=phase,
        x=line.at(phase.starts_on),
        width=line.length(phase.starts_on, phase.ends_on),
        is_current=phase.starts_on <= today <= phase.ends_on,
        due=len(due),
        done=sum(task.progress >= DONE for task in due),
    )
