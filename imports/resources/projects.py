"""重点项目清单."""

from collections.abc import Mapping
from typing import Any

from common.text import name_key
from enterprises.models import KeyProject
from enterprises.services.register import INVESTMENT_ASKED_FROM, name_fault, order_fault
from imports.cells import Usual
from imports.cells.widgets import Choice, Column, Day, Number, Text, Yuan
from imports.errors import RowError
from imports.known.near_projects import NearProjects, near_project
from imports.known.unique import Holders
from imports.models import RowOutcome
from imports.planned.tally import number
from imports.resources.base import ImportResource, new_person

STATUS = {"在建": True, "已完工": False}
STATUS_WORDS = {"未开工": True, "完工": False, "竣工": False, "已竣工": False}


class ProjectResource(ImportResource):
    kind, title = "projects", "重点项目清单"
    writes = (KeyProject,)
    page = "enterprises:project-detail"
    named_fields = ("name", "builder")
    lookups = {"workstream": "workstreams", "lead_unit": "units"}
    read_only = ("结对干警", "结对单位", "最近走访")

    name = Column("项目名称", Text(200), required=True, example="津市样例码头改造项目")
    number = Column("项目编号", Number("项目编号", 30), example="")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    builder = Column("建设单位", Text(200), example="津市样例建设有限公司", clears=("builder", "enterprise"))
    investment = Column("总投资", Yuan(Usual(least=10, most=1_000_000, limit=INVESTMENT_ASKED_FROM)), example=39700)
    started_on = Column("开工日期", Day(future=True), example="2023-05-19")
    due_on = Column("计划竣工", Day(future=True), example="")
    lead_unit = Column("责任单位", Text(100), example="市公安局", lookup="units")
    contact = Column("联系干警", Text(50), example="干警0001", hint="须已在干警花名册里，否则只作提示")
    notes = Column("备注", Text(), example="")
    is_active = Column("状态", Choice("状态", STATUS, STATUS_WORDS), clears=())

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        stored = list(KeyProject.objects.select_related("workstream", "lead_unit", "contact", "enterprise"))
        register.projects = {project.name_key: project for project in stored}
        register.near_projects = NearProjects(stored)
        register.numbers = Holders("项目编号")
        register.numbers.learn((project.number or "", project) for project in stored)

    def count(self, row: Any, tally: Any) -> None:
        tally.amount += row.facts["investment_yuan"] or 0

    def figures(self, tally: Any) -> dict[str, Any]:
        return {"investment_wan": number(tally.amount / 10_000)}

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        key = name_key(values["name"])
        stored = register.projects.get(key)
        chosen = near_project(values["name"], row, register) if stored is None else None
        stored = stored or chosen
        self.refuse_retired(values, stored)
        wanted = wanted_fields(values, stored, row, register)
        again = register.first_time(key, row.source.where, wanted)
        if again == "same":
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 是同一个项目，内容相同")
            return
        if again:
            raise RowError("name", f"与 {register.seen[key][0]} 是同一个项目但内容不同，请只留一行")
        if fault := name_fault(values["name"]):
            raise RowError("name", fault)
        if chosen:  # a name that had to be matched by hand is no better than the one registered
            wanted["name"] = ""
        if stored:
            refuse_second(stored, wanted, row, register)
        self.set_down(wanted, stored, row, register, plan)

    def set_down(self, wanted: dict[str, Any], stored: KeyProject | None, row: Any, register: Any, plan: Any) -> None:
        """A new project, or what differs of a stored one.

        Raises:
            RowError: the number is another project's, the dates don't fit.
        """
        register.numbers.check(wanted["number"], stored, "number")
        before = stored.number if stored else None
        if stored is None:
            stored = KeyProject(**{name: value for name, value in wanted.items() if value not in (None, "")})
            stored.fill_keys()
            plan.add(stored, row)
        else:
            row.settle(RowOutcome.UPDATE if plan.change(stored, wanted, row) else RowOutcome.UNCHANGED)
            stored.fill_keys()
        if fault := order_fault(stored.started_on, stored.due_on):
            raise RowError("due_on", fault)
        register.numbers.give(stored.number, stored, row.source.where, before)
        row.made = stored
        row.facts["investment_yuan"] = stored.investment


def refuse_second(stored: KeyProject, wanted: dict[str, Any], row: Any, register: Any) -> None:
    """Two rows of different names that are the same project by someone's choice: never last wins."""
    key, told = f"project {stored.pk}", wanted | {"name": ""}
    if register.first_time(key, row.source.where, told) == "different":
        raise RowError("name", f"与 {register.seen[key][0]} 对应到同一个项目但内容不同，请只留一行")


PLAIN = ("name", "number", "workstream", "started_on", "due_on", "lead_unit", "notes", "is_active")


def wanted_fields(values: dict[str, Any], stored: KeyProject | None, row: Any, register: Any) -> dict[str, Any]:
    money = values["investment"]
    if money and money.amount is None:
        raise RowError("investment", f"总投资“{money.text}”不是人民币，请折算后填写")
    unit = values["lead_unit"] or (stored and stored.lead_unit)
    contact = new_person(values["contact"], stored and stored.contact, unit, row, register, "contact")
    return {name: values[name] for name in PLAIN} | {
        "investment": money.amount if money else None,
        "contact": contact,
        **wanted_builder(values["builder"], stored, row, register),
    }


def wanted_builder(words: str, stored: KeyProject | None, row: Any, register: Any) -> dict[str, Any]:
    """The builder in words, and the enterprise of that name; a link by name goes with the name."""
    if not words:
        return {"builder": "", "enterprise": None}
    enterprise = register.enterprise(None, words)
    linked = stored.enterprise if stored else None
    if stored and linked and name_key(stored.builder or linked.name) == linked.name_key:
        if name_key(words) == linked.name_key:
            return {"builder": words if stored.builder else "", "enterprise": None}
        if enterprise is None:
            row.cleared |= {"enterprise"}
    return {"builder": words, "enterprise": enterprise}
