"""Logging what was done on site: the activity, its outputs, its files and the problems heard there, together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from common.closing import Corrected, changed_words
from common.dates import date_fault
from common.files import CheckedFile
from common.forms.conflicts import save_version
from common.periods import local_date
from enterprises.models import Workstream
from ledger.closed.guard import held, look, settle
from ledger.models import (
    MAIN_MEASURES,
    ActivityKind,
    ActivityOutput,
    EntrySource,
    Measure,
    ProblemCategory,
    ProblemEntry,
    ServiceActivity,
)
from ledger.services.entries.moving import create_entry
from ledger.services.errors import FieldsRefusedError, LedgerError
from ledger.services.files import attach, remove
from ledger.services.rights import may_change

# Kinds that are done to someone: without whom they say nothing.
TARGETED = frozenset({ActivityKind.VISIT, ActivityKind.LEADER_VISIT, ActivityKind.DEPARTMENT, ActivityKind.CHECKUP})
MOST_TIMES = 1000
SOURCES = {ActivityKind.DUTY: EntrySource.DUTY, ActivityKind.LEADER_VISIT: EntrySource.INSPECTION}
COLUMNS = (
    "kind", "happened_on", "led_by", "workstream", "campaign", "enterprise", "project", "target_name", "place",
    "met_with", "times", "summary",
)  # fmt: skip


@dataclass(frozen=True)
class ProblemData:
    """A problem heard on site, to become a ledger entry."""

    title: str
    category: ProblemCategory
    content: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class ActivityData:
    """What a person typed: the activity's own columns by name, and what hangs on it."""

    columns: Mapping[str, Any]
    outputs: Mapping[str, int] = field(default_factory=dict)
    participants: Sequence[User] = ()
    problems: Sequence[ProblemData] = ()
    files: Sequence[CheckedFile] = ()


@dataclass(frozen=True)
class Logged:
    """The activity, and the entries registered with it."""

    activity: ServiceActivity
    entries: Sequence[ProblemEntry]


def faults_of(columns: Mapping[str, Any], outputs: Mapping[str, int | None], today: date) -> dict[str, str]:
    """What cannot be so, by form field (`output_<measure>` for outputs); empty when all is well."""
    return column_faults(columns, today) | output_faults(columns.get("kind"), outputs)


def column_faults(columns: Mapping[str, Any], today: date) -> dict[str, str]:
    """The same of the activity's own columns, whether typed or imported."""
    kind = columns.get("kind")
    faults = {}
    if not kind:
        faults["kind"] = "请选择做了什么，例如走访企业"
    if words := date_fault(columns.get("happened_on"), today, day_label(kind)):
        faults["happened_on"] = words
    if kind in TARGETED and not any(columns.get(name) for name in ("enterprise", "project", "target_name")):
        faults["target"] = f"请选择{ActivityKind(kind).label}的企业或项目；不在册的，写下名称"
    if kind == ActivityKind.LEADER_VISIT and not columns.get("led_by"):
        faults["led_by"] = "请写明带队领导，例如市委政法委主要领导"
    times = columns.get("times") or 0
    if not 1 <= times <= MOST_TIMES:
        faults["times"] = "次数至少是 1" if times < 1 else f"次数超过 {MOST_TIMES}，请核对"
    return faults


def output_faults(kind: str | None, outputs: Mapping[str, int | None]) -> dict[str, str]:
    main = MAIN_MEASURES.get(ActivityKind(kind)) if kind else None
    faults = {}
    if main and outputs.get(main) is None:
        faults[f"output_{main}"] = f"请填写{main.label}多少{main.unit_word}，没有就填 0"
    for measure, quantity in outputs.items():
        if quantity is not None and quantity < 0:
            faults[f"output_{measure}"] = f"{Measure(measure).label}不能小于 0"
    return faults


def day_label(kind: str | None) -> str:
    """What people call the date of such an activity."""
    return "走访日期" if kind == ActivityKind.VISIT else "日期"


def matter_served(columns: Mapping[str, Any]) -> Workstream | None:
    """The matter of the enterprise or project that an activity served."""
    served = [columns.get("enterprise"), columns.get("project")]
    return next((one.workstream for one in served if one and one.workstream), None)


def told_outputs(kind: str, outputs: Mapping[Any, int | None]) -> dict[Measure, int]:
    """What of the quantities is kept: 0 only where it is the kind's own measure (0 hazards found)."""
    main = MAIN_MEASURES.get(ActivityKind(kind))
    return {Measure(name): n for name, n in outputs.items() if n or (n == 0 and name == main)}


def log_activity(
    *, actor: User, at: datetime, data: ActivityData, submission: UUID | None = None, reason: str = ""
) -> Logged:
    """Records an activity with its outputs, files and problems; the same form sent twice records it once.

    Raises:
        FieldsRefusedError: something typed cannot be so.
        PeriodClosedError: a closed period would count it, and no `reason` is given.
        LedgerError: the person belongs to no unit.
    """
    try:
        with transaction.atomic():
            return find_logged(actor, submission) or record(actor, at, data, submission, reason)
    except IntegrityError:
        # The same form arrived twice at one moment: the other one has recorded it by now.
        if earlier := find_logged(actor, submission):
            return earlier
        raise


def find_logged(actor: User, submission: UUID | None) -> Logged | None:
    if submission is None:
        return None
    made = ServiceActivity.objects.visible_to(actor).filter(created_by=actor, submission=submission).first()
    return Logged(made, list(made.entries.order_by("pk"))) if made else None


