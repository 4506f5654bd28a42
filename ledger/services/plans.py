"""工作方案 of a year: setting it up, and reporting how far its key tasks are."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from common.closing import look, settle_register
from common.forms.conflicts import save_version
from ledger.models import ActionPlan, KeyTask, PlanGoal, PlanPhase
from ledger.services.errors import FieldsRefusedError, LedgerError
from ledger.services.rights import coordinates

# Source: the office's plan of 2023 (docs/domain.md); a new year starts from the same goals and phases.
GOALS = ("保护市场主体合法权益", "提升涉企执法司法水平", "强化法治保障服务力度")
PHASES = (("宣传发动", (4, 1), (5, 31)), ("行动攻坚", (6, 1), (10, 31)), ("总结提升", (11, 1), (12, 31)))
FULL = 100


@dataclass(frozen=True)
class PlanData:
    """The head of a plan: the share of problems to be resolved, in percent, and by when."""

    year: int
    title: str
    target_percent: int
    target_on: date
    concentrated_from: date


@transaction.atomic
def create_plan(*, data: PlanData, by: User | None = None) -> ActionPlan:
    """Sets up a year's plan with the three goals and three phases; its tasks are added afterwards.

    Raises:
        FieldsRefusedError: the year has a plan, or the dates do not fit.
    """
    faults = {}
    if ActionPlan.objects.filter(year=data.year).exists():
        faults["year"] = f"{data.year} 年的工作方案已经有了"
    if not 1 <= data.target_percent <= FULL:
        faults["target_percent"] = "目标要在 1 到 100 之间"
    if data.target_on.year != data.year:
        faults["target_on"] = f"目标日期要在 {data.year} 年内"
    if data.concentrated_from > data.target_on:
        faults["concentrated_from"] = "集中化解起始日不能晚于目标日期"
    if faults:
        raise FieldsRefusedError(faults)
    seen = look()
    plan = ActionPlan.objects.create(
        year=data.year,
        title=data.title,
        target_percent=data.target_percent,
        target_on=data.target_on,
        concentrated_from=data.concentrated_from,
    )
    for n, name in enumerate(GOALS, 1):
        PlanGoal.objects.create(plan=plan, order=n, name=name)
    for n, (name, first, last) in enumerate(PHASES, 1):
        days = {"starts_on": date(data.year, *first), "ends_on": date(data.year, *last)}
        PlanPhase.objects.create(plan=plan, order=n, name=name, **days)
    settle_register(seen, plan, f"{data.concentrated_from} 起集中化解", by)
    return plan


@dataclass(frozen=True)
class TaskData:
    """One of a plan's key tasks as an admin sets it up."""

    goal: PlanGoal
    name: str
    content: str
    lead_unit: Unit | None
    starts_on: date
    ends_on: date


@transaction.atomic
def add_task(*, plan: ActionPlan, data: TaskData, by: User | None = None) -> KeyTask:
    """Adds a key task under the next number of its plan.

    Raises:
        FieldsRefusedError: it ends before it starts, or the plan has it already.
    """
    faults = {}
    if data.ends_on < data.starts_on:
        faults["ends_on"] = f"结束 {data.ends_on:%Y-%m-%d} 早于开始 {data.starts_on:%Y-%m-%d}，请改正"
    if plan.tasks.filter(name=data.name).exists():
        faults["name"] = f"方案里已有重点工作“{data.name}”"
    if faults:
        raise FieldsRefusedError(faults)
    last = plan.tasks.order_by("-number").values_list("number", flat=True).first() or 0
    seen = look()
    made = KeyTask.objects.create(
        plan=plan,
        number=last + 1,
        goal=data.goal,
        name=data.name,
        content=data.content,
        lead_unit=data.lead_unit,
        starts_on=data.starts_on,
        ends_on=data.ends_on,
    )
    settle_register(seen, made, "新增重点工作", by)
    return made


def may_report(task: KeyTask, user: User) -> bool:
    """Admins, and coordinators of the unit that leads the task."""
    return user.role == Role.ADMIN or coordinates(user, task.lead_unit)


@transaction.atomic
def report_progress(*, task: KeyTask, actor: User, progress: int, note: str, version: int | None) -> KeyTask:
    """Says how far a key task is, in percent, and what was done.

    Raises:
        StaleVersionError: someone reported in between.
        FieldsRefusedError: no percentage, or a change without a word on it.
        LedgerError: not this person's to report.
    """
    stored = KeyTask.objects.select_related("lead_unit").get(pk=task.pk)
    if not may_report(stored, actor):
        raise LedgerError("进展由牵头单位联络员或管理员填报")
    if not 0 <= progress <= FULL:
        raise FieldsRefusedError({"progress": "进度要在 0 到 100 之间"})
    if progress != stored.progress and not note.strip():
        raise FieldsRefusedError({"progress_note": "请写明进展，例如做了哪些工作、还差什么"})
    stored.progress, stored.progress_note = progress, note.strip()
    save_version(stored, version)
    return stored
