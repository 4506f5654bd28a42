"""企业名录."""

import re
from datetime import date
from typing import Any

from common.rows.database import new_record
from common.rows.references import own_field
from common.text import name_key
from enterprises.models import Enterprise, EnterpriseKind
from enterprises.services.register import CAPITAL_ASKED_FROM, name_fault
from enterprises.uscc import check_digit
from imports.cells import Usual
from imports.cells.widgets import Capital, Choice, Code, Column, Day, Flag, PersonName, Phone, Text
from imports.errors import RowError
from imports.known.marks import differing, mark
from imports.known.matching import REGISTER_NEW, as_it_is_now, by_code, confirm_one, match, refuse_no_name
from imports.models import RowOutcome
from imports.resources.base import ImportResource

KIND_WORDS = {
    "公司": EnterpriseKind.ENTERPRISE,
    "有限责任公司": EnterpriseKind.ENTERPRISE,
    "个体": EnterpriseKind.SELF_EMPLOYED,
    "个体户": EnterpriseKind.SELF_EMPLOYED,
    "商会": EnterpriseKind.ASSOCIATION,
    "行业协会": EnterpriseKind.ASSOCIATION,
}
BARE = re.compile(r"[\d,.]+")
STATUS = {"在册": True, "已注销或迁出": False}
STATUS_WORDS = dict.fromkeys(("在册（未核实）", "存续", "在业", "开业", "正常", "迁入"), True) | dict.fromkeys(
    ("已注销", "注销", "吊销", "迁出"), False
)
EXAMPLE_CODE = "91430781MA4L1AAA1" + check_digit("91430781MA4L1AAA1")
MOST_NOTES = 50  # beyond that a list is no help


SCALE = {
    "规上": True, "规上企业": True, "规模以上": True, "规模以上企业": True, "四上": True, "四上企业": True,
    "规下": False, "规下企业": False, "规模以下": False, "规模以下企业": False, "非规上": False, "非规上企业": False,
    "未上规": False, "未入规": False, "非规模以上": False, "限下": False,
}  # fmt: skip


class EnterpriseResource(ImportResource):
    kind, title = "enterprises", "企业名录"
    writes = (Enterprise,)
    page = "enterprises:enterprise-detail"
    named_fields = matched_fields = ("name",)
    lookups = {"industry": "industries", "workstream": "workstreams"}
    read_only = ("结对干警", "结对单位", "最近走访")

    name = Column("企业名称", Text(200), required=True, example="津市样例泰和物流有限公司")
    uscc = Column("统一社会信用代码", Code(), example=EXAMPLE_CODE, hint="18 位，单元格须为文本；空着的记为未核实")
    registered_on = Column("注册日期", Day(date(1900, 1, 1)), example="2019-03-01")
    legal_form = Column("企业类型", Text(100), example="有限责任公司")
    capital = Column(
        "注册资金",
        Capital(Usual(most=10_000, limit=CAPITAL_ASKED_FROM)),
        example="500万元",
        hint="可带单位；不带单位按万元；外币保留原文",
        clears=("registered_capital", "capital_text"),
    )
    business_scope = Column("经营范围", Text(), example="物流运输")
    region = Column("地区", Text(50), example="常德")
    address = Column("注册地址", Text(300), example="津市市样例路1号")
    kind_of = Column("市场主体类型", Choice("市场主体类型", EnterpriseKind, KIND_WORDS), example="企业", clears=())
    industry = Column("所属产业", Text(50), example="现代物流", lookup="industries")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    is_above_scale = Column("规模以上", Flag("规模以上", SCALE), example="是", clears=())
    contact_name = Column("联系人", PersonName(50), example="联系人001")
    contact_phone = Column("联系电话", Phone(), example="13800000000")
    notes = Column("备注", Text(), example="")
    is_active = Column("状态", Choice("状态", STATUS, STATUS_WORDS), clears=())

    def count(self, row: Any, tally: Any) -> None:
        tally.enterprises.add(id(row.made))  # the register keeps it

    def figures(self, tally: Any) -> dict[str, Any]:
        return {"enterprises": len(tally.enterprises)}

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        money = values["capital"]
        as_it_is_now(values, row, register)
        wanted = {name: values[name] for name in PLAIN} | {
            "kind": values["kind_of"],
            "registered_capital": money.amount if money else None,
            "capital_text": money.text[:100] if money else "",
        }
        key, content = values["uscc"] or name_key(values["name"]), mark(told(wanted))
        where, earlier = register.seen.setdefault(key, (row.source.where, content))
        if where != row.source.where and earlier == content:
            row.settle(RowOutcome.DUPLICATE, f"与 {where} 是同一家企业，内容相同")
            return
        stored = registered(values, row, register)
        if was_matched(row, values["name"]):
            # a name that had to be matched by hand is no better than the one registered
            wanted = {name: value for name, value in wanted.items() if name != "name"}
        if stored is not None and said_before(stored, wanted, row, register):
            return
        if money and money.amount is None:
            row.notes.append(f"注册资金“{money.text}”不是人民币金额，只保留原文")
        register.seen[key] = (row.source.where, content)
        if stored is None:
            register.told_by[id(create({"name": values["name"]} | wanted, row, register, plan))] = key
            return
        register.told_by[id(stored)] = key
        keep_wording(wanted, stored)
        if values["uscc"] and not stored.is_verified:
            wanted["is_verified"] = True
        row.settle(RowOutcome.UPDATE if plan.change(stored, wanted, row) else RowOutcome.UNCHANGED)
        stored.fill_keys()
        register.add_code(stored)
        row.made = stored


