"""Firms, projects, pairings, the campaign and the yearly plans."""

from datetime import date
from decimal import Decimal

from cases.models import Campaign
from enterprises.models import (
    Enterprise,
    EnterpriseKind,
    FormerName,
    Industry,
    KeyProject,
    NameOrigin,
    Pairing,
    Workstream,
)
from enterprises.uscc import check_digit
from jinshi_zf.demo.world import World, by_workstream
from ledger.models import ActionPlan, KeyTask, PlanGoal, PlanPhase, ProblemCategory

ENTERPRISES, ABOVE_SCALE, ASSOCIATIONS, SELF_EMPLOYED, PROJECTS = 129, 119, 9, 16, 102
TRADES = ["机械", "盐化", "生物", "食品", "物流"]
WORKS = ["标准厂房", "配套道路", "污水处理", "仓储中心", "老街改造", "码头泊位"]
GOALS = ["保护市场主体合法权益", "提升涉企执法司法水平", "强化法治保障服务力度"]
PHASES = [("宣传发动", 4, 5), ("行动攻坚", 6, 10), ("总结提升", 11, 12)]
TASKS = [
    (0, "敢为：依法打击侵害企业合法权益的违法犯罪", "public_security"),
    (0, "敢为：开展涉企案件执行攻坚", "court"),
    (0, "敢为：清理涉企积案和久拖不决案件", "court"),
    (0, "敢为：加强知识产权司法保护", "procuratorate"),
    (0, "敢为：严防以刑事手段插手经济纠纷", "procuratorate"),
    (1, "敢闯：推行涉企轻微违法免罚清单", "traffic_police"),
    (1, "敢闯：规范涉企行政执法检查", "justice_bureau"),
    (1, "敢闯：落实少捕慎诉慎押和涉案企业合规", "procuratorate"),
    (1, "敢干：建立涉企案件快立快审快执通道", "court"),
    (1, "敢干：加强园区治安防控和警务服务", "public_security"),
    (2, "敢干：六大指挥部驻点坐班", "commission"),
    (2, "敢干：政法干警结对联系企业和重点项目", "commission"),
    (2, "敢首创：开展企业法治体检", "justice_bureau"),
    (2, "敢首创：设立涉企矛盾纠纷调解工作站", "justice_bureau"),
    (2, "敢首创：保障货运物流畅通", "traffic_police"),
]


def uscc(prefix: str, number: int) -> str:
    first = f"{prefix}430781MA{number:07d}"
    return first + check_digit(first)


def add_register(world: World) -> None:
    world.workstreams = {one.slug: one for one in Workstream.objects.all()}
    world.categories = {one.name: one for one in ProblemCategory.objects.all()}
    world.enterprises = add_enterprises(world)
    world.projects = add_projects(world)
    add_pairings(world)
    add_former_name(world)


def add_enterprises(world: World) -> list[Enterprise]:
    streams, industries = list(world.workstreams.values()), list(Industry.objects.all())
    firms = []
    for number in range(1, ENTERPRISES + ASSOCIATIONS + SELF_EMPLOYED + 1):
        kind, prefix, name = EnterpriseKind.ENTERPRISE, "91", f"津市样例{TRADES[number % 5]}{number:04d}有限公司"
        if number > ENTERPRISES + ASSOCIATIONS:
            kind, prefix, name = EnterpriseKind.SELF_EMPLOYED, "92", f"津市样例商行{number:04d}"
        elif number > ENTERPRISES:
            kind, prefix, name = EnterpriseKind.ASSOCIATION, "51", f"津市样例{TRADES[number % 5]}行业协会{number:04d}"
        firm = Enterprise(
            name=name,
            kind=kind,
            uscc=uscc(prefix, number),
            is_above_scale=number <= ABOVE_SCALE,
            industry=industries[number % len(industries)] if industries else None,
            workstream=streams[number % len(streams)],
            legal_form="有限责任公司" if prefix == "91" else "",
            registered_on=date(1998 + number % 24, number % 12 + 1, number % 28 + 1),
            registered_capital=Decimal(number % 40 + 1) * 500_000 if prefix == "91" else None,
            region="津市市",
            address=f"津市市样例路{number}号",
            contact_name=f"联系人{number:04d}",
            contact_phone=f"1380000{number:04d}",
        )
        firms.append(firm)
    enter_twice(firms[-4:])
    for firm in firms:
        firm.fill_keys()
    return Enterprise.objects.bulk_create(firms, batch_size=200)


