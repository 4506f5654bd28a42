"""Survey forms that the system knows already, come back in an exported list: what may still be put right in them.

What the form said stays as it was said: its requests have become ledger entries, which only their own moves change.
"""

import re
from typing import Any

from common.text import half_width, name_key
from imports.cells import says_nothing
from imports.errors import RowError
from imports.models import RowOutcome
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


def bare(text: str) -> str:
    return "" if says_nothing(text) else re.sub(r"\s", "", half_width(text))


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
