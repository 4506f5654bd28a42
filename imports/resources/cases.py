"""涉企案件台账, with the money recovered and the recommendations issued."""

from collections.abc import Mapping
from typing import Any

from cases.models import CaseKind, CaseResult, CaseState, LegalCase, ProcuratorialRecommendation
from cases.numbers import oddness
from cases.services import CaseError, case_number, check_course
from imports.cells import Usual
from imports.cells.widgets import Choice, Column, Count, Day, Number, Text, Yuan
from imports.errors import RowError
from imports.known.parties import match_parties, note_parties
from imports.known.register import case_key
from imports.models import RowOutcome
from imports.planned.understood import person_words
from imports.resources.base import ImportResource, new_person
from imports.resources.cases_hanging import (
    MONEY,
    add_money,
    add_recommendations,
    move_money,
    note_recommendations,
    take_linked,
)
from ledger.models import Recovery

KIND_WORDS = {
    "涉企商标侵权": CaseKind.TRADEMARK,
    "假冒注册商标": CaseKind.TRADEMARK,
    "企业盗窃": CaseKind.THEFT,
    "执行案件": CaseKind.ENFORCEMENT,
    "纠纷调解": CaseKind.MEDIATION,
    "调解": CaseKind.MEDIATION,
    "法律援助": CaseKind.LEGAL_AID,
    "代理案件": CaseKind.LEGAL_AID,
    "劳动纠纷": CaseKind.LABOUR,
    "合同纠纷": CaseKind.SALES_CONTRACT,
    "买卖合同": CaseKind.SALES_CONTRACT,
    "治安": CaseKind.PUBLIC_SECURITY,
    "行政": CaseKind.ADMINISTRATIVE,
}
STATE_WORDS = {"办理中": CaseState.OPEN, "未结": CaseState.OPEN, "结案": CaseState.CLOSED, "办结": CaseState.CLOSED}
UNSAID = Usual(default=None)  # courts write yuan, the template 万元: a heading without a unit leaves it open


class CaseResource(ImportResource):
    kind, title, label_field = "cases", "涉企案件台账", "number"
    writes = (LegalCase, Recovery, ProcuratorialRecommendation)
    page = "cases:case-detail"
    named_fields = matched_fields = ("parties",)
    lookups = {"unit": "units", "workstream": "workstreams", "campaign": "campaigns"}
    read_only = ("挽回和避免损失", "减免")

    number = Column("案号", Number("案号", 60), required=True, example="（2023）湘0781民初9001号")
    kind_of = Column("案件类型", Choice("案件类型", CaseKind, KIND_WORDS), required=True, example="买卖合同纠纷")
    unit = Column("承办单位", Text(100), required=True, example="市人民法院", lookup="units")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    parties = Column(
        "涉案企业",
        Text(300),
        example="津市样例泰和物流有限公司",
        hint="多家用顿号隔开；在册的自动关联，其余只记名称",
        clears=(),
    )
    filed_on = Column("立案日期", Day(), required=True, example="2023-03-01")
    closed_on = Column("结案日期", Day(), example="2023-05-20", clears=())
    state = Column("状态", Choice("状态", CaseState, STATE_WORDS), example="已结", clears=())
    recovered = Column("挽回损失", Yuan(UNSAID), example="86.7万元", hint="不带单位按表头的，表头没有就会问", clears=())
    avoided = Column("避免损失", Yuan(UNSAID), example="", clears=())
    recommendations = Column("检察建议", Count(50), example="", clears=())
    notes = Column("备注", Text(), example="")
    matter = Column("案由", Text(200), example="", clears=("title",))
    officer = Column("承办人", Text(50), example="", hint="须已在干警花名册里，否则只作提示")
    campaign = Column("专项行动", Text(100), example="", lookup="campaigns")
    result = Column("结果", Choice("结果", CaseResult), example="")
    detained = Column("拘留", Count(1000), example="", hint="拘留被执行人的名数", clears=())
    detained_on = Column("拘留日期", Day(), example="", clears=())
    summary = Column("办理情况", Text(), example="")

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        register.cases = {
            case_key(case.number): case
            for case in LegalCase.objects.select_related("unit", "workstream", "campaign", "officer").prefetch_related(
                "enterprises"
            )
        }
        units, matters = ({row.pk: row for row in table.values()} for table in (register.units, register.workstreams))
        for recovery in Recovery.objects.exclude(case=None):
            recovery.unit, recovery.workstream = units[recovery.unit_id], matters.get(recovery.workstream_id)
            key = (recovery.case_id, recovery.kind)
            register.recoveries[key] = register.recoveries.get(key, 0) + recovery.amount
            register.hanging.money[LegalCase, recovery.case_id].append(recovery)
        take_linked(register)

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        key = case_key(values["number"])
        stored = register.cases.get(key)
        self.refuse_retired(values, stored)
        again = register.first_time(key, row.source.where, dict(values))
        wanted = wanted_fields(values, stored, row, register)
        if again == "same":
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 案号相同，内容相同")
            return
        if again:
            raise RowError("number", f"与 {register.seen[key][0]} 案号相同但内容不同，请只留一行")
        if stored is None:
            enterprises, others = match_parties(values["parties"], row, register)
            check_days(values, row, register)
            case = LegalCase(
                **without_none(wanted) | {"number": case_number(values["number"]), "party_names": "、".join(others)}
            )
            check_fit(case, register)
            if odd := oddness(case.number, case.filed_on.year):
                row.notes.append(f"案号“{case.number}”{odd}，请核对")
            plan.add(case, row)
            plan.links += [(case, enterprise) for enterprise in enterprises]
            add_money(case, values, register, plan, row)
            add_recommendations(case, values, register, plan, row)
            told = {"关联企业": "、".join(map(str, enterprises)), "只记名称": "、".join(others)}
        else:
            case, told = update(stored, wanted, values, row, register, plan), {}
        told["承办人"] = person_words(case.officer)
        row.understood |= {label: words for label, words in told.items() if words}
        row.made = case


