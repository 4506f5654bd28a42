"""What becomes of the 督办单 of an entry that is done with, or goes to another unit, before they are answered.

Source of the rule: docs/domain.md, “督办单”.
"""

from ledger.models import SupervisionOrder
from ledger.moves.data import Step
from ledger.moves.facts import Fact, Facts
from ledger.moves.spec import Changes, Move
from ledger.states import EntryState

SETTLED = EntryState.RESOLVED | EntryState.EXCLUDED


def end_orders(move: Move, step: Step, changes: Changes) -> Facts:
    """Ends what no longer has an object, once the move is made: nobody has to answer for a matter resolved, set aside
    or led by another unit now. A claim alone ends nothing, since it may be sent back."""
    if move.target not in SETTLED and "lead_unit" not in changes:
        return {}
    entry, found = step.entry, SupervisionOrder.objects.unanswered().filter(entry=step.entry)
    if entry.state not in SETTLED and entry.lead_unit_id:
        found = found.exclude(unit=entry.lead_unit_id)
    ended = list(found.select_for_update().order_by("pk"))
    for order in ended:
        order.ended_on, order.ended_because = step.day, f"{entry.number} 已{move.action.label}，不必再回复"
        order.save(update_fields=["ended_on", "ended_because"])
    return {Fact.ENDED_ORDERS: "、".join(order.number for order in ended)} if ended else {}
