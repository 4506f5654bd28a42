"""Every published figure, declared once: tally, dashboard, drill-down, export and briefing are views of this registry.

Adding a figure is adding one declaration. The two rates are in `reports.days.rates`.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q

from cases.models import CRIMINAL_KINDS, DISPUTE_KINDS, CaseKind, CaseResult
from common.periods import AnyPeriod
from enterprises.models import EnterpriseKind
from ledger.models import ActionPlan, ActivityKind, EntrySource, Measure, RecoveryKind
from reports.figures import sources
from reports.figures.definitions import Indicator, Prose
from reports.figures.sources import within

__all__ = ["CALM", "INDICATORS", "Indicator", "Prose"]

K, M = ActivityKind, Measure
NOT_RELIEF = (K.MOBILISATION, K.PUBLICITY)


def always(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule


def kinds(*chosen: ActivityKind) -> Callable[[AnyPeriod], Q]:
    return always(Q(kind__in=chosen))


def closed(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule & within("closed_on", period)


def filed(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule & within("filed_on", period)


def concentrated(period: AnyPeriod) -> Q:
    """Confirmed on or after the day the plan of that year names; without a plan none is."""
    rule = Q(pk__in=[])
    for year in range(period.start.year, period.end.year + 1):
        plan = ActionPlan.objects.filter(year=year).values("concentrated_from")[:1]
        rule |= Q(happened_on__gte=plan, happened_on__lte=date(year, 12, 31))
    return rule


def activity(code: str, label: str, unit_word: str, chosen: tuple[ActivityKind, ...], **more: Any) -> Indicator:
    names = "、".join(kind.label for kind in chosen)
    definition = f"活动日期在统计期内、类型为{names}的服务活动，按次数合计"
    return Indicator(
        code, label, unit_word, sources.ACTIVITIES, definition, where=kinds(*chosen), amount="times", **more
    )


def output(code: str, label: str, measure: Measure, **more: Any) -> Indicator:
    definition = f"活动日期在统计期内的服务活动所记“{measure.label}”数量合计"
    more = {"where": always(Q(measure=measure)), "definition": definition, **more}
    return Indicator(code, label, measure.unit_word, sources.OUTPUTS, amount="quantity", **more)


def money(code: str, label: str, chosen: tuple[RecoveryKind, ...], definition: str, **more: Any) -> Indicator:
    more = {"where": always(Q(kind__in=chosen)), **more}
    return Indicator(code, label, "元", sources.RECOVERIES, definition, amount="amount", is_money=True, **more)


def covered(code: str, label: str, unit_word: str, kind: EnterpriseKind) -> Indicator:
    return Indicator(
        code,
        label,
        unit_word,
        sources.ENTERPRISES_SERVED,
        f"活动日期在统计期内的服务活动（不限类型）到过的在册{kind.label}，同一家只计一次",
        where=always(Q(enterprise__kind=kind)),
        adds_up=False,
    )


LEADER_LED = (
    Q(entry__source_activity__kind=K.LEADER_VISIT) | Q(entry__source=EntrySource.INSPECTION) | ~Q(entry__led_by="")
)
RESOLVED = (
    "企业确认日期在统计期内、且到期末仍为已确认或已销号的问题；重新打开的不计，不予受理和重复的不计；按期末责任单位分"
)

DECLARED: tuple[Indicator, ...] = (
    Indicator(
        "relief_services",
        "为企纾困",
        "次",
        sources.ACTIVITIES,
        "活动日期在统计期内、对象为在册企业或重点项目的服务活动，按次数合计；动员部署会和普法宣传不计",
        where=always((Q(enterprise__isnull=False) | Q(project__isnull=False)) & ~Q(kind__in=NOT_RELIEF)),
        amount="times",
        prose=Prose.HEADLINE,
    ),
    Indicator("problems_resolved", "化解困难", "个", sources.CONFIRMATIONS, RESOLVED, prose=Prose.HEADLINE),
    money(
        "losses_total",
        "挽回和避免经济损失",
        tuple(RecoveryKind),
        "日期在统计期内的追回、避免、减免金额合计；一笔只挂一个案件、问题或活动，只计一次",
        prose=Prose.HEADLINE,
    ),
    activity("leader_visits", "领导调研督导", "次", (K.LEADER_VISIT,)),
    Indicator(
        "leader_resolved",
        "领导带头化解问题",
        "个",
        sources.CONFIRMATIONS,
        f"{RESOLVED}；其中来源为领导督导、由领导调研督导活动提出或写明牵头领导的",
        where=always(LEADER_LED),
        prose=Prose.BODY,
    ),
    output(
        "duty_attendance",
        "驻点坐班",
        M.ATTENDANCE,
        where=always(Q(measure=M.ATTENDANCE, activity__kind=K.DUTY)),
        definition="活动日期在统计期内的驻点坐班活动所记坐班人次合计",
        prose=Prose.BODY,
    ),
    Indicator(
        "public_interest_cases",
        "公益诉讼案件",
        "件",
        sources.CASES,
        "立案日期在统计期内的公益诉讼案件",
        where=filed(Q(kind=CaseKind.PUBLIC_INTEREST)),
        home="blocks",
    ),
    Indicator(
        "procuratorial_recommendations",
        "检察建议",
        "份",
        sources.RECOMMENDATIONS,
        "制发日期在统计期内的检察建议",
        home="blocks",
    ),
    output("hazards_found", "摸排隐患", M.HAZARDS, prose=Prose.BODY, home="park"),
    Indicator(
        "disputes_mediated",
        "调解涉企纠纷",
        "起",
        sources.CASES,
        "结案日期在统计期内的矛盾纠纷调解",
        where=closed(Q(kind=CaseKind.MEDIATION)),
        home="park",
    ),
    Indicator(
        "thefts_solved",
        "破获企业盗窃案",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为破获的盗窃案",
        where=closed(Q(kind=CaseKind.THEFT, result=CaseResult.SOLVED)),
        home="park",
    ),
    money(
        "losses_recovered",
        "追回企业经济损失",
        (RecoveryKind.RECOVERED,),
        "日期在统计期内、类型为追回的金额合计；避免和减免不计",
        prose=Prose.BODY,
        home="park",
    ),
    output("legal_consultations", "涉企法律咨询", M.CONSULTATIONS, home="rings"),
    Indicator(
        "cases_represented",
        "代理涉企案件",
        "件",
        sources.CASES,
        "立案日期在统计期内的法律援助代理案件；按受理代理计，不等结案",
        where=filed(Q(kind=CaseKind.LEGAL_AID)),
        home="rings",
    ),
    money(
        "losses_recovered_avoided",
        "挽回和避免损失",
        (RecoveryKind.RECOVERED, RecoveryKind.AVOIDED),
        "日期在统计期内的追回和避免金额合计；减免不计",
        home="rings",
    ),
    output("vehicles_exempted", "免除处罚车辆", M.VEHICLES, home="port"),
    money(
        "costs_saved",
        "减少企业运输成本",
        (RecoveryKind.SAVED,),
        "日期在统计期内、类型为减免的金额合计",
        home="port",
    ),
    activity("department_services", "部门服务企业", "次", (K.DEPARTMENT,), prose=Prose.BODY),
    Indicator(
        "paired_above_scale",
        "结对规模以上企业",
        "家",
        sources.PAIRINGS,
        "统计期最后一天结对仍有效的规模以上企业，同一家只计一次；单位按结对干警所在单位",
        where=always(Q(enterprise__is_above_scale=True)),
        adds_up=False,
    ),
    Indicator(
        "park_calm_months",
        "园区治安案件零发生",
        "个月",
        sources.PARK_SECURITY,
        "统计期内已经过完、五好园区没有治安案件立案的月数；未过完的月不计，不分单位",
        home="park",
        adds_up=False,
    ),
    activity("outreach_events", "法治体检、送法进企等活动", "场次", (K.CHECKUP, K.OUTREACH)),
    Indicator(
        "disputes_resolved",
        "排查化解涉企矛盾纠纷",
        "起",
        sources.CASES,
        "结案日期在统计期内的矛盾纠纷调解、劳动争议、买卖合同纠纷",
        where=closed(Q(kind__in=DISPUTE_KINDS)),
    ),
    Indicator(
        "trademark_cases",
        "涉企商标侵权案",
        "件",
        sources.CASES,
        "立案日期在统计期内的商标侵权案件",
        where=filed(Q(kind=CaseKind.TRADEMARK)),
    ),
    Indicator(
        "enterprise_cases_solved",
        "破获涉企涉重点项目案件",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为破获的盗窃、诈骗和其他刑事案件",
        where=closed(Q(kind__in=CRIMINAL_KINDS, result=CaseResult.SOLVED)),
    ),
    Indicator(
        "debtors_detained",
        "拘留被执行人",
        "名",
        sources.CASES,
        "专项行动案件中，拘留日期在统计期内的被执行人数合计",
        where=lambda period: Q(campaign__isnull=False) & within("detained_on", period),
        amount="detained_persons",
    ),
    money(
        "enforcement_collected",
        "到位执行款",
        (RecoveryKind.RECOVERED,),
        "专项行动的执行案件，日期在统计期内的追回金额合计",
        where=always(Q(kind=RecoveryKind.RECOVERED, case__kind=CaseKind.ENFORCEMENT, case__campaign__isnull=False)),
        prose=Prose.BODY,
    ),
    activity("mobilisation_meetings", "动员部署会", "次", (K.MOBILISATION,)),
    output("leaflets", "普法宣传资料", M.LEAFLETS, prose=Prose.BODY),
    output("advice_given", "法律咨询建议", M.ADVICE, prose=Prose.BODY),
    activity("publicity_sessions", "普法宣传", "场次", (K.PUBLICITY,)),
    Indicator("typical_cases", "典型案例", "篇", sources.TYPICAL_CASES, "发布日期在统计期内的典型案例"),
    Indicator(
        "survey_forms",
        "征求意见调查表",
        "份",
        sources.SURVEYS,
        "走访日期在统计期内的征求意见调查表",
        prose=Prose.BODY,
    ),
    Indicator(
        "concentrated_resolved",
        "集中化解",
        "个",
        sources.CONFIRMATIONS,
        f"{RESOLVED}；其中确认日期在当年工作方案的集中化解起始日及以后的，没有工作方案的年份不计",
        where=concentrated,
    ),
    Indicator(
        "key_tasks",
        "重点工作",
        "项",
        sources.TASKS,
        "统计期所在年度工作方案的重点工作；单位按牵头单位，不分六件大事",
    ),
    covered("enterprises_covered", "走访企业", "家", EnterpriseKind.ENTERPRISE),
    Indicator(
        "projects_covered",
        "走访重点项目",
        "个",
        sources.PROJECTS_SERVED,
        "活动日期在统计期内的服务活动（不限类型）到过的重点项目，同一个只计一次",
        adds_up=False,
    ),
    covered("associations_covered", "走访协会", "个", EnterpriseKind.ASSOCIATION),
    covered("self_employed_covered", "走访个体工商户", "家", EnterpriseKind.SELF_EMPLOYED),
)
INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in DECLARED}
CALM = INDICATORS["park_calm_months"]  # counts what did not happen, so no GROUP BY gives it
