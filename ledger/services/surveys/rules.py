"""What of a survey form cannot be so, who may put it right, and what of it stays; imports ask the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from common.dates import date_fault
from ledger.models import SurveyForm
from ledger.services.errors import FieldsRefusedError
from ledger.services.rights import may_change
from ledger.surveying.same import print_of

# What the requests of a form have taken over as ledger entries: put right there, by their own steps.
REQUESTED = ("enterprise", "visited_on", "unit", "category", "appeal", "amount")


def may_change_survey(form: SurveyForm, user: User) -> bool:
    """Whoever visited or typed it, and who clerks for the unit that visited."""
    return user.can("survey.edit") and may_change(form, user)


def check(columns: Mapping[str, Any], has_requests: bool, today: date) -> None:
    """
    Raises:
        FieldsRefusedError: no firm or unit, a day that cannot be, a request without a category.
    """
    faults = {}
    if columns["enterprise"] is None:
        faults["enterprise"] = "请选择企业；名册里没有的，先在企业名录登记"
    if columns["unit"] is None:
        faults["unit"] = "请选择走访单位"
    if words := date_fault(columns["visited_on"], today, "走访日期"):
        faults["visited_on"] = words
    if has_requests and columns["category"] is None:
        faults["category"] = "有诉求的请选择诉求类别，办理时限按类别计算"
    if faults:
        raise FieldsRefusedError(faults)


def fingerprint(columns: Mapping[str, Any]) -> str:
    """The one value of the form, as an import works it out."""
    firm = columns["enterprise"]
    return print_of(firm.uscc or firm.name_key, columns["visited_on"], columns["appeal"], columns["unit"].pk)
