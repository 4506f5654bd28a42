"""The ledger of each span: who raised what, and how far it came."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from enterprises.models import Enterprise
from jinshi_zf.demo.activities import visits_by_firm
from jinshi_zf.demo.chains import Chain, ForbiddenMoveError
from jinshi_zf.demo.world import World, evidence
from ledger.models import ActivityKind, EntrySource, Priority, ServiceActivity, SurveyForm
from ledger.moves.data import MoveData
from ledger.states import Action

# category → titles, and the kind of unit that leads
PROBLEMS = {
    "合同纠纷": (["买卖合同货款被拖欠", "销售合同纠纷，希望分期还款", "工程款结算争议"], "court"),
    "劳资纠纷": (["农民工工资拖欠", "工伤赔偿协商不成"], "justice_bureau"),
    "执行难": (["胜诉后执行款迟迟不到位", "被执行人转移财产"], "court"),
    "治安环境": (["厂区周边夜间治安巡逻不足", "工地材料时有丢失", "货车出入口乱停车"], "public_security"),
    "用地规划": (["企业用地手续办理缓慢", "新城控规修编影响扩建"], "commission"),
    "知识产权": (["产品商标被仿冒", "专利侵权取证困难"], "procuratorate"),
    "融资租金": (["疫情期间厂房租金减免未落实", "银行续贷担保困难"], "commission"),
    "行政审批": (["环评审批材料反复补正", "消防验收排期过长"], "justice_bureau"),
    "法律咨询": (["用工合同条款需要指导", "出口合同风险咨询"], "justice_bureau"),
    "其他": (["运输车辆通行证办理不便", "限行路段影响货物进出"], "traffic_police"),
}
APPEALS = "企业反映：{title}，希望政法机关协调解决。"


class Ledger:
    """Draws entries of one span of days."""

    def __init__(self, world: World, activities: Sequence[ServiceActivity]) -> None:
        self.world, self.rng = world, world.rng
        self.heard = visits_by_firm(list(activities))
        self.leader_visits = [one for one in activities if one.kind == ActivityKind.LEADER_VISIT and one.enterprise_id]
        self.firms: dict[int | None, Enterprise] = {firm.pk: firm for firm in world.enterprises}
        self.file = evidence()

    def problem(self, firm: Enterprise | None, registrar: User | None, day: date, **fields: Any) -> Chain:
        """One more problem of a firm."""
        if firm is None or registrar is None:
            raise ForbiddenMoveError("a problem is some firm's and told by somebody")
        name = self.rng.choice(list(PROBLEMS))
        title = self.rng.choice(PROBLEMS[name][0])
        return Chain.register(
            self.world,
            registrar,
            day,
            **{
                "title": title,
                "content": APPEALS.format(title=title),
                "category": self.world.categories[name],
                "priority": self.rng.choices(list(Priority), [80, 15, 5])[0],
                "enterprise": firm,
                "workstream": firm.workstream,
                "contact_name": firm.contact_name,
                "contact_phone": firm.contact_phone,
                **fields,
            },
        )

    def from_leader(self, first: date, last: date) -> Chain:
        """Raised at a leader's visit of the span, or written down as led by one."""
        visits = [one for one in self.leader_visits if first <= one.happened_on <= last]
        if not visits:
            firm = self.rng.choice(self.world.enterprises)
            officer, day = self.world.officer_for(firm), self.world.day(first, last)
            return self.problem(firm, officer, day, source=EntrySource.INSPECTION, led_by="市委常委、政法委书记")
        visit = self.rng.choice(visits)
        firm = self.firms[visit.enterprise_id]
        return self.problem(
            firm, visit.officer, visit.happened_on, source=EntrySource.INSPECTION, source_activity=visit
        )

    def from_form(self, form: SurveyForm) -> Chain:
        return self.problem(
            self.firms[form.enterprise_id],
            form.officer,
            form.visited_on,
            source=EntrySource.SURVEY,
            source_form=form,
            category=form.category,
            title=form.appeal,
            content=APPEALS.format(title=form.appeal),
            amount=form.amount,
        )

    def usual(self, first: date, last: date) -> Chain:
        """Heard at a visit where there was one, else by telephone or from the firm."""
        firm = self.rng.choice(self.world.enterprises)
        visits = [
            one
            for one in self.heard.get(firm.pk, [])
            if first <= one.happened_on <= last and one.kind == ActivityKind.VISIT
        ]
        if visits:
            visit = self.rng.choice(visits)
            return self.problem(firm, visit.officer, visit.happened_on, source=EntrySource.VISIT, source_activity=visit)
        source = self.rng.choice([EntrySource.HOTLINE, EntrySource.ENTERPRISE, EntrySource.DUTY])
        return self.problem(firm, self.world.officer_for(firm), self.world.day(first, last), source=source)

    def lead_of(self, chain: Chain) -> tuple[Any, User]:
        unit = self.world.units[PROBLEMS[chain.entry.category.name][1]]
        return unit, self.rng.choice(self.world.staff_of(unit))

    # ---- how far ----

    def until(self, chain: Chain, last: date, confirmed_on: date | None = None) -> Chain:
        """Goes the usual way up to a day; resolved on `confirmed_on` if that day has come, else left on its way."""
        start, steps = chain.entry.registered_on, [Action.ACCEPT, Action.ASSIGN, Action.ACKNOWLEDGE, Action.PROGRESS]
        span = (confirmed_on - start).days if confirmed_on else 30
        fractions = {Action.ACCEPT: 0, Action.ASSIGN: 5, Action.ACKNOWLEDGE: 15, Action.PROGRESS: 40}
        for step in steps:
            day = start + timedelta(days=span * fractions[step] // 100)
            if day > last or (step == Action.PROGRESS and confirmed_on is None and self.rng.random() < 0.5):
                return chain
            self.step(chain, step, day)
        if confirmed_on is None:
            return chain
        completed_on = start + timedelta(days=span * 80 // 100)
        if completed_on <= last:
            chain.complete(completed_on, self.file)
        if confirmed_on <= last:
            chain.confirm(confirmed_on)
        closed_on = confirmed_on + timedelta(days=self.rng.randint(0, 4))
        if closed_on <= last:
            chain.close(closed_on)
        return chain

    def step(self, chain: Chain, action: Action, day: date) -> None:
        if action == Action.ACCEPT:
            chain.move(action, chain.receiver(), day)
        elif action == Action.ASSIGN:
            chain.assign(day, *self.lead_of(chain))
        elif action == Action.ACKNOWLEDGE:
            chain.move(action, chain.entry.handler, day)
        else:
            chain.progress(day)

    def rejected(self, first: date, last: date) -> Chain:
        chain = self.usual(first, last - timedelta(days=2))
        day = chain.entry.registered_on
        chain.move(Action.REJECT, chain.receiver(), day, MoveData(note="属企业内部管理事项，已说明理由并指引其他途径"))
        return chain

    def duplicate_of(self, original: Chain, last: date) -> Chain:
        """The same problem raised again; the original must be saved already."""
        entry = original.entry
        day = min(entry.registered_on + timedelta(days=3), last)
        officer = self.world.officer_for(entry.enterprise) if entry.enterprise else None
        chain = self.problem(
            entry.enterprise, officer, day, title=entry.title, category=entry.category, source=EntrySource.HOTLINE
        )
        chain.move(Action.MARK_DUPLICATE, chain.receiver(), day, MoveData(duplicate_of=entry, is_same=True))
        return chain

    def reopened(self, chain: Chain, day: date, last: date, confirmed_again: date | None = None) -> Chain:
        """A closed entry comes back, and may be resolved once more."""
        chain.move(Action.REOPEN, self.world.people["admin"], day, MoveData(note="企业反映对方再次违约"))
        if confirmed_again and confirmed_again <= last:
            chain.complete(confirmed_again - timedelta(days=2), self.file)
            chain.confirm(confirmed_again)
        return chain
