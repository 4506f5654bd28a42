"""据以化解的案件: which case a problem is resolved by, said from either of the two."""

from typing import Any

from django.db import transaction

from cases.models import LegalCase
from common.forms.conflicts import StaleVersionError, write_fields
from ledger.models import ProblemEntry
from ledger.services.errors import LedgerError
from ledger.services.rights import coordinates
from ledger.states import EntryState

SET_ASIDE = frozenset({EntryState.REJECTED, EntryState.DUPLICATE})


def may_link(entry: ProblemEntry, user: Any) -> bool:
    """Its handler, and who clerks for the unit that answers for it; the case of what is resolved stays, once said."""
    if entry.state in SET_ASIDE or (entry.case_id and entry.state in EntryState.RESOLVED):
        return False
    return entry.handler_id == user.pk or coordinates(user, entry.lead_unit or entry.unit)


@transaction.atomic
def link_case(*, entry: ProblemEntry, case: LegalCase | None, actor: Any, version: int | None) -> ProblemEntry:
    """Says by which case a problem is resolved, or that it is none; said so already, nothing happens.

    Raises:
        LedgerError: not the actor's to say, or a case that this person may not see.
        StaleVersionError: somebody changed the problem since the page was opened.
    """
    stored = ProblemEntry.objects.select_for_update(of=("self",)).select_related("unit", "lead_unit").get(pk=entry.pk)
    wanted = case.pk if case else None
    if stored.case_id == wanted:
        return stored
    if not may_link(stored, actor):
        raise LedgerError("经办人和本单位联络员可以关联案件；已化解的，关联过就不再改")
    if case and not LegalCase.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise LedgerError("没有这个案件，或不在您的范围内")
    if version != stored.version:
        raise StaleVersionError
    write_fields(ProblemEntry.objects.filter(pk=entry.pk), case_id=wanted)
    return ProblemEntry.objects.get(pk=entry.pk)
