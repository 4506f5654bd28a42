"""Writing cases and what goes with them. The rules live here; forms only read, views only show."""

from cases.services.cases import case_number, change_officer, check_course, create_case, edit_case
from cases.services.published import save_campaign, save_recommendation, save_typical_case
from cases.services.writing import CaseError, CasePeriodClosedError

__all__ = [
    "CaseError",
    "CasePeriodClosedError",
    "case_number",
    "change_officer",
    "check_course",
    "create_case",
    "edit_case",
    "save_campaign",
    "save_recommendation",
    "save_typical_case",
]
