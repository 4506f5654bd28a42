from typing import Any

from django import template

from cases.models import LegalCase
from ledger.models import ProblemEntry
from ledger.selectors.linking import cases_for, entries_for
from ledger.services.entries.linking import may_link

register = template.Library()


@register.inclusion_tag("ledger/_entries_to_link.html", takes_context=True)
def entries_to_link(context: dict[str, Any], case: LegalCase) -> dict[str, Any]:
    """Offers on a case's page the problems of the same firms."""
    request = context["request"]
    return {"case": case, "offered": entries_for(case, request.user), "request": request}


@register.inclusion_tag("ledger/_cases_to_link.html", takes_context=True)
def cases_to_link(context: dict[str, Any], entry: ProblemEntry) -> dict[str, Any]:
    """Offers on a problem's page the cases of the same firm, and to take the link back."""
    request = context["request"]
    offered = cases_for(entry, request.user)
    return {"entry": entry, "offered": offered, "may_drop": bool(entry.case_id) and may_link(entry, request.user),
            "request": request}  # fmt: skip
