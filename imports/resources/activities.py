"""服务活动台账."""

import hashlib
from collections.abc import Mapping
from typing import Any

from common.text import half_width
from enterprises.models import Enterprise, KeyProject
from imports.cells.widgets import Choice, Column, Count, Day, Reference, Text
from imports.errors import Question, RowError, option
from imports.known import people
from imports.known.asking import Asking, answer
from imports.known.register import chunks, take_projects
from imports.models import RowOutcome
from imports.planned.understood import person_words
from imports.resources.activities_measures import heading_unit, measured
from imports.resources.activities_stored import amend, check_fit, served
from imports.resources.base import ImportResource
from imports.tables.table import Table
from ledger.closed.footprint import hanging_on
from ledger.models import MAIN_MEASURES, ActivityKind, ActivityOutput, Measure, Recovery, ServiceActivity
from ledger.selectors.entries.exports import ACTIVITY_PREFIX
from ledger.services.activities import matter_served, told_outputs

KIND_WORDS = {
    "走访": ActivityKind.VISIT,
    "企业走访": ActivityKind.VISIT,
    "入企走访": ActivityKind.VISIT,
    "领导调研": ActivityKind.LEADER_VISIT,
    "领导督导": ActivityKind.LEADER_VISIT,
    "调研督导": ActivityKind.LEADER_VISIT,
    "坐班": ActivityKind.DUTY,
    "部门服务企业": ActivityKind.DEPARTMENT,
    "咨询": ActivityKind.CONSULTATION,
    "涉企法律咨询": ActivityKind.CONSULTATION,
    "送法入企": ActivityKind.OUTREACH,
    "普法": ActivityKind.PUBLICITY,
    "动员会": ActivityKind.MOBILISATION,
    "摸排隐患": ActivityKind.HAZARD,
    "其他": ActivityKind.OTHER,
}


class ActivityResource(ImportResource):
    kind, title, label_field = "activities", "服务活动台账", "target"
    writes = (ServiceActivity, ActivityOutput)
    page = "ledger:activity-detail"
    named_fields = matched_fields = ("target",)
    lookups = {"workstream": "workstreams", "unit": "units", "campaign": "campaigns"}
    read_only = ("次数", "成果")

    happened_on = Column("日期", Day(), required=True, example="2023-05-12")
    kind_of = Column("活动类型", Choice("活动类型", ActivityKind, KIND_WORDS), required=True, example="走访企业")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    unit = Column("单位", Text(100), required=True, example="市公安局", lookup="units")
    officer = Column("经办干警", Text(50), example="干警0001")
    target = Column(
        "服务对象",
        Text(200),
        example="津市样例泰和物流有限公司",
        hint="在册的企业、项目会自动关联",
        clears=("enterprise", "project", "target_name"),
    )
    quantity = Column(
        "数量", Count(), example=1, clears=(), hint="坐班的人次、咨询的次数、排查的处数，其他活动的次数；空着算 1"
    )
    measure = Column("计量单位", Text(10), example="次", clears=(), hint="次、场次、人次、处、台；份记作发放资料")
    leaflets = Column("发放资料", Count(), example=50, clears=())
    advice = Column("咨询人次", Count(), example=5, clears=())
    summary = Column("内容摘要", Text(), example="现场了解用工情况")
    led_by = Column("带队领导", Text(50), example="")
    campaign = Column("专项行动", Text(100), example="", lookup="campaigns")
    location = Column("地点", Text(200), example="", clears=("place",))
    met_with = Column("见到的人", Text(100), example="")
    ref = Column("系统编号", Reference(ACTIVITY_PREFIX), offered=False)

    def read_headings(self, table: Table) -> None:
        unit = heading_unit(table.columns.get("quantity", ""))
        for source in table.rows if unit else ():
            if source.text("quantity") and not source.text("measure"):
                source.cells["measure"] = unit

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        take_projects(register, keys)
        matters = register.workstreams.values()
        register.group_matters = {one.work_group_id: one for one in matters if one.work_group_id}
        known = ServiceActivity.objects.exclude(fingerprint=None)
        register.fingerprints = set(known.values_list("fingerprint", flat=True))
        told = known.exclude(led_by="", place="", met_with="", campaign=None)
        register.partly_told = {row[0]: row[1:] for row in told.values_list("fingerprint", *EXTRAS.values())}
        for pks in chunks(keys["refs"]):
            stored = ServiceActivity.objects.select_related(
                "unit", "officer", "workstream", "campaign", "enterprise", "project"
            )
            register.activities |= {row.pk: row for row in stored.filter(pk__in=pks)}
            outputs = ActivityOutput.objects.filter(activity__in=pks)
            register.outputs |= {(row.activity_id, row.measure): row for row in outputs}
            register.with_money |= set(Recovery.objects.filter(activity__in=pks).values_list("activity", flat=True))
        if register.books:
            register.hanging = hanging_on(ServiceActivity, list(register.activities.values()), register.books)
            register.hanging.outputs.clear()  # in their stead the ones that rows change
            for output in register.outputs.values():
                register.hanging.outputs[output.activity_id].append(output)

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        values = measured(values, row, register)
        if values["ref"]:
            amend(values, row, register, plan)
            return
        self.refuse_retired(values, None)
        row.label = f"{ActivityKind(values['kind_of']).label} {values['happened_on']} {values['target']}"[:200]
        key = fingerprint(values)
        if key in register.fingerprints or is_told_less(values, row, register):
            row.settle(RowOutcome.DUPLICATE, "这项活动已经在系统里（各栏都相同）")
            return
        if register.first_time(key, row.source.where, None):
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 各栏都相同")
            return
        note_twin(values, row, register)
        register.check_day(row, "happened_on", values["happened_on"])
        activity = make_activity(values, key, row, register)
        check_fit(activity, row, register)
        plan.add(activity, row)
        row.made = activity
        tell(values, activity, row)
        for measure, quantity in outputs(values).items():
            plan.add(ActivityOutput(activity=activity, measure=measure, quantity=quantity), row)