def enter_twice(firms: list[Enterprise]) -> None:
    """The second of each pair reads like its first, as if one shop had been registered again by somebody else."""
    one, again, other, misspelt = firms
    again.name, again.contact_phone = f"{one.name.removeprefix('津市')}（个体工商户）", one.contact_phone
    again.uscc, again.is_verified = None, False
    misspelt.name, misspelt.address = other.name.replace("商行", "商航"), other.address
    misspelt.contact_phone = other.contact_phone


def add_former_name(world: World) -> None:
    """The first firm had another name until the spring of 2023."""
    FormerName.objects.create(
        enterprise=world.enterprises[0], name="津市样例机床0001有限公司", origin=NameOrigin.TYPED,
        used_until=date(2023, 3, 31), noted_by=world.people["admin"],
    )  # fmt: skip


def add_projects(world: World) -> list[KeyProject]:
    streams, units = list(world.workstreams.values()), list(world.units.values())
    firms = by_workstream([one for one in world.enterprises if one.kind == EnterpriseKind.ENTERPRISE])
    projects = []
    for number in range(1, PROJECTS + 1):
        stream = streams[number % len(streams)]
        builder = firms[stream.pk][number // len(streams) % len(firms[stream.pk])]
        project = KeyProject(
            name=f"津市样例{WORKS[number % len(WORKS)]}项目{number:03d}",
            number=f"XM2023-{number:03d}",
            workstream=stream,
            enterprise=builder,
            builder=builder.name,
            investment=Decimal(number % 30 + 2) * 10_000_000,
            started_on=date(2022, number % 12 + 1, 8),
            due_on=date(2027, number % 12 + 1, 28),
            lead_unit=units[number % len(units)],
            contact=world.officers[number % len(world.officers)],
        )
        project.fill_keys()
        projects.append(project)
    return KeyProject.objects.bulk_create(projects, batch_size=200)


def add_pairings(world: World) -> None:
    """Every above-scale enterprise and every project has its officer, from April 2023 on; a few changed hands since."""
    start, handover = date(2023, 4, 3), date(2025, 3, 1)
    pairs = []
    for number, firm in enumerate(one for one in world.enterprises if one.is_above_scale):
        officer = world.officers[number % len(world.officers)]
        world.paired[firm.pk] = officer
        if number % 20 == 7:
            before = world.officers[(number + 1) % len(world.officers)]
            pairs.append(Pairing(officer=before, enterprise=firm, starts_on=start, ends_on=handover, notes="岗位调整"))
            pairs.append(Pairing(officer=officer, enterprise=firm, starts_on=handover.replace(day=2)))
        else:
            pairs.append(Pairing(officer=officer, enterprise=firm, starts_on=start))
    for number, project in enumerate(world.projects):
        pairs.append(Pairing(officer=world.officers[number % len(world.officers)], project=project, starts_on=start))
    Pairing.objects.bulk_create(pairs, batch_size=300)


def add_campaign(world: World, year: int) -> Campaign:
    return Campaign.objects.create(
        name=f"湘执利剑{year}",
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
        lead_unit=world.units["court"],
        summary="集中执行涉企案件，其中“雷霆”行动打击拒不执行判决、裁定",
    )


def add_plan(world: World, year: int, progress: int) -> ActionPlan:
    """The year's plan: 3 goals, 3 phases, 15 key tasks, 85% by 31 October."""
    plan = ActionPlan.objects.create(
        year=year,
        title=f"{year}年政法系统护航“六件大事”工作方案",
        discussed_at="市委政法委全体会议",
        discussed_on=date(year, 3, 28),
        target_percent=85,
        target_on=date(year, 10, 31),
        concentrated_from=date(year, 6, 1),
    )
    goals = [PlanGoal.objects.create(plan=plan, order=order, name=name) for order, name in enumerate(GOALS, 1)]
    for order, (name, first, last) in enumerate(PHASES, 1):
        end = date(year, last, 31 if last in (5, 10, 12) else 30)
        PlanPhase.objects.create(plan=plan, order=order, name=name, starts_on=date(year, first, 1), ends_on=end)
    for number, (goal, name, kind) in enumerate(TASKS, 1):
        done = min(progress + number % 4 * 5 - 10, 100) if progress < 100 else 100
        task = KeyTask.objects.create(
            plan=plan,
            goal=goals[goal],
            number=number,
            name=name,
            content=f"{name.split('：')[1]}，明确责任人和完成时限，每月报送进展。",
            lead_unit=world.units[kind],
            starts_on=date(year, 4, 1),
            ends_on=date(year, 12, 31),
            progress=max(done, 0),
            progress_note="已完成年度目标" if done >= 100 else "按计划推进",
        )
        others = [unit for unit in world.units.values() if unit != task.lead_unit]
        task.supporting_units.set(world.rng.sample(others, 2))
    return plan
