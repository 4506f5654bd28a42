from collections.abc import Sequence
from typing import Any

from django import template

from ledger.models import Recovery
from ledger.selectors.recoveries import doubts
from ledger.services.money.kin import Subject

register = template.Library()


@register.inclusion_tag("ledger/_same_money.html", takes_context=True)
def same_money(context: dict[str, Any], subject: Subject, shown: Sequence[Recovery]) -> dict[str, Any]:
    """Asks about money on this page that may be one sum recorded twice; where the page shows none, nothing is asked
    of the database."""
    user = context["request"].user
    return {"doubts": doubts(subject, user) if shown else [], "user": user, "request": context["request"]}
