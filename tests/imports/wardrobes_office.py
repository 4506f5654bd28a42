"""What the tables hold that the office itself keeps (activities, roster, pairings, 检察建议), and what came of it."""

from datetime import timedelta
from random import Random
from typing import Any

from accounts.models import User
from cases.models import ProcuratorialRecommendation
from common.text import name_key
from enterprises.models import Pairing
from imports.planned.plan import Plan
from ledger.models import ServiceActivity
from tests.imports.dresses import Record, Wardrobe
from tests.imports.wardrobes import cell, day, firm

BODIES = ("市公安局", "市人民法院")
REGISTERED = range(1, 13)  # the firms that are in the register where a table may only name such


def some(rng: Random) -> list[int]:
    return rng.sample(range(1, 900), rng.randint(1, 6))


def activities(rng: Random) -> list[Record]:
    found = []
    for number in some(rng):
        unit = rng.choice(BODIES)
        told = {"unit": unit, "officer": "干警0001" if unit == BODIES[0] else "", "target": firm(number)}
        told |= {"summary": f"样例第{number}次上门了解用工情况", "happened_on": day(rng)}
        told |= {"kind_of": rng.choice(["走访企业", "送法进企", "法律咨询", "普法宣传"])}
        found.append(told | {"location": rng.choice(["", f"样例路{number}号"])})
    return found


def people(rng: Random) -> list[Record]:
    return [
        {
            "username": f"ZF{8000 + number}",
            "name": f"干警{8000 + number}",
            "unit": rng.choice(BODIES),
            "post": rng.choice(["", "大队长", "四级警长"]),
            "role": rng.choice(["派驻干部", "单位联络员", "领导"]),
            "phone": rng.choice(["", f"1380000{number:04d}"]),
        }
        for number in some(rng)
    ]


def pairings(rng: Random) -> list[Record]:
    return [
        {"officer": "干警0001", "unit": "市公安局", "target": firm(number), "starts_on": day(rng)}
        for number in rng.sample(REGISTERED, rng.randint(1, 6))
    ]


def recommendations(rng: Random) -> list[Record]:
    found = []
    for number in some(rng):
        issued = day(rng)
        replied = rng.choice([None, issued + timedelta(days=rng.randrange(1, 20))])
        found.append(
            {
                "number": f"津检建〔2023〕{number}号",
                "unit": rng.choice(BODIES),
                "addressee": f"市样例第{number}局",
                "subject": "督促整治样例路口安全隐患",
                "issued_on": issued,
                "replied_on": replied,
                "is_adopted": rng.choice(["已采纳", "未采纳"]) if replied else "",
            }
        )
    return found


def office_cell(rng: Random, name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name == "is_adopted" and value:
        return rng.choice([value, value.removeprefix("已"), "是" if value == "已采纳" else "否"])
    return cell(rng, name, value)


def of_activities(plan: Plan) -> dict[str, tuple[Any, ...]]:
    return {
        name_key(one.summary): (one.happened_on, one.get_kind_display(), one.unit.name, one.target_name, one.place)
        for one in plan.new[ServiceActivity]
    }


def of_people(plan: Plan) -> dict[str, tuple[Any, ...]]:
    return {
        name_key(one.username): (one.name, one.unit.name, one.post, one.get_role_display(), one.phone)
        for one in plan.new[User]
    }


def of_pairings(plan: Plan) -> dict[str, tuple[Any, ...]]:
    return {one.enterprise.name_key: (one.officer.name, one.starts_on) for one in plan.new[Pairing]}


def of_recommendations(plan: Plan) -> dict[str, tuple[Any, ...]]:
    words: dict[Any, str] = {True: "已采纳", False: "未采纳", None: ""}
    return {
        name_key(one.number): (
            one.unit.name, one.addressee, one.subject, one.issued_on, one.replied_on, words[one.is_adopted],
        )
        for one in plan.new[ProcuratorialRecommendation]
    }  # fmt: skip


ACTIVITIES = Wardrobe(
    "activities",
    "津市政法系统服务活动登记表",
    {
        "summary": ("内容摘要", "活动内容", "主要内容", "工作内容", "活动情况"),
        "happened_on": ("日期", "活动日期", "开展时间", "活动时间"),
        "kind_of": ("活动类型", "服务类型", "活动类别"),
        "unit": ("单位", "开展单位", "填报单位", "承办单位"),
        "officer": ("经办干警", "经办人", "参加干警"),
        "target": ("服务对象", "走访对象", "服务企业", "企业名称"),
        "location": ("地点", "活动地点"),
    },
    activities,
    office_cell,
    "summary",
    ("happened_on", "kind_of", "unit", "target", "location"),
    of_activities,
    optional=("officer",),
)
PEOPLE = Wardrobe(
    "roster",
    "政法系统干警花名册",
    {
        "username": ("工号", "警号", "人员编号"),
        "name": ("姓名", "干警姓名", "人员姓名"),
        "unit": ("单位", "所属单位", "工作单位"),
        "post": ("职务", "职位", "现任职务"),
        "role": ("角色", "岗位", "系统角色"),
        "phone": ("手机号码", "联系电话", "电话"),
    },
    people,
    office_cell,
    "username",
    ("name", "unit", "post", "role", "phone"),
    of_people,
)
PAIRINGS = Wardrobe(
    "pairings",
    "干警结对企业一览表",
    {
        "officer": ("结对干警", "联系干警", "干警姓名", "包联干部"),
        "unit": ("单位", "所属单位", "结对单位"),
        "target": ("企业或项目", "结对对象", "结对企业", "联系企业"),
        "starts_on": ("开始日期", "结对日期", "起始时间"),
    },
    pairings,
    office_cell,
    "target",
    ("officer", "starts_on"),
    of_pairings,
    optional=("unit",),
)
RECOMMENDATIONS = Wardrobe(
    "recommendations",
    "检察建议制发情况统计表",
    {
        "number": ("文号", "检察建议文号", "建议书编号", "发文字号"),
        "unit": ("制发单位", "制发检察院", "承办单位"),
        "addressee": ("发送对象", "被建议单位", "受文单位", "主送单位"),
        "subject": ("事由", "建议内容", "建议事项", "建议主要内容"),
        "issued_on": ("制发日期", "发出时间", "送达日期", "建议书制发时间"),
        "replied_on": ("回复日期", "书面回复时间", "复函日期"),
        "is_adopted": ("采纳", "是否采纳", "采纳情况"),
    },
    recommendations,
    office_cell,
    "number",
    ("unit", "addressee", "subject", "issued_on", "replied_on", "is_adopted"),
    of_recommendations,
)
