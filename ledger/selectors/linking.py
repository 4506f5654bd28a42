"""Which cases and problems may belong together: those of the same firm."""

from typing import Any

from cases.models import LegalCase
from ledger.models import ProblemEntry
from ledger.services.entries.linking import SET_ASIDE, may_link
from ledger.states import EntryState

OFFERED = 5


def entries_for(case: LegalCase, user: Any) -> list[ProblemEntry]:
    """Open problems of the case's firms that name no case yet, and that this person may link; the newest first."""
    rows = ProblemEntry.objects.visible_to(user).filter(enterprise__in=case.enterprises.values("pk"), case=None)
    rows = rows.exclude(state__in=[*EntryState.RESOLVED, *SET_ASIDE])
    found = rows.select_related("enterprise", "unit", "lead_unit").order_by("-registered_on", "-pk")[: OFFERED * 4]
    return [entry for entry in found if may_link(entry, user)][:OFFERED]


def cases_for(entry: ProblemEntry, user: Any) -> list[LegalCase]:
    """Cases of the problem's firm, the newest first, where it names none yet and this person may say which."""
    if entry.case_id or not entry.enterprise_id or not may_link(entry, user):
        return []
    rows = LegalCase.objects.visible_to(user).filter(enterprises=entry.enterprise_id)
    return list(rows.select_related("unit").order_by("-filed_on", "-pk")[:OFFERED])
