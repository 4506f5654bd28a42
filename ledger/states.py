"""The states of an entry put together in groups, and the words of its life. Pure: no database, no request, no clock.

The moves between them are in `ledger.moves`, one spec each; the querysets, the figures and the moves share these.
Source of the rules: docs/domain.md, “The ledger's life”.
"""

from ledger.vocabulary import Action, Asked, EntryState, Mark, Party

__all__ = ["COUNTED", "IN_HAND", "SET_ASIDE", "Action", "Asked", "EntryState", "Mark", "Party"]

IN_HAND = frozenset({EntryState.ASSIGNED, EntryState.HANDLING, EntryState.DEFERRED})
COUNTED = frozenset(EntryState) - EntryState.EXCLUDED
SET_ASIDE = frozenset({EntryState.REJECTED, EntryState.DUPLICATE})  # out of the rates, looked at again by sample
