"""Cases and money; 2023's first half has exact numbers and sums."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Unit
from cases.models import (
    Campaign,
    CaseKind,
    CaseResult,
    CaseState,
    LegalCase,
    ProcuratorialRecommendation,
    TypicalCase,
)
from enterprises.models import Workstream
from jinshi_zf.demo.world import World
from ledger.models import ActivityKind, ProblemEntry, Recovery, RecoveryKind, ServiceActivity

C, R = CaseKind, CaseResult
UNIT_OF = {
    C.PUBLIC_INTEREST: ("procuratorate", "检公益"),
    C.TRADEMARK: ("procuratorate", "检知"),
    C.THEFT: ("public_security", "公刑"),
    C.FRAUD: ("public_security", "公刑"),
    C.OTHER_CRIMINAL: ("public_security", "公刑"),
    C.PUBLIC_SECURITY: ("public_security", "公治"),
    C.ENFORCEMENT: ("court", "执"),
    C.MEDIATION: ("justice_bureau", "调"),
    C.LEGAL_AID: ("justice_bureau", "援"),
    C.LABOUR: ("court", "民初"),
    C.SALES_CONTRACT: ("court", "民初"),
}
TITLES = {
    C.PUBLIC_INTEREST: "街区环境整治公益诉讼",
    C.TRADEMARK: "侵犯注册商标专用权",
    C.THEFT: "厂区物资被盗",
    C.FRAUD: "合同诈骗",
    C.OTHER_CRIMINAL: "破坏生产经营",
    C.PUBLIC_SECURITY: "工地纠纷治安案件",
    C.ENFORCEMENT: "货款执行",
    C.MEDIATION: "企业与周边村民纠纷调解",
    C.LEGAL_AID: "代理企业追收欠款",
    C.LABOUR: "农民工工资争议",
    C.SALES_CONTRACT: "买卖合同货款纠纷",
}
# kind, workstream ("": any but those whose figures are exact), how many, result ("": still open)
CASES_2023H1 = [
    (C.PUBLIC_INTEREST, "blocks", 8, ""),
    (C.TRADEMARK, "", 44, ""),
    (C.THEFT, "park", 2, R.SOLVED),
    (C.FRAUD, "", 3, R.SOLVED),
    (C.OTHER_CRIMINAL, "", 1, R.SOLVED),
    (C.THEFT, "", 2, ""),
    (C.PUBLIC_SECURITY, "new-town", 3, R.OTHER),
    (C.MEDIATION, "park", 13, R.SETTLED),
    (C.MEDIATION, "", 14, R.SETTLED),
    (C.LABOUR, "", 18, R.JUDGED),
    (C.SALES_CONTRACT, "", 20, R.JUDGED),
    (C.SALES_CONTRACT, "", 6, ""),
    (C.LEGAL_AID, "rings", 9, R.SETTLED),
]
ANYWHERE = ("railway", "new-town", "blocks")
COLLECTED_2023H1 = [
    6_200_000,
    5_430_000,
    4_980_000,
    4_750_000,
    4_600_000,
    4_400_000,
    3_900_000,
    3_300_000,
    1_800_000,
    1_200_000,
]
DETAINED_2023H1 = 7


@dataclass
class Docket:
    """Cases being drawn, numbered by year and kind."""

    world: World
    cases: list[LegalCase] = field(default_factory=list)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, kind: CaseKind, slug: str, first: date, last: date, result: str = "", **more: Any) -> LegalCase:
        """A case filed in the span; with a result it is closed in it too."""
        world = self.world
        kind_of_unit, word = UNIT_OF[kind]
        filed = world.day(first, last - timedelta(days=12))
        serial = self.numbers[filed.year, word] = self.numbers.get((filed.year, word), 0) + 1
        stream = world.workstreams[slug or world.rng.choice(ANYWHERE)]
        closed = world.day(filed + timedelta(days=5), last) if result else None
        case = LegalCase(
            number=f"（{filed.year}）湘0781{word}{serial:04d}号",
            title=TITLES[kind],
            kind=kind,
            unit=world.units[kind_of_unit],
            officer=world.rng.choice(world.staff_of(world.units[kind_of_unit])),
            workstream=stream,
            filed_on=filed,
            closed_on=closed,
            state=CaseState.CLOSED if closed else CaseState.OPEN,
            result=result,
            summary="已办结并回访当事企业" if closed else "正在办理",
            **more,
        )
        self.cases.append(case)
        return case

    def save(self) -> None:
        """Cases, and for each one or two firms of its workstream."""
        new = [case for case in self.cases if case.pk is None]
        LegalCase.objects.bulk_create(new, batch_size=300)
        slugs: dict[int | None, str] = {stream.pk: slug for slug, stream in self.world.workstreams.items()}
        through = LegalCase.enterprises.through
        firms = {
            case: self.world.rng.sample(self.world.firms_of(slugs[case.workstream_id]), self.world.rng.randint(1, 2))
            for case in new
        }
        links = [through(legalcase=case, enterprise=firm) for case, chosen in firms.items() for firm in chosen]
        through.objects.bulk_create(links, batch_size=500)


def first_half_2023(docket: Docket, campaign: Campaign, activities: list[ServiceActivity]) -> None:
    first, last = date(2023, 1, 3), date(2023, 6, 30)
    for kind, slug, count, result in CASES_2023H1:
        for _ in range(count):
            docket.add(kind, slug, first, last, result)
    enforced = [
        docket.add(C.ENFORCEMENT, "", date(2023, 3, 1), last, R.ENFORCED, campaign=campaign) for _ in COLLECTED_2023H1
    ]
    for number, case in enumerate(enforced[:5]):
        case.detained_persons = 2 if number < DETAINED_2023H1 - 5 else 1
        case.detained_on = case.closed_on
    docket.save()
    money = [receive(case, amount, case.closed_on) for case, amount in zip(enforced, COLLECTED_2023H1, strict=True)]
    aided = [case for case in docket.cases if case.kind == C.LEGAL_AID]
    for case, amount, how in zip(
        aided,
        (1_980_000, 800_000, 1_318_000),
        (RecoveryKind.RECOVERED, RecoveryKind.RECOVERED, RecoveryKind.AVOIDED),
        strict=False,
    ):
        money.append(receive(case, amount, case.closed_on, how, "调解协议，分期履行"))
    stolen = [case for case in docket.cases if case.kind == C.THEFT and case.result == R.SOLVED]
    money += [receive(case, amount, case.closed_on) for case, amount in zip(stolen, (68_000, 35_000), strict=True)]
    money += saved_by(activities, 150_000, docket.world)
    Recovery.objects.bulk_create(money)
    add_papers(docket, first, last, recommendations=5, typical=5)


def any_half(
    docket: Docket,
    campaign: Campaign,
    activities: list[ServiceActivity],
    span: tuple[date, date],
    percent: int,
) -> None:
    """A usual half-year, or what of it has passed."""
    (first, last), rng, before = span, docket.world.rng, len(docket.cases)
    for kind, slug, count, result in CASES_2023H1:
        for number in range(max(count * percent // 100, 1)):
            docket.add(kind, slug, first, last, result if number % 5 != 4 else "")
    for _ in range(max(8 * percent // 100, 1)):
        case = docket.add(C.ENFORCEMENT, "", first, last, R.ENFORCED, campaign=campaign)
        case.detained_persons = rng.choice([0, 0, 1, 2])
        case.detained_on = case.closed_on if case.detained_persons else None
    docket.save()
    closed = [case for case in docket.cases[before:] if case.closed_on]
    paid = [case for case in closed if case.kind in (C.SALES_CONTRACT, C.LEGAL_AID, C.LABOUR)][::2]
    kinds = [RecoveryKind.RECOVERED, RecoveryKind.AVOIDED, RecoveryKind.RECOVERED]
    money = [receive(case, rng.randint(8, 190) * 10_000, case.closed_on, rng.choice(kinds)) for case in paid]
    money += [
        receive(case, rng.randint(40, 480) * 10_000, case.closed_on) for case in closed if case.kind == C.ENFORCEMENT
    ]
    money += saved_by(activities, 150_000 * percent // 100 // 1000 * 1000, docket.world)
    Recovery.objects.bulk_create(money)
    few = max(4 * percent // 100, 1)
    add_papers(docket, first, last, recommendations=few, typical=few)


def money_of_entries(entries: list[ProblemEntry], first: date, last: date, count: int) -> None:
    """Losses that settling a problem avoided, outside the matters whose sums are published."""
    slugs = {"railway", "new-town", "blocks"}
    settled = [
        (entry, entry.confirmed_on)
        for entry in entries
        if entry.confirmed_on
        and first < entry.confirmed_on < last
        and entry.workstream
        and entry.workstream.slug in slugs
    ]
    Recovery.objects.bulk_create(
        Recovery(
            kind=RecoveryKind.AVOIDED,
            amount=Decimal(60_000 + 45_000 * number),
            basis="企业出具的损失测算说明",
            happened_on=confirmed_on,
            entry=entry,
            unit_id=entry.responsible_unit_id,
            workstream=entry.workstream,
        )
        for number, (entry, confirmed_on) in enumerate(settled[:count], 1)
    )


def receive(
    subject: LegalCase | ServiceActivity,
    yuan: int,
    day: date | None,
    kind: RecoveryKind = RecoveryKind.RECOVERED,
    basis: str = "执行款发放凭证",
) -> Recovery:
    """Money tied to its case or activity, with that one's unit and workstream."""
    if day is None:
        raise ValueError(f"{subject} is not over: there is no day on which money came in")
    tie = "case" if isinstance(subject, LegalCase) else "activity"
    return Recovery(
        kind=kind,
        amount=Decimal(yuan),
        basis=basis,
        happened_on=day,
        unit_id=subject.unit_id,
        workstream_id=subject.workstream_id,
        **{tie: subject},
    )