def wanted_fields(values: dict[str, Any], stored: LegalCase | None, row: Any, register: Any) -> dict[str, Any]:
    state = values["state"] or (CaseState.CLOSED if values["closed_on"] else stored and stored.state)
    for name in MONEY:
        if values[name] and values[name].amount is None:
            raise RowError(name, f"金额“{values[name].text}”不是人民币，请折算后填写")
    return {name: values[name] for name in SAME} | {
        "kind": values["kind_of"],
        "state": state or CaseState.OPEN,
        "title": values["matter"],
        "result": values["result"] or "",
        "officer": new_person(values["officer"], stored and stored.officer, values["unit"], row, register),
        **detention(values, stored),
    }


SAME = ("number", "unit", "workstream", "campaign", "filed_on", "closed_on", "summary", "notes")


FIELDS = {"detained_persons": "detained"}  # of the case → of the row, where they differ


def without_none(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if value is not None}


def check_fit(case: LegalCase, register: Any) -> None:
    """The page's own rule of what fits together in a case.

    Raises:
        RowError: what does not.
    """
    try:
        check_course(case, register.today)
    except CaseError as error:
        raise RowError(FIELDS.get(error.field or "", error.field or "number"), str(error)) from error


def detention(values: dict[str, Any], stored: LegalCase | None) -> dict[str, Any]:
    """How many were detained and when: by the given day, else the stored one, else the day the case was closed."""
    persons = values["detained"]
    day = values["detained_on"] or (stored and stored.detained_on) or (values["closed_on"] if persons else None)
    return {"detained_on": day} | ({} if persons is None else {"detained_persons": persons})


DATES = ("filed_on", "closed_on", "detained_on")


def check_days(values: dict[str, Any], row: Any, register: Any) -> None:
    for name in DATES:
        register.check_day(row, name, values[name])


def update(
    stored: LegalCase, wanted: dict[str, Any], values: dict[str, Any], row: Any, register: Any, plan: Any
) -> LegalCase:
    before, place = register.facts(stored), (stored.unit, stored.workstream)
    note_parties(stored, values["parties"], row)
    note_recommendations(stored, values, row, register)
    changed = plan.change(stored, wanted | {"number": stored.number}, row)
    if stored.state == CaseState.OPEN and stored.closed_on and not values["closed_on"]:
        raise RowError("state", "系统里这个案件已结，不能由导入改回在办；请在案件页面修改")
    if changed:
        check_fit(stored, register)
    changed = add_money(stored, values, register, plan, row) or changed
    if place != (stored.unit, stored.workstream):
        move_money(stored, register, plan, row)
    register.check(row, "filed_on", before, register.facts(stored))
    row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)
    return stored
