"""What each kind's tables hold and how people write it; and what a plan has made of it."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cases.models import LegalCase
from common.text import name_key
from enterprises.models import Enterprise, KeyProject
from imports.planned.plan import Plan
from ledger.models import ProblemEntry, Recovery, SurveyForm
from tests.factories.enterprises import uscc
from tests.imports.dresses import Record, Wardrobe

REQUESTS = [
    "下游经销商拖欠货款不付",
    "厂区夜间电缆被盗三次",
    "希望协调园区道路限高问题",
    "劳动合同纠纷久拖不决",
    "排污许可证办理进度慢",
    "2023年5月签的合同对方不履行",
    "厂门口3号路大车乱停",
    "依据《民法典》第577条要求赔偿",
]
SATISFIED = ("满意", "基本满意", "不满意")
NUMBERED = (
    "{}、", "{}.", "（{}）", "({})",
    *((lambda n, marks=marks: marks[n - 1]) for marks in ("⑴⑵⑶⑷", "①②③④")),
    *((lambda n, before=before, after=after: f"{before}{'一二三四'[n - 1]}{after}")
      for before, after in (("", "是"), ("第", "，"), ("", "、"))),
)  # fmt: skip
NAMES = ("企业名称", "单位名称", "公司名称", "市场主体名称", "企业全称", "被走访企业")
CODES = ("统一社会信用代码", "信用代码", "统一社会信用代码（18位）")


def amount(rng: Random) -> Decimal | None:
    return rng.choice([None, Decimal(rng.randint(1, 900) * 10_000), Decimal(rng.randint(1, 99) * 1_000_000)])


def day(rng: Random) -> date:
    return date(2023, 1, 5) + timedelta(days=rng.randrange(150))


def firm(number: int) -> str:
    return f"津市样例第{number}企业有限公司"


def numbered(rng: Random, requests: tuple[str, ...]) -> str:
    if not requests:
        return rng.choice(["无", "", "暂无", "没有"])
    if len(requests) == 1:
        return requests[0]
    style, between = rng.choice(NUMBERED), rng.choice(["；", "。", "\n", "；\n"])
    marks = [style.format(n) if isinstance(style, str) else style(n) for n in range(1, len(requests) + 1)]
    return between.join(mark + text for mark, text in zip(marks, requests, strict=True))


def dated(rng: Random, value: date) -> Any:
    words = ("{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}", "{0.year}/{0.month}/{0.day}")
    return rng.choice([value, value.isoformat(), *(form.format(value) for form in words)])


def cell(rng: Random, name: str, value: Any) -> Any:
    if isinstance(value, date):
        return dated(rng, value)
    if isinstance(value, tuple):
        return numbered(rng, value)
    if name == "name":
        return rng.choice([value, f" {value} ", value.replace("第", "第 ")])
    return value


def forms(rng: Random) -> list[Record]:
    return [
        {
            "name": firm(number),
            "uscc": uscc(number),
            "unit": rng.choice(["市公安局", "市人民法院"]),
            "officer": "干警0001",
            "visited_on": day(rng),
            "satisfaction": rng.choice(SATISFIED),
            "appeal": tuple(rng.sample(REQUESTS, rng.choice([0, 1, 1, 2, 3]))),
            "amount": amount(rng),
        }
        for number in rng.sample(range(1, 900), rng.randint(1, 6))
    ]


def firms(rng: Random) -> list[Record]:
    return [
        {"name": firm(number), "uscc": uscc(number), "capital": amount(rng), "address": f"津市样例路{number}号"}
        for number in rng.sample(range(1, 900), rng.randint(1, 6))
    ]


def projects(rng: Random) -> list[Record]:
    return [
        {
            "name": f"津市样例第{number}期改造项目",
            "number": f"XM-{number:04d}",
            "investment": amount(rng),
            "started_on": day(rng),
        }
        for number in rng.sample(range(1, 900), rng.randint(1, 6))
    ]


def cases(rng: Random) -> list[Record]:
    return [
        {
            "number": f"（2023）湘0781民初{number}号",
            "matter": "买卖合同纠纷",
            "unit": rng.choice(["市公安局", "市人民法院"]),
            "filed_on": day(rng),
            "recovered": amount(rng),
        }
        for number in rng.sample(range(1, 900), rng.randint(1, 6))
    ]


def key_of(wardrobe: Wardrobe, record: Record) -> str:
    return name_key(str(record[wardrobe.key]))


def meant(wardrobe: Wardrobe, record: Record) -> tuple[Any, ...]:
    """What of a record must come out."""
    return tuple(record[name] for name in wardrobe.wanted)


def of_forms(plan: Plan) -> dict[str, tuple]:
    titles: dict[int, list[str]] = {}
    for entry in plan.new[ProblemEntry]:
        titles.setdefault(id(entry.source_form), []).append((entry.content or entry.title).rstrip("；。"))
    return {
        name_key(form.enterprise.name): (
            form.unit.name,
            form.visited_on,
            form.get_satisfaction_display(),
            tuple(titles.get(id(form), [])),
            form.amount,
        )
        for form in plan.new[SurveyForm]
    }


def of_firms(plan: Plan) -> dict[str, tuple]:
    return {one.name_key: (one.uscc, one.registered_capital, one.address) for one in plan.new[Enterprise]}


def of_projects(plan: Plan) -> dict[str, tuple]:
    return {one.name_key: (one.number, one.investment, one.started_on) for one in plan.new[KeyProject]}


def of_cases(plan: Plan) -> dict[str, tuple]:
    money = {id(one.case): one.amount for one in plan.new[Recovery]}
    return {name_key(one.number): (one.unit.name, one.filed_on, money.get(id(one))) for one in plan.new[LegalCase]}


SURVEYS = Wardrobe(
    "surveys",
    "津市政法系统征求意见调查汇总表",
    {
        "name": NAMES,
        "uscc": CODES,
        "unit": ("走访单位", "填报单位", "政法单位"),
        "officer": ("走访干警", "走访人", "走访人员"),
        "visited_on": ("走访日期", "走访时间", "走访日期（年月日）"),
        "satisfaction": ("满意度", "是否满意", "满意程度"),
        "appeal": ("问题诉求", "诉求", "主要诉求", "困难问题", "存在的问题", "需要协调解决的问题", "企业反映的问题"),
        "amount": ("涉及金额", "涉案金额", "金额"),
    },
    forms,
    cell,
    "name",
    ("unit", "visited_on", "satisfaction", "appeal", "amount"),
    of_forms,
    money=frozenset({"amount"}),
    spread={"satisfaction": SATISFIED},
    optional=("uscc", "officer"),
)
FIRMS = Wardrobe(
    "enterprises",
    "津市企业名录",
    {"name": NAMES, "uscc": CODES, "capital": ("注册资金", "注册资本"), "address": ("注册地址", "地址", "住所")},
    firms,
    cell,
    "name",
    ("uscc", "capital", "address"),
    of_firms,
    money=frozenset({"capital"}),
)
PROJECTS = Wardrobe(
    "projects",
    "津市重点项目清单",
    {
        "name": ("项目名称", "工程名称", "重点项目名称"),
        "number": ("项目编号", "项目代码"),
        "investment": ("总投资", "投资总额", "计划总投资"),
        "started_on": ("开工日期", "开工时间"),
    },
    projects,
    cell,
    "name",
    ("number", "investment", "started_on"),
    of_projects,
    money=frozenset({"investment"}),
)
CASES = Wardrobe(
    "cases",
    "涉企案件台账",
    {
        "number": ("案号",),
        "matter": ("案由",),
        "unit": ("承办单位", "办案单位"),
        "filed_on": ("立案日期", "立案时间"),
        "recovered": ("挽回损失", "挽回经济损失"),
    },
    cases,
    cell,
    "number",
    ("unit", "filed_on", "recovered"),
    of_cases,
    money=frozenset({"recovered"}),
)
