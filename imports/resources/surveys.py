"""征求意见调查表: one form a row or a workbook; each request on it becomes a ledger entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from common.rows.database import new_record
from common.text import name_key
from enterprises.models import Enterprise, EnterpriseKind
from imports.cells import says_nothing
from imports.cells.widgets import Choice, Code, Column, Day, PersonName, Phone, Reference, Text, Yuan
from imports.known import people
from imports.known.asking import Asking
from imports.known.forms import form_key, load_forms, met, reworded_form, same_form, take_forms
from imports.known.marks import differing, mark
from imports.known.matching import as_it_is_now
from imports.known.register import chunks
from imports.models import RowOutcome
from imports.planned.tally import number
from imports.planned.understood import firm_words, person_words
from imports.resources.base import ImportResource
from imports.resources.enterprises import EXAMPLE_CODE, KIND_WORDS, create, find
from imports.resources.surveys_requests import add_up, other_category, own_of, requests_of
from imports.resources.surveys_stored import amend, correct, notes_of
from ledger.models import ProblemEntry, Satisfaction, SurveyForm
from ledger.selectors.entries.exports import SURVEY_PREFIX
from ledger.surveying.becoming import entry_of
from ledger.surveying.same import print_of


class SurveyResource(ImportResource):
    kind, title = "surveys", "征求意见调查表"
    writes = (Enterprise, SurveyForm, ProblemEntry)
    page = "ledger:survey-detail"
    named_fields = matched_fields = ("name",)
    looked_at = ("name", "uscc", "visited_on")
    long_field = "appeal"
    lookups = {"industry": "industries", "workstream": "workstreams", "unit": "units", "category": "categories"}

    name = Column("企业名称", Text(200), required=True, example="津市样例泰和物流有限公司")
    uscc = Column("统一社会信用代码", Code(), example=EXAMPLE_CODE, hint="18 位，单元格须为文本")
    kind_of = Column("市场主体类型", Choice("市场主体类型", EnterpriseKind, KIND_WORDS), example="企业")
    industry = Column("所属行业", Text(50), example="现代物流", lookup="industries")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    unit = Column("走访单位", Text(100), required=True, example="市公安局", lookup="units")
    officer = Column("走访干警", Text(50), example="干警0001", clears=("officer", "officer_name"))
    visited_on = Column("走访日期", Day(), required=True, example="2023-05-12")
    contact_name = Column("联系人", PersonName(50), example="联系人001")
    contact_phone = Column("联系电话", Phone(), example="13800000000")
    satisfaction = Column("满意度", Choice("满意度", Satisfaction), example="满意")
    category = Column("诉求类别", Text(50), example="合同纠纷", lookup="categories")
    appeal = Column(
        "问题诉求",
        Text(drop_dashes=False),
        example="1、下游经销商拖欠货款；2、厂区夜间电缆被盗",
        hint="没有就填“无”；分条的每条成为一个问题",
    )
    amount = Column("涉及金额", Yuan(), example="93", hint="不带单位按万元，也可写 1,980,000元")
    suggestion = Column("意见建议", Text(), example="希望简化流程")
    notes = Column("备注", Text(), example="")
    ref = Column("系统编号", Reference(SURVEY_PREFIX), offered=False)

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        take_forms(register)
        for pks in chunks(keys["refs"]):
            register.forms |= {form.pk: form for form in SurveyForm.objects.for_list().filter(pk__in=pks)}

    def look_ahead(self, register: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        """The stored forms of the enterprises that the rows may mean, on their days."""
        if not register.form_days:  # no enterprise of the file has any
            return
        wanted: dict[int, set[date | None]] = defaultdict(set)
        for cells in rows:
            named = [register.by_code.get(cells["uscc"])]
            named += [
                one
                for part in self.split_names(cells["name"] or "")
                for one in register.by_name.get(name_key(part), ())
            ]
            for pk in register.chosen.union(one.pk for one in named if one and one.pk in register.form_days):
                wanted[pk].add(cells["visited_on"])
        load_forms(register, wanted)

    def count(self, row: Any, tally: Any) -> None:
        facts = row.facts
        tally.enterprises.add(facts["enterprise"])
        tally.amount += facts["amount"] or 0
        if facts["entries"]:
            tally.sums["problem_entries"] += facts["entries"]
            tally.sums["forms_with_problems"] += 1
            tally.by_unit[facts["unit"]] += facts["entries"]
        if facts.get("satisfaction"):
            tally.by_satisfaction[facts["satisfaction"]] += 1

    def figures(self, tally: Any) -> dict[str, Any]:
        return {
            "problem_entries": tally.sums["problem_entries"],
            "forms_with_problems": tally.sums["forms_with_problems"],
            "enterprises": len(tally.enterprises),
            "amount_yuan": number(tally.amount),
            "by_unit": dict(tally.by_unit),
            "by_satisfaction": dict(tally.by_satisfaction),
        }

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        if values["ref"]:
            amend(values, row, register, plan)
            return
        self.refuse_retired(values, None)
        add_up(values, row)
        as_it_is_now(values, row, register)
        enterprise = find(values, row, register)
        asking, values["requests"] = Asking(), None
        with asking:
            values["requests"] = requests_of(values, row, register)
        if enterprise is not None and self.is_known(enterprise, values, row, register, plan):
            return
        with asking:
            values["other"] = other_category(own_of(values["requests"] or [], values, row), values, row, register)
        asking.done()
        key = fingerprint(enterprise, values)
        if key in register.fingerprints:
            row.settle(RowOutcome.DUPLICATE, "这张表以前导入过，之后在系统里改过企业、日期或诉求；请在系统里核对")
            return
        if values["requests"]:  # a problem stands in every half-year that ended since
            register.check_ends(row, "visited_on", values["visited_on"])
        register.check_day(row, "visited_on", values["visited_on"])
        officer = people.officer(register, row, "officer", values["officer"], values["unit"], "只记姓名")
        served = serve(enterprise, values, row, register, plan)
        register.seen[form_key(served, values)] = (row.source.where, mark(compared(values)))
        row.made = form = make_form(values, served, officer, key, row)
        plan.add(form, row)
        add_entries(form, values, row, register, plan)
        told = {"企业名称": firm_words(values["name"], served), "走访干警": person_words(form.officer)}
        row.understood |= {label: words for label, words in told.items() if words}
        row.facts = {
            "enterprise": served.uscc or served.name_key,
            "entries": len(values["requests"]),
            "amount": form.amount,
            "satisfaction": form.get_satisfaction_display() if form.satisfaction else "",
            "unit": form.unit.name,
        }

    def is_known(self, enterprise: Enterprise, values: dict[str, Any], row: Any, register: Any, plan: Any) -> bool:
        """Whether the form was there before, in this file or in the system; then the row is settled. As long as it is
        not sure what its requests are, only a form of the very same words is the same."""
        key, content = form_key(enterprise, values), mark(compared(values))
        where, earlier = register.seen.get(key, ("", b""))
        if where:
            names = [self.columns()[name].column_name for name in differing(compared(values), earlier, content)]
            but = f"，但{'、'.join(names)}不同；只登记前一行，请核对后只留一行" if names else ""
            row.settle(RowOutcome.DUPLICATE, f"与 {where} 是同一张表（企业、日期、诉求都相同）{but}")
            row.parts = {}
            return True
        form = same_form(enterprise, values, register)
        if form is None and values["requests"] is not None:
            form = reworded_form(enterprise, values, row, register)
        if form is None:
            return False
        had = form.appeal
        serve(enterprise, values, row, register, plan)
        correct(form, values, row, register, plan)
        if form.appeal and not had:
            register.check_ends(row, "visited_on", form.visited_on)
            add_entries(form, values, row, register, plan)
            row.facts |= {"entries": len(values["requests"]), "unit": form.unit.name}
        else:
            row.parts = {}
        register.seen |= dict.fromkeys((key, met(form)), (row.source.where, content))
        return True


COMPARED = (
    "uscc", "unit", "officer", "contact_name", "contact_phone", "satisfaction", "category", "amount", "suggestion",
    "notes", "industry", "workstream", "kind_of",
)  # fmt: skip


def compared(values: dict[str, Any]) -> dict[str, Any]:
    """What two rows of one form may say differently."""
    return {name: values[name] for name in COMPARED}


def fingerprint(enterprise: Enterprise | None, values: dict[str, Any]) -> str:
    """One value for a form: by the credit code of its enterprise, or its name where no code is known."""
    code = values["uscc"] or (enterprise.uscc if enterprise else None)
    owner = code or (enterprise.name_key if enterprise else name_key(values["name"]))
    return print_of(owner, values["visited_on"], values["appeal"], values["unit"].pk)


def serve(enterprise: Enterprise | None, values: dict[str, Any], row: Any, register: Any, plan: Any) -> Enterprise:
    """The form's enterprise: the known one, whose missing code the form may bring, or a new one."""
    wanted = {
        name: values[name] for name in ("name", "uscc", "industry", "workstream", "contact_name", "contact_phone")
    }
    if enterprise is None:
        row.notes.append("新登记的企业")
        return create(wanted | {"kind": values["kind_of"]}, row, register, plan)
    if values["uscc"] and not enterprise.uscc:
        plan.change(enterprise, {"uscc": values["uscc"], "is_verified": True}, row)
        register.add_code(enterprise)
        row.notes.append("为已登记的企业补上统一社会信用代码")
    return enterprise


def make_form(values: dict[str, Any], enterprise: Enterprise, officer: Any, fingerprint: str, row: Any) -> SurveyForm:
    money = values["amount"]
    if money and money.amount is None:
        row.notes.append(f"涉及金额“{money.text}”是外币，写入备注")
    given = ("industry", "workstream", "unit", "visited_on", "contact_name", "contact_phone", "category", "suggestion")
    return new_record(
        SurveyForm,
        **{name: values[name] for name in given},
        serial=row.source.serial[:30],
        enterprise=enterprise,
        officer=officer,
        officer_name=values["officer"],
        satisfaction=values["satisfaction"] or "",
        appeal="" if says_nothing(values["appeal"]) else values["appeal"],
        amount=money.amount if money else None,
        notes=notes_of(values),
        fingerprint=fingerprint,
    )


def add_entries(form: SurveyForm, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
    requests = values["requests"]
    own = own_of(requests, values, row)
    other = values["other"] if "other" in values else other_category(own, values, row, register)
    for text, its in zip(requests, own, strict=True):
        its["category"] = its.get("category", form.category) or other
        plan.add(entry_of(form, text, len(requests), its), row)
