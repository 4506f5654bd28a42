"""Survey forms that the system knows already, come back in an exported list or sent again: what may still be put right.

What the form said stays as it was said: its requests have become ledger entries, which only their own moves change.
"""

from typing import Any

from common.rows.references import own_field
from common.text import name_key
from imports.errors import RowError
from imports.known.forms import bare
from imports.models import RowOutcome
from imports.planned.plan import is_same, show
from imports.resources.base import known_record, new_person
from ledger.models import SurveyForm

AMENDABLE = ("industry", "workstream", "contact_name", "contact_phone", "satisfaction", "suggestion", "notes")
FIXED = {"name": "企业", "unit": "走访单位", "visited_on": "走访日期"}


def amend(values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
    """Plans the differences between a row and the stored form that its number names.

    Raises:
        RowError: no such form, or a cell that an import does not change says something else.
    """
    form = known_record(register.forms, values, row, register)
    row.label = str(form)[:200]
    row.made = form
    row.facts = {"enterprise": form.enterprise.pk, "entries": 0, "amount": form.amount}
    if row.outcome == RowOutcome.DUPLICATE:
        return
    refuse_fixed(form, values)
    before = register.facts(form)
    wanted = {name: values[name] for name in AMENDABLE} | wanted_officer(form, values, row, register)
    wanted |= wanted_request(form, values, row)
    changed = plan.change(form, wanted, row)
    register.check(row, "visited_on", before, register.facts(form))
    row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)


def refuse_fixed(form: SurveyForm, values: dict[str, Any]) -> None:
    stored = {"name": form.enterprise.name_key, "unit": form.unit, "visited_on": form.visited_on}
    said = {"name": name_key(values["name"]), "unit": values["unit"], "visited_on": values["visited_on"]}
    for name, label in FIXED.items():
        if said[name] != stored[name]:
            raise RowError(name, f"已登记的调查表不能由导入改{label}；填错的请作为新表登记，系统编号留空")
    if values["uscc"] and values["uscc"] != form.enterprise.uscc:
        raise RowError("uscc", f"与“{form.enterprise}”的信用代码不同；信用代码请在企业名录修改")
    if values["appeal"] and bare(values["appeal"]) != bare(form.appeal):
        raise RowError("appeal", "诉求已登记为台账问题，不能由导入修改；请在问题页面更正")


def wanted_officer(form: SurveyForm, values: dict[str, Any], row: Any, register: Any) -> dict[str, Any]:
    """The visitor's name and account: both, where the cell says another name."""
    words, stored = values["officer"], form.officer_name or (form.officer.name if form.officer else "")
    if not words or name_key(words) == name_key(stored):
        return {"officer_name": "", "officer": None}
    officer = new_person(words, None, form.unit, row, register)
    if officer is None:
        row.cleared |= {"officer"}
    return {"officer_name": words, "officer": officer}


def wanted_request(form: SurveyForm, values: dict[str, Any], row: Any) -> dict[str, Any]:
    """Category and amount, as long as no request of the form has become an entry with its own."""
    money, category = values["amount"], values["category"]
    if money and money.amount is None:
        raise RowError("amount", f"涉及金额“{money.text}”不是人民币，请折算后填写")
    wanted = {"category": category, "amount": money.amount if money else None}
    for name, value in wanted.items():
        differs = value not in (None, getattr(form, name)) or name in row.cleared
        if form.appeal and differs:
            raise RowError(name, "诉求已登记为台账问题，类别和金额请在问题页面更正")
    return wanted


def correct(form: SurveyForm, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
    """Plans what a form sent again says otherwise than the stored one. What people have put right since, and what its
    requests have become, stays as it is; the row tells every cell that differs.

    Raises:
        RowError: it would move figures of a closed period.
    """
    row.label, row.made = str(form)[:200], form
    row.facts = {"enterprise": form.enterprise.pk, "entries": 0, "amount": form.amount}
    before = register.facts(form)
    wanted = {name: values[name] or "" for name in AMENDABLE} | wanted_officer(form, values, row, register)
    wanted |= {"notes": notes_of(values), "amount": values["amount"].amount if values["amount"] else None}
    wanted |= {name: values[name] for name in ("category", "unit")} | {"appeal": values["appeal"]}
    kept = [*settled_cells(form), *register.edited.get(form.pk, {})]
    differing = {name: wanted.pop(name) for name in kept if name in wanted}
    if bare(form.appeal) == bare(values["appeal"]):
        wanted.pop("appeal", None)
        differing.pop("appeal", None)
    changed = plan.change(form, wanted, row) or bool(row.changes)  # the code that its enterprise lacked
    told = [words for name, value in differing.items() if (words := unlike(form, name, value, register))]
    if told:
        row.notes.append(f"与系统里的这张表不同、未改动：{'；'.join(told)}；确要更正的，请在系统里改")
    register.check(row, "visited_on", before, register.facts(form))
    same = "这张表已经在系统里" + ("" if told else "（企业、日期、诉求都相同）")
    row.settle(*((RowOutcome.UPDATE, "系统里已有这张表，按这一行更正") if changed else (RowOutcome.DUPLICATE, same)))


def settled_cells(form: SurveyForm) -> tuple[str, ...]:
    """What no later sending changes: the unit, and what the form's requests have taken over as ledger entries."""
    return ("unit", "category", "amount", "appeal") if form.appeal else ("unit",)


def unlike(form: SurveyForm, name: str, value: Any, register: Any) -> str:
    """One cell that differs, as people read it; "" where it does not, or says nothing."""
    old = getattr(form, name)
    if value in (None, "") or is_same(old, value):
        return ""
    column = own_field(SurveyForm, name)
    words = dict(column.flatchoices)
    by = register.edited.get(form.pk, {}).get(name)
    since = f"，{by}在系统里改过" if by else ""
    return f"{column.verbose_name}（系统里 {show(words.get(old, old))}，表里 {show(words.get(value, value))}{since}）"


def notes_of(values: dict[str, Any]) -> str:
    """The notes of a form, with an amount that is no yuan in its own words."""
    money = values["amount"]
    foreign = f"涉及金额：{money.text}" if money and money.amount is None else ""
    return "\n".join(part for part in (values["notes"], foreign) if part)