PLAIN = (
    "name", "uscc", "registered_on", "legal_form", "business_scope", "region", "address", "industry", "workstream",
    "is_above_scale", "contact_name", "contact_phone", "notes", "is_active",
)  # fmt: skip


def keep_wording(wanted: dict[str, Any], stored: Enterprise) -> None:
    """The words of a capital change with the amount, and only where they say more than a number."""
    amount, text = wanted["registered_capital"], wanted["capital_text"]
    if amount is not None and (
        amount == stored.registered_capital or (BARE.fullmatch(text) and not stored.capital_text)
    ):
        wanted["capital_text"] = ""


def find(values: dict[str, Any], row: Any, register: Any) -> Enterprise | None:
    """By credit code, else by name, where that is sure. A code that a person has set aside is taken off the row.

    Raises:
        UnsureError: code and name are not of one enterprise; the name may mean several, or nearly means one.
        RowError: what is written is no name.
    """
    code, name = values["uscc"], values["name"]
    if not code:
        return match(register, row, "name", name, otherwise=REGISTER_NEW)
    found = by_code(register, row, "name", code, name)
    if found is None:
        found = register.enterprise(code, name)
    elif found.uscc != code:
        values["uscc"] = None
    if found is None:
        refuse_no_name("name", name, REGISTER_NEW)
        confirm_one(register, row, "name", name)
    return found


def was_matched(row: Any, name: str) -> bool:
    """Whether somebody chose which enterprise the name means."""
    return any(choice["key"] == name_key(name) for choice in row.choices)


def registered(values: dict[str, Any], row: Any, register: Any) -> Enterprise | None:
    """The enterprise that a row of the register means. Its code says so, whatever the name: that is a new name then,
    which the row points out.

    Raises:
        UnsureError, RowError: as `find`.
    """
    stored = register.by_code.get(values["uscc"]) if values["uscc"] else None
    if stored is None:
        return find(values, row, register)
    key = name_key(values["name"])
    if key != stored.name_key and register.is_stored(stored):
        refuse_no_name("name", values["name"], REGISTER_NEW)
        confirm_one(register, row, "name", values["name"])
        others = [one for one in register.by_name.get(key, []) if one is not stored]
        also = "；系统里另有一家叫这个名称，请核对信用代码是否张冠李戴" if others else ""
        row.notes.append(f"信用代码 {stored.uscc} 原来登记的是“{stored.name}”，导入后改名为“{values['name']}”{also}")
    return stored


def told(wanted: dict[str, Any]) -> dict[str, Any]:
    """What two rows of one enterprise must not say differently: a name that was matched by hand may differ, and the
    words of an amount."""
    fields = dict.fromkeys((*PLAIN, "kind", "registered_capital", "capital_text")) | wanted
    fields["name"] = name_key(fields["name"] or "")
    if fields["registered_capital"] is not None:
        fields["capital_text"] = ""
    return fields


def said_before(enterprise: Enterprise, wanted: dict[str, Any], row: Any, register: Any) -> bool:
    """Whether a row before was of the same enterprise, by code, by name or by someone's choice, and this one adds
    nothing to it; then it is settled.

    Raises:
        RowError: it says something else: neither first nor last wins.
    """
    where, earlier = register.seen.get(register.told_by.get(id(enterprise), ""), ("", b""))
    if not where:
        return False
    fields = told(wanted)
    if was_matched(row, row.source.text("name")):
        fields["name"] = ""
    names = [str(own_field(Enterprise, name).verbose_name) for name in differing(fields, earlier, mark(fields))]
    if names:
        how = "对应到" if was_matched(row, row.source.text("name")) else "是"
        raise RowError("name", f"与 {where} {how}同一家企业但内容不同（{'、'.join(names)}），请只留一行")
    row.settle(RowOutcome.DUPLICATE, f"与 {where} 是同一家企业，内容相同")
    return True


def note_twin(enterprise: Enterprise, row: Any, register: Any, plan: Any) -> None:
    """New names of one file that differ by place or legal form only may be one enterprise; a code each makes two."""
    mine = (row.source.where, bool(enterprise.uscc))
    where, has_code = register.cores.setdefault(enterprise.core_key, mine)
    if where == mine[0] or (has_code and enterprise.uscc):
        return
    words = f"与 {where} 字号相同，只差地名或公司形式，请核对是不是同一家"
    row.notes.append(words)
    if len(plan.notes) < MOST_NOTES:
        plan.notes.append(f"{row.source.where}“{enterprise.name}”{words}")


def create(wanted: dict[str, Any], row: Any, register: Any, plan: Any) -> Enterprise:
    """A new enterprise; one without a code is unverified, and its name must be its own."""
    given = {name: value for name, value in wanted.items() if value not in (None, "")}
    enterprise: Enterprise = new_record(Enterprise, **given, is_verified=bool(given.get("uscc")))
    enterprise.fill_keys()
    if fault := name_fault(enterprise.name):
        raise RowError("name", fault)
    same_name = register.by_name.get(enterprise.name_key, [])
    if same_name and not enterprise.uscc and not was_matched(row, enterprise.name):
        raise RowError("name", f"有 {len(same_name)} 家同名企业，请补上统一社会信用代码")
    if same_name:
        row.notes.append("系统里有同名企业，作为另一家登记")
    if not enterprise.uscc:
        row.notes.append("缺统一社会信用代码，记为未核实")
    note_twin(enterprise, row, register, plan)
    register.add_enterprise(enterprise)
    plan.add(enterprise, row)
    if row.made is None:
        row.made = enterprise
    return enterprise