def saved_by(activities: list[ServiceActivity], total: int, world: World) -> list[Recovery]:
    """What exempting lorries saved their firms, in whole thousands."""
    exempted = [one for one in activities if one.kind == ActivityKind.FLEXIBLE]
    shares = world.split(total // 1000, len(exempted))
    return [
        receive(one, share * 1000, one.happened_on, RecoveryKind.SAVED, "免罚及便利通行减少的运输成本测算")
        for one, share in zip(exempted, shares, strict=True)
    ]


def add_papers(docket: Docket, first: date, last: date, *, recommendations: int, typical: int) -> None:
    """Procuratorial recommendations and typical cases."""
    world = docket.world
    blocks: Workstream = world.workstreams["blocks"]
    prosecutors: Unit = world.units["procuratorate"]
    base = ProcuratorialRecommendation.objects.filter(issued_on__year=first.year).count()
    sued = [case for case in docket.cases if case.kind == C.PUBLIC_INTEREST and first <= case.filed_on <= last]
    for number in range(recommendations):
        case = sued[number % len(sued)]
        ProcuratorialRecommendation.objects.create(
            number=f"津检建〔{first.year}〕{base + number + 1}号",
            case=case,
            unit=prosecutors,
            workstream=blocks,
            addressee="街区管理单位",
            subject="整治占道经营和消防通道",
            issued_on=world.day(case.filed_on, last),
        )
    known = TypicalCase.objects.count()
    units = list(world.units.values())
    for number in range(typical):
        TypicalCase.objects.create(
            title=f"样例典型案例{known + number + 1:02d}：依法护航企业发展",
            unit=units[number % len(units)],
            workstream=world.rng.choice(list(world.workstreams.values())),
            published_on=world.day(first, last),
            channel=world.rng.choice(["省级法治频道", "市级政法公众号", "县级融媒体中心"]),
            summary="通过快立快审快执，帮助企业化解纠纷、恢复生产。",
        )
