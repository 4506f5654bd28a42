"""Every published figure, declared once: tally, dashboard, drill-down, export and briefing are views of this registry.

Adding a figure is adding one declaration (docs/adding-an-indicator.md). The two rates are in `reports.days.rates`.
"""

from django.db.models import Q

from cases.models import CRIMINAL_KINDS, DISPUTE_KINDS, SETTLING_RESULTS, CaseKind, CaseResult
from enterprises.models import EnterpriseKind
from ledger.models import ActivityKind, EntrySource, Measure, RecoveryKind
from reports.figures.registry import sources
from reports.figures.registry.dates import within
from reports.figures.registry.declaring import activity, always, closed, covered, filed, money, output
from reports.figures.registry.definitions import Indicator, Prose
from reports.figures.registry.revisions import CONCENTRATED, COUNTED_ONCE, FIRST, ONLY_SETTLED, REGISTERED

__all__ = ["CALM", "INDICATORS", "Indicator", "Prose"]

K, M = ActivityKind, Measure
NOT_RELIEF = (K.MOBILISATION, K.PUBLICITY)

LEADER_LED = (
    Q(entry__source_activity__kind=K.LEADER_VISIT) | Q(entry__source=EntrySource.INSPECTION) | ~Q(entry__led_by="")
)
RESOLVED = (
    "企业确认日期在统计期内的问题，一条只计一次：计第一次到所在半年末仍然有效（没有重新打开）的确认，"
    "此后重新化解的不再计；单位按确认时的责任单位"
)
SETTLED = Q(result__in=SETTLING_RESULTS)

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
        history=FIRST,
    ),
    Indicator(
        "problems_resolved",
        "化解困难",
        "个",
        sources.CONFIRMATIONS,
        RESOLVED,
        prose=Prose.HEADLINE,
        history=COUNTED_ONCE,
    ),
    money(
        "losses_total",
        "挽回和避免经济损失",
        tuple(RecoveryKind),
        "日期在统计期内的追回、避免、减免金额合计；一笔只挂一个案件、问题或活动，只计一次",
        prose=Prose.HEADLINE,
        history=FIRST,
    ),
    activity("leader_visits", "领导调研督导", "次", (K.LEADER_VISIT,), history=FIRST),
    Indicator(
        "leader_resolved",
        "领导带头化解问题",
        "个",
        sources.CONFIRMATIONS,
        f"{RESOLVED}；其中来源为领导督导、由领导调研督导活动提出或写明牵头领导的",
        where=always(LEADER_LED),
        prose=Prose.BODY,
        history=COUNTED_ONCE,
    ),
    output(
        "duty_attendance",
        "驻点坐班",
        M.ATTENDANCE,
        where=always(Q(measure=M.ATTENDANCE, activity__kind=K.DUTY)),
        definition="活动日期在统计期内的驻点坐班活动所记坐班人次合计",
        prose=Prose.BODY,
        history=FIRST,
    ),
    Indicator(
        "public_interest_cases",
        "公益诉讼案件",
        "件",
        sources.CASES,
        "立案日期在统计期内的公益诉讼案件",
        where=filed(Q(kind=CaseKind.PUBLIC_INTEREST)),
        home="blocks",
        history=FIRST,
    ),
    Indicator(
        "procuratorial_recommendations",
        "检察建议",
        "份",
        sources.RECOMMENDATIONS,
        "制发日期在统计期内的检察建议",
        home="blocks",
        history=FIRST,
    ),
    output("hazards_found", "摸排隐患", M.HAZARDS, prose=Prose.BODY, home="park", history=FIRST),
    Indicator(
        "disputes_mediated",
        "调解涉企纠纷",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为调解成功、判决或执行完毕的矛盾纠纷调解；撤回、其他和没有写结果的不计",
        where=closed(Q(kind=CaseKind.MEDIATION) & SETTLED),
        home="park",
        history=ONLY_SETTLED,
    ),
    Indicator(
        "thefts_solved",
        "破获企业盗窃案",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为破获的盗窃案",
        where=closed(Q(kind=CaseKind.THEFT, result=CaseResult.SOLVED)),
        home="park",
        history=FIRST,
    ),
    money(
        "losses_recovered",
        "追回企业经济损失",
        (RecoveryKind.RECOVERED,),
        "日期在统计期内、类型为追回的金额合计；避免和减免不计",
        prose=Prose.BODY,
        home="park",
        history=FIRST,
    ),
    output("legal_consultations", "涉企法律咨询", M.CONSULTATIONS, home="rings", history=FIRST),
    Indicator(
        "cases_represented",
        "代理涉企案件",
        "件",
        sources.CASES,
        "立案日期在统计期内的法律援助代理案件；按受理代理计，不等结案",
        where=filed(Q(kind=CaseKind.LEGAL_AID)),
        home="rings",
        history=FIRST,
    ),
    money(
        "losses_recovered_avoided",
        "挽回和避免损失",
        (RecoveryKind.RECOVERED, RecoveryKind.AVOIDED),
        "日期在统计期内的追回和避免金额合计；减免不计",
        home="rings",
        history=FIRST,
    ),
    output("vehicles_exempted", "免除处罚车辆", M.VEHICLES, home="port", history=FIRST),
    money(
        "costs_saved",
        "减少企业运输成本",
        (RecoveryKind.SAVED,),
        "日期在统计期内、类型为减免的金额合计",
        home="port",
        history=FIRST,
    ),
    activity("department_services", "部门服务企业", "次", (K.DEPARTMENT,), prose=Prose.BODY, history=FIRST),
    Indicator(
        "paired_above_scale",
        "结对规模以上企业",
        "家",
        sources.PAIRINGS,
        "统计期最后一天结对仍有效的规模以上企业，同一家只计一次；单位按结对干警所在单位",
        where=always(Q(enterprise__is_above_scale=True)),
        adds_up=False,
        history=FIRST,
    ),
    Indicator(
        "park_calm_months",
        "园区治安案件零发生",
        "个月",
        sources.PARK_SECURITY,
        "统计期内已经过完、五好园区没有治安案件立案的月数；未过完的月不计，不分单位",
        home="park",
        adds_up=False,
        history=FIRST,
    ),
    activity("outreach_events", "法治体检、送法进企等活动", "场次", (K.CHECKUP, K.OUTREACH), history=FIRST),
    Indicator(
        "disputes_resolved",
        "排查化解涉企矛盾纠纷",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为调解成功、判决或执行完毕的矛盾纠纷调解、劳动争议、买卖合同纠纷；"
        "撤回、其他和没有写结果的不计",
        where=closed(Q(kind__in=DISPUTE_KINDS) & SETTLED),
        history=ONLY_SETTLED,
    ),
    Indicator(
        "trademark_cases",
        "涉企商标侵权案",
        "件",
        sources.CASES,
        "立案日期在统计期内的商标侵权案件",
        where=filed(Q(kind=CaseKind.TRADEMARK)),
        history=FIRST,
    ),
    Indicator(
        "enterprise_cases_solved",
        "破获涉企涉重点项目案件",
        "起",
        sources.CASES,
        "结案日期在统计期内、结果为破获的盗窃、诈骗和其他刑事案件",
        where=closed(Q(kind__in=CRIMINAL_KINDS, result=CaseResult.SOLVED)),
        history=FIRST,
    ),
    Indicator(
        "debtors_detained",
        "拘留被执行人",
        "名",
        sources.CASES,
        "专项行动案件中，拘留日期在统计期内的被执行人数合计",
        where=lambda period: Q(campaign__isnull=False) & within("detained_on", period),
        amount="detained_persons",
        history=FIRST,
    ),
    money(
        "enforcement_collected",
        "到位执行款",
        (RecoveryKind.RECOVERED,),
        "专项行动的执行案件，日期在统计期内的追回金额合计",
        where=always(Q(kind=RecoveryKind.RECOVERED, case__kind=CaseKind.ENFORCEMENT, case__campaign__isnull=False)),
        prose=Prose.BODY,
        history=FIRST,
    ),
    activity("mobilisation_meetings", "动员部署会", "次", (K.MOBILISATION,), history=FIRST),
    output("leaflets", "普法宣传资料", M.LEAFLETS, prose=Prose.BODY, history=FIRST),
    output("advice_given", "法律咨询建议", M.ADVICE, prose=Prose.BODY, history=FIRST),
    activity("publicity_sessions", "普法宣传", "场次", (K.PUBLICITY,), history=FIRST),
    Indicator(
        "typical_cases",
        "典型案例",
        "篇",
        sources.TYPICAL_CASES,
        "发布日期在统计期内的典型案例",
        history=FIRST,
    ),
    Indicator(
        "survey_forms",
        "征求意见调查表",
        "份",
        sources.SURVEYS,
        "走访日期在统计期内的征求意见调查表",
        prose=Prose.BODY,
        history=FIRST,
    ),
    Indicator(
        "concentrated_resolved",
        "集中化解",
        "个",
        sources.CONCENTRATED,
        "企业确认日期从当年工作方案的集中化解起始日起、到统计期末止的问题，跨半年累计；年份按统计期末，当年没有工作方案的不统计。"
        "一条只计一次：计第一次到所在半年末仍然有效（没有重新打开）的确认；单位按确认时的责任单位",
        history=CONCENTRATED,
    ),
    Indicator(
        "key_tasks",
        "重点工作",
        "项",
        sources.TASKS,
        "统计期所在年度工作方案的重点工作；单位按牵头单位，不分六件大事",
        history=FIRST,
    ),
    covered("enterprises_covered", "走访企业", "家", EnterpriseKind.ENTERPRISE, history=FIRST),
    Indicator(
        "projects_covered",
        "走访重点项目",
        "个",
        sources.PROJECTS_SERVED,
        "活动日期在统计期内的服务活动（不限类型）到过的重点项目，同一个只计一次",
        adds_up=False,
        history=FIRST,
    ),
    covered("associations_covered", "走访协会", "个", EnterpriseKind.ASSOCIATION, history=FIRST),
    covered("self_employed_covered", "走访个体工商户", "家", EnterpriseKind.SELF_EMPLOYED, history=FIRST),
    Indicator(
        "entries_registered",
        "登记问题",
        "件",
        sources.REGISTRATIONS,
        "登记日期在统计期内的问题，不论后来怎样，不予受理和重复的也在内；单位按登记时的责任单位",
        history=REGISTERED,
    ),
)
INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in DECLARED}
CALM = INDICATORS["park_calm_months"]  # counts what did not happen, so no GROUP BY gives it