def record(actor: User, at: datetime, data: ActivityData, submission: UUID | None, reason: str) -> Logged:
    columns = completed(data.columns, actor)
    check(columns, data.outputs, local_date(at))
    if actor.unit is None:
        raise LedgerError("您的账号没有所属单位，请联系管理员设置后再登记")
    seen = look()
    activity = ServiceActivity.objects.create(
        **columns, unit=actor.unit, officer=actor, created_by=actor, submission=submission
    )
    activity.participants.set(data.participants)
    set_outputs(activity, data.outputs)
    entries = [register_problem(activity, actor, at, problem) for problem in data.problems]
    settle(seen, Corrected(activity, lambda: f"补记，{told(activity)}", reason, actor))
    attach(data.files, by=actor, activity=activity)  # last: a refusal leaves no files behind
    return Logged(activity, entries)


def check(columns: Mapping[str, Any], outputs: Mapping[str, int], today: date) -> None:
    if faults := faults_of(columns, outputs, today):
        raise FieldsRefusedError(faults)


def completed(columns: Mapping[str, Any], officer: User | None) -> dict[str, Any]:
    """The columns with the matter they belong to: as chosen, else the enterprise's, the project's, the officer's."""
    found = {name: columns[name] for name in COLUMNS if name in columns}
    if found.get("workstream") is None:
        found["workstream"] = matter_served(found)
    if found["workstream"] is None and officer and officer.work_group_id:
        found["workstream"] = Workstream.objects.filter(work_group=officer.work_group_id).first()
    return found


def set_outputs(activity: ServiceActivity, outputs: Mapping[str, int]) -> None:
    """Makes the stored outputs these."""
    wanted = told_outputs(activity.kind, outputs)
    for output in activity.outputs.all():
        quantity = wanted.pop(Measure(output.measure), None)
        if quantity is None:
            output.delete()
        elif quantity != output.quantity:
            output.quantity = quantity
            output.save()
    for measure, quantity in wanted.items():
        ActivityOutput.objects.create(activity=activity, measure=measure, quantity=quantity)


def register_problem(activity: ServiceActivity, actor: User, at: datetime, problem: ProblemData) -> ProblemEntry:
    """A problem heard on site, registered with the activity as its source."""
    kind = ActivityKind(activity.kind)
    return create_entry(
        actor=actor,
        at=at,
        title=problem.title,
        content=problem.content,
        category=problem.category,
        amount=problem.amount,
        unit=activity.unit,
        source=SOURCES.get(kind, EntrySource.VISIT),
        source_activity=activity,
        led_by=activity.led_by if kind == ActivityKind.LEADER_VISIT else "",
        enterprise=activity.enterprise,
        project=activity.project,
        workstream=activity.workstream,
        contact_name=activity.met_with[:50],
    )


@transaction.atomic
def update_activity(
    *, activity: ServiceActivity, actor: User, at: datetime, data: ActivityData, version: int | None, reason: str = ""
) -> Logged:
    """Changes an activity, and registers the problems added to it.

    Raises:
        StaleVersionError: someone saved it since the form was opened.
        FieldsRefusedError, PeriodClosedError, LedgerError: as for logging; closed periods count also its money, and
            whether problems resolved in them were raised at a leader's visit.
    """
    seen = look(activity)
    changed, was = (ServiceActivity.objects.get(pk=activity.pk) for _ in range(2))
    refuse_others(changed, actor, "修改")
    said = told(was)
    columns = completed(data.columns, changed.officer)
    check(columns, data.outputs, local_date(at))
    for name, value in columns.items():
        setattr(changed, name, value)
    save_version(changed, version)
    move_money(changed)
    changed.participants.set(data.participants)
    set_outputs(changed, data.outputs)
    entries = [register_problem(changed, actor, at, problem) for problem in data.problems]
    words = changed_words(was, changed) + (f"；成果：{said} → {told(changed)}" if said != told(changed) else "")
    settle(seen, Corrected(changed, words, reason, actor))
    attach(data.files, by=actor, activity=changed)
    return Logged(changed, entries)


def told(activity: ServiceActivity) -> str:
    """How often and with what outputs: “1 次，检查 0 处”, as a correction tells it."""
    outputs = activity.outputs.order_by("measure")
    said = [f"{one.get_measure_display()} {one.quantity}{Measure(one.measure).unit_word}" for one in outputs]
    return "，".join([f"{activity.times} 次", *said])


def move_money(activity: ServiceActivity) -> None:
    """Money tied to the activity goes along to another matter."""
    for recovery in activity.recoveries.all():
        if recovery.workstream_id != activity.workstream_id:
            recovery.workstream_id = activity.workstream_id
            recovery.version += 1
            recovery.save()


@transaction.atomic
def delete_activity(*, activity: ServiceActivity, actor: User, reason: str = "") -> str:
    """Deletes an activity, as it is now, with its outputs and files, and gives back its name.

    Raises:
        PeriodClosedError: a closed period counts it, and no `reason` is given.
        LedgerError: not one's own, gone already, or something was registered from it.
    """
    seen, stored = look(activity), held(activity)
    if stored is None:
        raise LedgerError("这次活动已被删除，请刷新后查看")
    refuse_others(stored, actor, "删除")
    numbers = list(stored.entries.order_by("pk").values_list("number", flat=True))
    if numbers:
        raise LedgerError(f"从这次活动登记了问题 {'、'.join(numbers)}，不能删除；填错的请用“修改”")
    if stored.recoveries.exists():
        raise LedgerError("这次活动登记了挽回损失，不能删除；请先删除那笔金额，或用“修改”")
    named, words = str(stored), f"删除，原为 {told(stored)}"
    for attachment in stored.attachments.all():
        remove(attachment)
    stored.delete()
    settle(seen, Corrected(stored, words, reason, actor))
    return named


def refuse_others(activity: ServiceActivity, actor: User, what: str) -> None:
    if not may_change(activity, actor):
        raise LedgerError(f"只有经办干警、登记人和本单位联络员可以{what}这次活动")
