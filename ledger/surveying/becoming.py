"""What a request on a survey form becomes: the ledger entry, before it is stored; typed by hand or imported."""

from collections.abc import Mapping
from typing import Any

from common.rows.database import new_record
from ledger.models import EntrySource, ProblemEntry, SurveyForm


def entry_of(form: SurveyForm, text: str, of: int, own: Mapping[str, Any]) -> ProblemEntry:
    """One request as a ledger entry; the form's amount is the entry's only where the form has a single request.

    `own`: its category, and its amount where it has a column of its own.
    """
    return new_record(
        ProblemEntry,
        title=text[:200],
        content=text if len(text) > 200 else "",
        category=own["category"],
        source=EntrySource.SURVEY,
        source_form=form,
        enterprise=form.enterprise,
        workstream=form.workstream,
        contact_name=form.contact_name,
        contact_phone=form.contact_phone,
        amount=own.get("amount", form.amount if of == 1 else None),
        unit=form.unit,
        registered_on=form.visited_on,
    )
