"""Survey forms: what their pages need."""

from dataclasses import dataclass
from typing import Any

from enterprises.models import Enterprise
from ledger.models import ProblemEntry, SurveyForm
from ledger.services.surveys import may_change_survey


def sees_phone(form: SurveyForm, user: Any) -> bool:
    """Phone numbers are plain for the unit that visited and for those who see all units; masked for anyone else."""
    return user.sees_all or (user.unit is not None and str(form.unit.path).startswith(str(user.unit.path)))


@dataclass(frozen=True)
class SurveyPage:
    """A survey form with the entries its requests became, as this person may see them."""

    form: SurveyForm
    entries: list[ProblemEntry]
    sees_phone: bool
    may_change: bool


def survey_page(form: SurveyForm, user: Any) -> SurveyPage:
    entries = ProblemEntry.objects.visible_to(user).filter(source_form=form).select_related("lead_unit").order_by("pk")
    return SurveyPage(form, list(entries), sees_phone(form, user), may_change_survey(form, user))


def likely_values(firm: Enterprise | None) -> dict[str, Any]:
    """What a form of this firm most likely says of it."""
    if firm is None:
        return {}
    names = ("contact_name", "contact_phone", "industry", "workstream")
    return {"enterprise": firm.pk, **{name: firm.serializable_value(name) for name in names}}
