"""Activities that the system knows already, come back in an exported list with some cells put right."""

from typing import Any

from common.text import name_key
from enterprises.models import Enterprise, KeyProject
from imports.errors import RowError
from imports.known.matching import LEAVE_UNLINKED, match, several
from imports.models import RowOutcome
from imports.resources.base import known_record, new_person
from ledger.models import MAIN_MEASURES, ActivityKind, ActivityOutput, Measure, ServiceActivity
from ledger.services.activities import COLUMNS, column_faults

FIXED = {"kind_of": ("kind", "活动类型"), "unit": ("unit", "单位")}
AMENDABLE = ("happened_on", "workstream", "campaign", "led_by", "met_with", "summary")


def amend(values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
    """Plans the differences between a row and the stored activity that its number names.

    Raises:
        RowError: no such activity, a closed half-year, or a cell that an import does not change says something else.
    """
    activity = known_record(register.activities, values, row, register)
    row.label = str(activity)[:200]
    row.made = activity
    if row.outcome == RowOutcome.DUPLICATE:
        return
    for name, (field, label) in FIXED.items():
        if values[name] != getattr(activity, field):
            raise RowError(name, f"已登记的活动不能由导入改{label}；请在活动页面修改，或作为新的登记、系统编号留空")
    before, matter = register.facts(activity), activity.workstream
    wanted = {name: values[name] for name in AMENDABLE} | {"place": values["location"]}
    wanted |= wanted_officer(activity, values, row, register) | wanted_target(activity, values, row, register)
    wanted |= wanted_times(activity, values)
    changed = plan.change(activity, wanted, row)
    changed = change_outputs(activity, values, row, register, plan) or changed
    if changed:
        check_fit(activity, row, register)
    if changed and matter != activity.workstream and activity.pk in register.with_money:
        raise RowError("workstream", "这次活动登记了挽回损失，所属大事请在活动页面修改")
    register.check(row, "happened_on", before, register.facts(activity))
    row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)


FIELDS = {"kind": "kind_of", "times": "quantity"}  # of the activity → of the row, where they differ


def check_fit(activity: ServiceActivity, row: Any, register: Any) -> None:
    """The page's own rule of what an activity must say. A list that has no column for the leader is not to blame for
    it: the row says what is to be added on the page.

    Raises:
        RowError: what it lacks.
    """
    faults = column_faults({name: getattr(activity, name) for name in COLUMNS}, register.today)
    if "led_by" in faults and not row.source.has("led_by"):
        del faults["led_by"]
        row.notes.append("表里没有带队领导一列，导入后请在活动页面补上")
    for name, words in faults.items():
        raise RowError(FIELDS.get(name, name), words)


def wanted_officer(activity: ServiceActivity, values: dict[str, Any], row: Any, register: Any) -> dict[str, Any]:
    officer = new_person(values["officer"], activity.officer, activity.unit, row, register)
    if values["officer"] and officer is None:
        raise RowError("officer", f"“{values['officer']}”不在{activity.unit}的花名册里，请核对")
    return {"officer": officer}


def wanted_target(activity: ServiceActivity, values: dict[str, Any], row: Any, register: Any) -> dict[str, Any]:
    """Whom the activity served, where the cell names somebody else: in the register, or in words."""
    words = values["target"]
    if not words and "target_name" not in row.cleared:
        return {}
    if words and name_key(words) == name_key(activity.target):
        return {}
    enterprise, project = served(words, row, register) if words else (None, None)
    row.cleared |= {"enterprise", "project", "target_name"}
    return {"enterprise": enterprise, "project": project, "target_name": "" if enterprise or project else words}


def served(name: str, row: Any, register: Any) -> tuple[Enterprise | None, KeyProject | None]:
    """The enterprise or the project that a name means, if any; the row tells where only the words are kept.

    Raises:
        UnsureError: it may mean several enterprises, or nearly means one.
    """
    key = name_key(name)
    if key in register.projects and len(register.by_name.get(key, ())) != 1:
        return None, register.projects[key]
    found = match(register, row, "target", name, otherwise=LEAVE_UNLINKED)
    parts = several(register, name) if found is None else []
    if parts:
        row.notes.append(f"服务对象像是写了 {len(parts)} 家，一次活动只关联一家，现只记名称；要分别关联的请分行写")
    return found, None


def wanted_times(activity: ServiceActivity, values: dict[str, Any]) -> dict[str, Any]:
    if activity.kind in MAIN_MEASURES or values["quantity"] is None:
        return {}
    if values["quantity"] == 0:
        raise RowError("quantity", "数量为 0 表示没有做，请填写次数，或在活动页面删除")
    return {"times": values["quantity"]}


def change_outputs(activity: ServiceActivity, values: dict[str, Any], row: Any, register: Any, plan: Any) -> bool:
    """New quantities of what came of the activity, by the measure's own name."""
    given = {Measure.LEAFLETS: values["leaflets"], Measure.ADVICE: values["advice"], **dict(values["others"])}
    main = MAIN_MEASURES.get(ActivityKind(activity.kind))
    if main:
        given[main] = values["quantity"]
    changed = False
    for measure, quantity in given.items():
        stored = register.outputs.get((activity.pk, measure))
        if quantity is None or quantity == (stored.quantity if stored else 0):
            continue
        row.changes[measure.label] = [str(stored.quantity) if stored else "（空）", str(quantity)]
        if stored:
            plan.change(stored, {"quantity": quantity}, row)
            row.changes.pop("数量")
        else:
            made = ActivityOutput(activity=activity, measure=measure, quantity=quantity)
            plan.add(made, row)
            register.hanging.outputs[activity.pk].append(made)
        changed = True
    return changed
