"""A few entries of the last weeks, made through the real services, so that everyone's work page has something to do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from auditlog.context import set_actor

from accounts.models import Unit, User
from cases.models import LegalCase
from enterprises.models import Enterprise
from jinshi_zf.demo.orders import press
from jinshi_zf.demo.world import World, at, evidence
from ledger.models import ActivityKind, EntrySource, PartResult, ProblemEntry, ServiceActivity, Verdict
from ledger.moves.data import MoveData, Piece
from ledger.sampling import span_of
from ledger.services.checking.rechecks import draw, judge, may_judge
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import create_entry
from ledger.states import Action

TITLES = [
    "厂区围墙外夜间偷盗频发",
    "货款被拖欠，请求协助催收",
    "工地与村民因道路通行发生争执",
    "门前道路大货车违停影响进出",
    "仿冒商标产品在本地销售",
    "农民工工资结算存在分歧",
    "租金减免政策未落实到位",
    "消防验收进度缓慢",
]


@dataclass
class Story:
    """One entry on its way by the real service, a step every two days from its start."""

    world: World
    entry: ProblemEntry
    day: date
    officer: User

    def go(self, action: Action, actor: User, data: MoveData | None = None, days: int = 1) -> "Story":
        self.day = min(self.day + timedelta(days=days), self.world.today - timedelta(days=1))
        with set_actor(actor):
            previous = self.entry.events.latest("seq")
            moment = max(at(self.day), previous.occurred_at + timedelta(minutes=10))
            advance_entry(entry=self.entry, action=action, actor=actor, at=moment, data=data)
        return self

    def accept(self) -> "Story":
        return self.go(Action.ACCEPT, self.world.people["coordinator"])

    def assign(self, deadline: date) -> "Story":
        reason = "需要等待上级部门批复"
        data = MoveData(lead_unit=self.unit, handler=self.officer, deadline=deadline, deadline_reason=reason)
        return self.go(Action.ASSIGN, self.world.people["coordinator"], data, days=0)

    @property
    def unit(self) -> Unit:
        return self.world.units["public_security"]

    def handle(self, note: str = "已到现场核实，正在协商") -> "Story":
        self.go(Action.ACKNOWLEDGE, self.officer)
        return self.go(Action.PROGRESS, self.officer, MoveData(note=note))

    def wait(self) -> "Story":
        return self.go(Action.PAUSE, self.officer, MoveData(note="等企业补齐合同和付款凭证"))

    def go_on(self) -> "Story":
        return self.go(Action.RESUME, self.officer, MoveData(note="企业已补齐材料"), days=3)

    def warn(self) -> "Story":
        return self.go(Action.WARN, self.world.people["leader"], MoveData(note="两周没有进展，请尽快上门"))

    def complete(self) -> "Story":
        data = MoveData(note="已增加夜间巡逻并抓获嫌疑人", files=(evidence(),))
        return self.go(Action.COMPLETE, self.officer, data, days=2)

    def confirm(self) -> "Story":
        data = MoveData(
            note="巡逻明显增加，表示满意",
            rating="satisfied",
            spoken_with=self.entry.contact_name,
            spoken_at=at(self.day),
        )
        return self.go(Action.CONFIRM, self.world.people["coordinator"], data)

    def ask(self, action: Action, until: date, note: str) -> "Story":
        return self.go(action, self.officer, MoveData(until=until, note=note))

    def decide(self, action: Action, note: str = "") -> "Story":
        return self.decide_with(action, MoveData(note=note))

    def decide_with(self, action: Action, data: MoveData) -> "Story":
        return self.go(action, self.world.people["office"], data)

    def hand_on(self, action: Action, unit: Unit | None, note: str) -> "Story":
        return self.go(action, self.world.people["coordinator"], MoveData(lead_unit=unit, note=note))

    def support(self, deadline: date, *units: Unit) -> "Story":
        """Assigned with supporting units, of which the first has reported."""
        data = MoveData(lead_unit=self.unit, handler=self.officer, deadline=deadline, supporting_units=units)
        data = replace(data, deadline_reason="需要几家单位配合")
        self.go(Action.ASSIGN, self.world.people["coordinator"], data, days=0).handle()
        report = MoveData(result=PartResult.DONE, note="已约谈对方，书面告知了法律后果")
        return self.go(Action.REPORT_PART, self.world.coordinators[units[0].pk], report)


def add_showcase(world: World) -> None:
    officer, today = world.people["officer"], world.today
    firms = [firm for firm in world.enterprises if world.paired.get(firm.pk) == officer] or world.enterprises[:3]
    number = iter(range(100))

    def start(days_ago: int) -> Story:
        which = next(number)
        return register(world, firms[which % len(firms)], TITLES[which % len(TITLES)], today - timedelta(days_ago))

    soon, later, past = (world.calendar.add(today, 2), world.calendar.add(today, 9), today - timedelta(days=4))
    scenes: list[Callable[[], object]] = [
        lambda: start(1),
        lambda: start(2),
        lambda: start(4),
        lambda: start(5).accept(),
        lambda: start(6).accept(),
        lambda: start(6).accept().assign(later),
        lambda: start(8).accept().assign(soon),
        lambda: start(9).accept().assign(later).handle(),
        lambda: start(12).accept().assign(soon).handle(),
        lambda: start(20).accept().assign(past).handle("对方暂时无力支付，正在协商分期"),
        lambda: start(24).accept().assign(later).handle().wait(),
        lambda: start(10).accept().assign(later).handle("已约企业财务对账").wait().go_on(),
        lambda: start(14).accept().assign(later).handle().warn(),
        lambda: start(6).accept().assign(world.calendar.add(today, 40)).handle("已报上级，等待批复"),
        lambda: start(16).accept().assign(later).handle().complete(),
        lambda: start(18).accept().assign(later).handle().complete(),
        lambda: start(22).accept().assign(later).handle().complete().confirm(),
    ]
    for scene in [*scenes, *turns(world, start)]:
        scene()
    link_case(world)
    press(world)
    recheck(world)


def turns(world: World, start: Callable[[int], Story]) -> list[Callable[[], object]]:
    """Entries that took another turn than the usual: handed on, extended, deferred, supported, merged, split."""
    today, moves = world.today, Action
    soon, later, far = (world.calendar.add(today, days) for days in (2, 9, 20))
    justice, procuratorate = world.units["justice_bureau"], world.units["procuratorate"]
    pieces = (Piece("夜间路灯不亮", "厂区东侧道路路灯长期不亮"),)

    def handled(days_ago: int, deadline: date) -> Story:
        return start(days_ago).accept().assign(deadline).handle()

    return [
        lambda: start(8).accept().assign(later).hand_on(moves.TRANSFER, justice, "属法律服务事项，转司法局办理"),
        lambda: start(7).accept().assign(later).hand_on(moves.RETURN, None, "涉及道路权属，不属公安职责"),
        lambda: handled(10, soon).ask(moves.ASK_EXTENSION, far, "对方负责人在外地，下周才能当面调解"),
        lambda: handled(13, soon).ask(moves.ASK_EXTENSION, later, "等待鉴定结论").decide(moves.EXTEND, "同意"),
        lambda: handled(11, soon).ask(moves.ASK_DEFERRAL, far, "须待上级政策明确"),
        lambda: (
            handled(40, later).ask(moves.ASK_DEFERRAL, today - timedelta(1), "须待规划调整").decide(moves.DEFER, "同意")
        ),
        lambda: start(9).accept().support(later, justice, procuratorate),
        lambda: start(3).go(moves.WITHDRAW, world.people["officer"], MoveData(note="与企业核实，已自行解决")),
        lambda: start(5).accept().decide_with(moves.SPLIT, MoveData(kept=Piece("夜间偷盗频发"), pieces=pieces)),
        lambda: merge(start(4), start(3)),
    ]


def merge(first: Story, second: Story) -> None:
    second.decide_with(Action.MARK_DUPLICATE, MoveData(duplicate_of=first.entry, is_same=True, note="同一企业同一件事"))


def recheck(world: World) -> None:
    """What was set aside last month is drawn; the office has looked at the first of it."""
    office, now = world.people["office"], at(world.today)
    made, _ = draw(span=span_of(world.today, weekly=False).before(), at=now)
    for drawn in [one for one in made.rechecks.for_list() if may_judge(one, office)][:1]:
        words, seen = "已电话核实，企业同意撤回，材料齐全", drawn.entry.version
        with set_actor(office):
            judge(recheck=drawn, actor=office, at=now, verdict=Verdict.UPHELD, words=words, seen=seen)


def register(world: World, firm: Enterprise, title: str, day: date) -> Story:
    """A problem heard at a visit of the officer's."""
    officer = world.people["officer"]
    with set_actor(officer):
        visit = ServiceActivity.objects.create(
            kind=ActivityKind.VISIT,
            happened_on=day,
            unit=world.unit_of(officer),
            officer=officer,
            created_by=officer,
            enterprise=firm,
            workstream=firm.workstream,
            place=firm.address,
            met_with=firm.contact_name,
            summary="走访结对企业，听取意见建议",
        )
        entry = create_entry(
            actor=officer,
            at=at(day),
            title=title,
            content=f"企业反映：{title}，希望尽快解决。",
            category=world.categories["治安环境"],
            source=EntrySource.VISIT,
            source_activity=visit,
            enterprise=firm,
            workstream=firm.workstream,
            contact_name=firm.contact_name,
            contact_phone=firm.contact_phone,
            unit=officer.unit,
        )
    return Story(world, entry, day, officer)


def link_case(world: World) -> None:
    """The newest case of the police gets the officer as its handler, so that 我的案件 is not empty."""
    unit = world.units["public_security"]
    case = LegalCase.objects.filter(unit=unit).order_by("-filed_on", "-pk").first()
    if case:
        case.officer = world.people["officer"]
        with set_actor(world.people["coordinator"]):
            case.save(update_fields=["officer"])
