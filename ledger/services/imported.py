"""Taking imported entries out of the ledger again: the only way an entry and its first event ever leave it."""

from collections.abc import Collection

from django.db import transaction

from common.rows.references import references
from ledger.closed.books import closed_books
from ledger.closed.footprint import footprints
from ledger.closed.guard import refuse
from ledger.models import EntryEvent, EntrySource, ProblemEntry
from ledger.services.errors import LedgerError
from ledger.states import Action, EntryState

CHUNK = 900


@transaction.atomic
def remove_imported_entries(pks: Collection[int], *, reason: str = "") -> int:
    """Removes entries that an import registered and nobody has touched since, each with its only event.

    Their numbers stay spent. All of them go or none: callers leave touched ones out beforehand.

    Raises:
        LedgerError: one is no imported entry, has been corrected or moved, or something refers to it.
        PeriodClosedError: one stands in the figures of a closed period, and no `reason` is given.
    """
    ordered = sorted(pks)
    removed = 0
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        refuse_touched(part, reason)
        events, entries = EntryEvent.objects.filter(entry__in=part), ProblemEntry.objects.filter(pk__in=part)
        events._raw_delete(events.db)  # delete() refuses on purpose, everywhere but here
        removed += entries._raw_delete(entries.db)
    return removed


def refuse_touched(pks: Collection[int], reason: str) -> None:
    untouched = ProblemEntry.objects.select_for_update().filter(
        pk__in=pks, version=1, state=EntryState.REGISTERED, source=EntrySource.SURVEY, source_form__isnull=False
    )
    free = list(untouched.order_by("pk").values_list("pk", flat=True))
    touched = ProblemEntry.objects.filter(pk__in=pks).exclude(pk__in=free).first()
    if touched:
        raise LedgerError(f"{touched.number} 已有人办理或修改，不能随导入一起撤销")
    if not reason.strip() and (books := closed_books()):
        refuse({fact for facts in footprints(ProblemEntry, free, books).values() for fact in facts}, books)
    firsts = set(EntryEvent.objects.filter(entry__in=pks, seq=1, action=Action.REGISTER).values_list("pk", flat=True))
    for found in references(ProblemEntry, pks):
        if found.holder[0] is not EntryEvent or found.holder[1] not in firsts:
            number = ProblemEntry.objects.get(pk=found.referred[1]).number
            raise LedgerError(f"{number} 已有后续的{found.holder[0]._meta.verbose_name}，不能随导入一起撤销")
