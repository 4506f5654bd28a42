"""What of an activity cannot be so, and which matter it belongs to; imports ask the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from common.dates import date_fault
from enterprises.models import Workstream
from ledger.models import MAIN_MEASURES, ActivityKind, Measure
from ledger.services.errors import FieldsRefusedError

# Kinds that are done to someone: without whom they say nothing.
TARGETED = frozenset({ActivityKind.VISIT, ActivityKind.LEADER_VISIT, ActivityKind.DEPARTMENT, ActivityKind.CHECKUP})
MOST_TIMES = 1000
# Done at a headquarters for all who come: no firm or project is served, and the matter is the headquarters'.
AT_HEADQUARTERS = frozenset({ActivityKind.DUTY})
# What only one kind has, by form field.
ONLY = {
    "led_by": ActivityKind.LEADER_VISIT,
    f"output_{Measure.ATTENDANCE}": ActivityKind.DUTY,
    f"output_{Measure.VEHICLES}": ActivityKind.FLEXIBLE,
}
COLUMNS = (
    "kind", "happened_on", "led_by", "workstream", "campaign", "enterprise", "project", "target_name", "place",
    "met_with", "times", "summary",
)  # fmt: skip


def not_had(kind: str) -> set[str]:
    """The form fields that an activity of this kind has not: switching the kind clears them."""
    served = {"target", "target_name", "workstream"} if kind in AT_HEADQUARTERS else {"headquarters"}
    return served | {name for name, only in ONLY.items() if kind != only}


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
