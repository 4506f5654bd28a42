"""The paragraphs a briefing begins with: the office's own order, from the lead to the next steps.

Source: the office's published half-year briefing (docs/domain.md, 工作情况汇报).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from accounts.models import User
from reports.briefing.text import picks
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.language import names_in
from reports.briefing.text.picks import Pick
from reports.briefing.text.scopes import Scope

Picker = Callable[[Scope, User | None], list[Pick]]


@dataclass(frozen=True)
class Default:
    key: str
    section: str
    text: str
    lead: str = ""
    pick: Picker | None = None


LEADERS, LINKED, SERVED = "领导带头解难", "部门联点纾困", "干部服务排忧"
CONSENSUS, CLIMATE, DUTY, NEXT = "凝聚责任共识", "营造浓厚氛围", "强化责任担当", "下一步工作打算"
MATTER = "matter:"

BEFORE = (
    Default(
        "lead",
        "",
        "{period}，{who}紧扣“六件大事”开展派驻服务保障，"
        "[为企纾困{relief_services}|化解困难{problems_resolved}|为企业挽回和避免经济损失{losses_total}]。{opening_end}。",
    ),
    Default(
        "leaders",
        LEADERS,
        "坚持领导带头，{leaders}赴项目现场、重点企业调研督导{leader_visits}，涉及{leader_matters}。{examples}。"
        "[领导带头化解问题{leader_resolved}]，涉及{leader_kinds}等方面。",
        pick=picks.leader_picks,
    ),
    Default("duty", LINKED, "在各指挥部驻点坐班{duty_attendance}，现场接待企业和项目单位，就地受理、交办反映的问题。"),
)
# What the office publishes for each matter; a matter not named here is told by the figures every matter has.
MATTERS = {
    "blocks": "[办理公益诉讼案件{public_interest_cases@blocks}|制发检察建议{procuratorial_recommendations@blocks}]。",
    "park": "[摸排安全隐患{hazards_found@park}|调解涉企纠纷{disputes_mediated@park}|"
    "破获企业盗窃案{thefts_solved@park}|追回企业经济损失{losses_recovered@park}]。",
    "rings": "[提供涉企法律咨询{legal_consultations@rings}|代理涉企案件{cases_represented@rings}|"
    "挽回和避免损失{losses_recovered_avoided@rings}]。",
    "port": "[对轻微违法车辆免除处罚{vehicles_exempted@port}|减少企业运输成本{costs_saved@port}]。",
}
ANY_MATTER = "[服务企业和项目{{relief_services@{slug}@body}}|化解困难{{problems_resolved@{slug}@body}}]。"
AFTER = (
    Default(
        "departments",
        SERVED,
        "[部门服务企业{department_services}|结对规模以上企业{paired_above_scale}|"
        "园区治安案件零发生{calm_how}{park_calm_months}]。",
    ),
    Default(
        "outreach",
        SERVED,
        "[开展法治体检、送法进企等活动{outreach_events}|排查化解涉企矛盾纠纷{disputes_resolved}|"
        "办理涉企商标侵权案{trademark_cases}|破获涉企涉重点项目案件{enterprise_cases_solved}]。",
    ),
    Default(
        "campaign",
        SERVED,
        "开展{campaigns}专项行动，[拘留被执行人{debtors_detained}|到位执行款{enforcement_collected}]。",
    ),
    Default(
        "plan",
        CONSENSUS,
        "制定《{plan}》，明确{goals}，部署重点工作{key_tasks}，分{phases}推进。{met_on}，{meeting}专题研究工作方案。",
    ),
    Default(
        "publicity",
        CLIMATE,
        "[召开动员部署会{mobilisation_meetings}|发放普法宣传资料{leaflets}|提供法律咨询建议{advice_given}|"
        "开展普法宣传{publicity_sessions}]。",
    ),
    Default("typical", CLIMATE, "推出典型案例{typical_cases}，包括{examples}。", pick=picks.typical_picks),
    Default(
        "coverage",
        DUTY,
        "开展大走访大调查，[走访企业{enterprises_covered}|走访重点项目{projects_covered}|"
        "走访协会{associations_covered}|走访个体工商户{self_employed_covered}]，"
        "干警每人结对联系1家企业、1个重点项目。[发放征求意见调查表{survey_forms}]。",
    ),
    Default(
        "concentrated",
        DUTY,
        "自{concentrated_from}起集中化解问题{concentrated_resolved}，包括{examples}。",
        pick=picks.concentrated_picks,
    ),
    Default(
        "rates",
        NEXT,
        "截至{day}，本年度台账计入统计的问题{entries_counted}，化解率{resolution_rate}、办结率{completion_rate}；"
        "累计化解率{resolution_rate_all}、办结率{completion_rate_all}。目标日化解率{target_rate}，{target_verdict}。"
        "距{target_told}[还差{gap}|还有{days_left}|平均每周需化解{pace_needed}]。{reached}。",
    ),
    Default("next", NEXT, "按照工作方案，接下来抓好{next_phases}。"),
)


# What a unit, or one matter, says in other words than the office: it leads a part of the plan, it did not make it.
OF_UNIT = {
    "plan": "落实《{plan}》，围绕{goals}，分{phases}推进。牵头重点工作{key_tasks}。",
}
OF_MATTER = {
    "lead": "{period}，{who}围绕{scope}开展派驻服务保障，"
    "[为企纾困{relief_services}|化解困难{problems_resolved}|为企业挽回和避免经济损失{losses_total}]。{opening_end}。",
    "leaders": "坚持领导带头，{leaders}赴项目现场、重点企业调研督导{leader_visits}。{examples}。"
    "[领导带头化解问题{leader_resolved}]，涉及{leader_kinds}等方面。",
    "duty": "在{scope}指挥部驻点坐班{duty_attendance}，现场接待企业和项目单位，就地受理、交办反映的问题。",
    "plan": "落实《{plan}》，围绕{goals}，分{phases}推进。",
}


def defaults(scope: Scope) -> Iterator[Default]:
    """The outline of a scope: of one matter, only that matter's own paragraph among the six, without its name."""
    own = OF_UNIT if scope.unit else OF_MATTER if scope.workstream else {}
    for one in BEFORE:
        yield replace(one, text=own.get(one.key, one.text))
    for matter in scope.matters:
        if scope.workstream in (None, matter):
            text = MATTERS.get(matter.slug) or ANY_MATTER.format(slug=matter.slug)
            lead = "" if scope.workstream else matter.name
            yield Default(f"{MATTER}{matter.slug}", LINKED, f"{text}{{done}}。", lead)
    for one in AFTER:
        yield replace(one, text=own.get(one.key, one.text))


def default_picks(default: Default, scope: Scope, book: FigureBook, user: User | None) -> list[Pick]:
    """The records a paragraph begins with. A matter the office publishes no figures for, or that has none in the
    period, begins with what was done."""
    if default.pick:
        return default.pick(scope, user)
    if not default.key.startswith(MATTER):
        return []
    slug = default.key.removeprefix(MATTER)
    names = [name for name in names_in(default.text) if "@" in name]
    if slug in MATTERS and any(book.bound(name).value for name in names):
        return []
    matter = next(one for one in scope.matters if one.slug == slug)
    return picks.matter_picks(scope, user, matter.pk)
