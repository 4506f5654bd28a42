"""Which steps for many the rows of a list are open to, so that the list offers what its selection allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from ledger.models import BulkOperation, BulkRun, ProblemEntry
from ledger.moves.table import MOVES
from ledger.moves.who import own_parties
from ledger.states import Action, EntryState


@dataclass(frozen=True)
class Offer:
    """A step for many: its button, and why it is not there for a selection without any entry it is open to."""

    operation: BulkOperation
    icon: str
    missing: str

    @property
    def title(self) -> str:
        return self.operation.label


OFFERS = [
    Offer(BulkOperation.ACCEPT, "inbox", "没有您能受理的"),
    Offer(BulkOperation.ASSIGN, "send", "没有您能交办的"),
    Offer(BulkOperation.CLOSE_OUT, "circle-check", "没有您能销号的"),
    Offer(BulkOperation.REMIND, "bell-ringing", "没有还在办理的"),
]
STEPS = [Action(one) for one in BulkOperation if one != BulkOperation.REMIND]
THEN = {BulkOperation.ACCEPT.value: BulkOperation.ASSIGN.value}  # what those just done are likely to need next


def mark_picks(entries: Sequence[ProblemEntry], user: User) -> None:
    """Gives each entry `picks`: the operations open to it, by its state and what this person is to it. The preview
    knows more (evidence, what was changed since); it has the last word."""
    for entry in entries:
        parties = own_parties(entry, user)
        open_to = [step for step in STEPS if entry.state in MOVES[step].sources and MOVES[step].permits(parties)]
        remind = [BulkOperation.REMIND] if entry.state in EntryState.WORKING else []
        entry.picks = " ".join([*open_to, *remind])


def next_offer(made: BulkRun) -> Offer | None:
    """The operation that those just done go on with."""
    then = THEN.get(made.operation) if made.done else None
    return next((offer for offer in OFFERS if offer.operation == then), None)
