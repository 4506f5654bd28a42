"""Service activities of a half-year, by a plan of how many; 2023's first half has exact totals."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from enterprises.models import Enterprise, KeyProject, Workstream
from jinshi_zf.demo.world import World, by_workstream
from ledger.models import ActivityKind, ActivityOutput, Measure, ServiceActivity

K, M = ActivityKind, Measure
SAID = {
    K.VISIT: ["了解生产经营情况，宣讲惠企政策", "走访车间，听取企业诉求", "核对上次反映问题的办理情况"],
    K.LEADER_VISIT: ["实地查看项目进度，现场协调要素保障", "召开座谈会，听取企业意见建议"],
    K.DEPARTMENT: ["联合部门上门办理审批事项", "协调解决用水用电问题"],
    K.CHECKUP: ["审查合同文本，提示用工风险", "梳理规章制度，出具体检报告"],
    K.OUTREACH: ["讲解劳动合同法和安全生产法", "发放涉企法律手册，现场解答"],
    K.HAZARD: ["检查消防通道和监控设施", "排查厂区周边治安隐患"],
    K.FLEXIBLE: ["轻微交通违法教育提醒后免罚", "指导货运车辆规范通行"],
    K.CONSULTATION: ["解答合同履行和欠款追收问题", "提供诉讼指引"],
    K.DUTY: ["在指挥部驻点值守，接待企业来访"],
    K.PUBLICITY: ["在广场设点，宣传优化营商环境政策", "志愿服务日普法宣传"],
    K.MOBILISATION: ["部署政法机关服务六件大事工作"],
}
LEADERS = ["市委常委、政法委书记", "市人民法院院长", "市人民检察院检察长", "市公安局局长"]


@dataclass(frozen=True)
class HalfPlan:
    """How much of what; pairs are (activities, sum of their output)."""

    visits: int = 129
    leader_visits: int = 12
    departments: int = 16
    checkups: int = 18
    outreach: int = 14
    hazards: tuple[int, int] = (8, 44)
    vehicles: tuple[int, int] = (6, 54)
    consultations: tuple[int, int] = (10, 174)
    duties: int = 7  # at each headquarters, three people each
    publicity: int = 30
    volunteer_days: int = 19
    leaflets: int = 2046
    advice: int = 206
    mobilisation: int = 4

    @classmethod
    def share(cls, percent: int) -> "HalfPlan":
        """Some percent of the usual."""
        values: dict[str, Any] = {}
        for name, usual in vars(cls()).items():
            pair = isinstance(usual, tuple)
            values[name] = tuple(max(n * percent // 100, 1) for n in usual) if pair else max(usual * percent // 100, 1)
        return cls(**values)


@dataclass
class Planned:
    """An activity not yet saved, with its outputs and companions."""

    activity: ServiceActivity
    outputs: Mapping[Measure, int] = field(default_factory=dict)
    companions: list[User] = field(default_factory=list)


class HalfYear:
    """Draws the activities of one span of days."""

    def __init__(self, world: World, plan: HalfPlan, first: date, last: date) -> None:
        self.world, self.plan, self.first, self.last = world, plan, first, last
        self.unvisited: list[Enterprise] = world.rng.sample(world.enterprises, len(world.enterprises))
        self.projects: dict[int | None, list[KeyProject]] = by_workstream(world.projects)

    def draw(self) -> list[Planned]:
        planned = [*self.hazards(), *self.visits(), *self.vehicles(), *self.consultations(), *self.at_large()]
        return sorted(planned, key=lambda one: one.activity.happened_on)

    def make(
        self, kind: ActivityKind, officer: User, outputs: Mapping[Measure, int] | None = None, **more: Any
    ) -> Planned:
        rng = self.world.rng
        unit = more.pop("unit", officer.unit)
        activity = ServiceActivity(
            kind=kind,
            happened_on=self.world.day(self.first, self.last),
            unit=unit,
            officer=officer,
            created_by=officer,
            summary=rng.choice(SAID[kind]),
            **more,
        )
        mates = [one for one in self.world.staff_of(unit) if one != officer]
        return Planned(activity, outputs or {}, rng.sample(mates, min(len(mates), rng.randint(0, 2))))

    def at_firm(self, kind: ActivityKind, firm: Enterprise, outputs: Mapping[Measure, int] | None = None) -> Planned:
        return self.make(
            kind,
            self.world.officer_for(firm),
            outputs,
            enterprise=firm,
            workstream=firm.workstream,
            place=firm.address,
            met_with=firm.contact_name,
        )

    def next_firm(self) -> Enterprise:
        """Everyone once before anyone twice."""
        return self.unvisited.pop() if self.unvisited else self.world.rng.choice(self.world.enterprises)

    def visits(self) -> Iterator[Planned]:
        plan = self.plan
        counts = {
            K.VISIT: plan.visits,
            K.LEADER_VISIT: plan.leader_visits,
            K.DEPARTMENT: plan.departments,
            K.CHECKUP: plan.checkups,
            K.OUTREACH: plan.outreach,
        }
        for kind, count in counts.items():
            for number in range(count):
                firm = self.next_firm()
                one = self.at_firm(kind, firm)
                waiting = self.projects[firm.workstream_id]
                if waiting:
                    one.activity.project = waiting.pop()
                    one.activity.place = f"{one.activity.project.name}现场"
                if kind == K.LEADER_VISIT:
                    one.activity.led_by = LEADERS[number % len(LEADERS)]
                yield one

    def hazards(self) -> Iterator[Planned]:
        """In the park, first of all so that its firms are still to be visited."""
        count, total = self.plan.hazards
        park = self.world.workstreams["park"].pk
        firms = [firm for firm in self.unvisited if firm.workstream_id == park][:count]
        for firm, found in zip(firms, self.world.split(total, len(firms)), strict=True):
            self.unvisited.remove(firm)
            yield self.at_firm(K.HAZARD, firm, {M.HAZARDS: found})

    def vehicles(self) -> Iterator[Planned]:
        count, total = self.plan.vehicles
        staff = self.world.staff_of(self.world.units["traffic_police"])
        for number in self.world.split(total, count):
            firm = self.world.rng.choice(self.world.firms_of("port"))
            one = self.at_firm(K.FLEXIBLE, firm, {M.VEHICLES: number})
            one.activity.officer = one.activity.created_by = self.world.rng.choice(staff)
            one.activity.unit = self.world.units["traffic_police"]
            one.companions = []
            yield one

    def consultations(self) -> Iterator[Planned]:
        count, total = self.plan.consultations
        staff = self.world.staff_of(self.world.units["justice_bureau"])
        for number in self.world.split(total, count):
            firm = self.world.rng.choice(self.world.firms_of("rings"))
            one = self.at_firm(K.CONSULTATION, firm, {M.CONSULTATIONS: number})
            one.activity.officer = one.activity.created_by = self.world.rng.choice(staff)
            one.activity.unit = self.world.units["justice_bureau"]
            one.companions = []
            yield one

    def at_large(self) -> Iterator[Planned]:
        """Duties at the six headquarters, publicity on the squares, meetings: to no firm in particular."""
        rng, plan = self.world.rng, self.plan
        for stream in self.world.workstreams.values():
            for _ in range(plan.duties):
                place = f"{stream.name}指挥部"
                yield self.general(K.DUTY, stream, {M.ATTENDANCE: 3}, place)
        streams = list(self.world.workstreams.values())
        leaflets = self.world.split(plan.leaflets, plan.publicity)
        advice = self.world.split(plan.advice, plan.volunteer_days)
        for number in range(plan.publicity):
            outputs = {M.LEAFLETS: leaflets[number], M.PARTICIPANTS: rng.randint(30, 120)}
            if number < len(advice):
                outputs[M.ADVICE] = advice[number]
            yield self.general(K.PUBLICITY, rng.choice(streams), outputs, "人民广场")
        for _ in range(plan.mobilisation):
            yield self.general(K.MOBILISATION, None, {M.PARTICIPANTS: rng.randint(40, 90)}, "市委会议室")

    def general(
        self, kind: ActivityKind, stream: Workstream | None, outputs: Mapping[Measure, int], place: str
    ) -> Planned:
        officer = self.world.rng.choice(self.world.officers)
        return self.make(kind, officer, outputs, workstream=stream, place=place, target_name=place)


def save(planned: list[Planned]) -> list[ServiceActivity]:
    """All of them in a few statements."""
    saved = ServiceActivity.objects.bulk_create([one.activity for one in planned], batch_size=300)
    outputs = [
        ActivityOutput(activity=one.activity, measure=measure, quantity=quantity)
        for one in planned
        for measure, quantity in one.outputs.items()
    ]
    ActivityOutput.objects.bulk_create(outputs, batch_size=500)
    joined = ServiceActivity.participants.through
    joined.objects.bulk_create(
        [joined(serviceactivity=one.activity, user=mate) for one in planned for mate in one.companions],
        batch_size=500,
    )
    return saved


def visits_by_firm(activities: list[ServiceActivity]) -> dict[int, list[ServiceActivity]]:
    """Where problems may have been heard."""
    found: dict[int, list[ServiceActivity]] = defaultdict(list)
    for activity in activities:
        if activity.enterprise_id:
            found[activity.enterprise_id].append(activity)
    return found