EXTRAS = {"led_by": "led_by", "location": "place", "met_with": "met_with", "campaign": "campaign_id"}


def extras(values: dict[str, Any]) -> tuple[Any, ...]:
    """Who led it, where, whom they met, in which campaign: two activities may differ in nothing else."""
    told = tuple(getattr(values[name], "pk", values[name]) for name in EXTRAS)
    return told if any(told) else ()


def fingerprint(values: dict[str, Any], *, whole: bool = True) -> str:
    told = [values["happened_on"], values["kind_of"], values["unit"].pk, getattr(values["workstream"], "pk", "")]
    told += [half_width(values[name]) for name in ("officer", "target", "summary")]
    told += [values[name] for name in ("quantity", "leaflets", "advice")]
    told += [*values["others"], *["uncounted"] * values["is_uncounted"]]
    told += map(half_width, map(str, extras(values))) if whole else ()
    return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()


def is_told_less(values: dict[str, Any], row: Any, register: Any) -> bool:
    """Whether a stored activity without place, leader and people met is the one that a row tells more of.

    Raises:
        UnsureError: it may be, and nobody has said so yet.
    """
    told, basic = extras(values), fingerprint(values, whole=False)
    if not told or basic not in register.fingerprints:
        return False
    if basic in register.partly_told:  # taken in when these columns did not count
        return bool(register.partly_told[basic] == told)
    question = Question(
        field="target",
        name=values["target"] or values["summary"][:30],
        key=f"activity:{fingerprint(values)[:32]}",
        reason="系统里有一项各栏相同的活动，只是没写地点、带队领导、见到的人或专项行动",
        options=(
            option("same", "就是那一项", "不另登记；这几栏请在活动页面补上"),
            option("another", "是另一项", "另外登记，次数分别计"),
        ),
        prompt="是同一项吗？",
        done="就这样",
        alike="完全相同的",
    )
    return bool(answer(register, row, question) == "same")


def note_twin(values: dict[str, Any], row: Any, register: Any) -> None:
    """Two rows that differ in nothing but these columns are two activities; that is pointed out."""
    basic = fingerprint(values, whole=False)
    key = f"but for the extras {basic}"
    where = register.seen.get(key) or register.seen.get(basic)
    if extras(values):
        register.seen.setdefault(key, (row.source.where, None))
    if where and where[0] != row.source.where:
        row.notes.append(f"与 {where[0]} 只差地点、带队领导、见到的人或专项行动，作为另一项登记")


def outputs(values: dict[str, Any]) -> dict[Measure, int]:
    """Measure → quantity; a column left blank says nothing but that the kind's own was done once."""
    given = {Measure.LEAFLETS: values["leaflets"], Measure.ADVICE: values["advice"], **dict(values["others"])}
    main = MAIN_MEASURES.get(values["kind_of"])
    if main and not values["is_uncounted"]:
        given[main] = 1 if values["quantity"] is None else values["quantity"]
    return told_outputs(values["kind_of"], given)


def tell(values: dict[str, Any], activity: ServiceActivity, row: Any) -> None:
    """Whom the activity is linked to, and whose it is."""
    linked = activity.enterprise or activity.project
    label = "关联企业" if activity.enterprise else "关联项目"
    told = {label: linked.name if linked else "", "经办干警": person_words(activity.officer)}
    if values["target"] and not linked:
        told["服务对象"] = "不在册，只记名称"
    row.understood |= {name: words for name, words in told.items() if words}


def matter_of(enterprise: Enterprise | None, project: KeyProject | None, officer: Any, row: Any, register: Any) -> Any:
    """The matter of an activity whose row leaves it open, as on the page: of whom it served, else of the officer."""
    found, whose = matter_served({"enterprise": enterprise, "project": project}), "服务对象"
    if found is None and officer and officer.work_group_id:
        found, whose = register.group_matters.get(officer.work_group_id), "经办干警"
    if found:
        row.notes.append(f"所属大事没有填，按{whose}记为“{found}”")
    return found


def make_activity(values: dict[str, Any], key: str, row: Any, register: Any) -> ServiceActivity:
    """数量 is the kind's own measure where it has one (人次, 处), else how many times it was done."""
    counted = values["kind_of"] in MAIN_MEASURES
    if not counted and values["quantity"] == 0:
        raise RowError("quantity", "数量为 0 表示没有做，请填写次数或删去这一行")
    asking, officer = Asking(), None
    with asking:
        enterprise, project = served(values["target"], row, register) if values["target"] else (None, None)
    with asking:
        officer = people.officer(register, row, "officer", values["officer"], values["unit"], "写入内容摘要")
    asking.done()
    summary = values["summary"]
    if values["officer"] and officer is None:
        summary = f"{summary}（经办：{values['officer']}）"
    return ServiceActivity(
        kind=values["kind_of"],
        happened_on=values["happened_on"],
        unit=values["unit"],
        officer=officer,
        workstream=values["workstream"] or matter_of(enterprise, project, officer, row, register),
        enterprise=enterprise,
        project=project,
        target_name="" if enterprise or project else values["target"],
        times=1 if counted else values["quantity"] or 1,
        summary=summary,
        led_by=values["led_by"],
        campaign=values["campaign"],
        place=values["location"],
        met_with=values["met_with"],
        fingerprint=key,
    )
