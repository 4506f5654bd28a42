"""What a step writes of its entry, and what its event tells of a deadline that changes by it."""

from collections.abc import Mapping
from typing import Any

from ledger.models import DeadlineBasis
from ledger.moves.data import Step
from ledger.moves.facts import Fact, Facts
from ledger.moves.spec import Changes, Move
from ledger.moves.specs.requests import UNASKED


def written(move: Move, step: Step) -> Changes:
    """The columns besides state and version. A deadline a move gives otherwise than by rule is one somebody chose."""
    changes = dict(move.writes(step))
    if move.counter:
        changes[move.counter] = getattr(step.entry, move.counter) + 1
    chosen = {"deadline_basis": DeadlineBasis.HAND} if "deadline" in changes else {}
    return {**chosen, **changes, **(UNASKED if move.settles else {})}


def deadline_facts(changes: Mapping[str, Any]) -> Facts:
    """What the timeline tells of a changed deadline besides the date itself."""
    told: Facts = {}
    if changes.get("deadline_basis") == DeadlineBasis.RULE and "counted_days" in changes:
        told[Fact.DEADLINE_BASIS] = f"按规则 {changes['counted_days']} 个工作日"
    if changes.get("deadline_reason"):
        told[Fact.DEADLINE_REASON] = changes["deadline_reason"]
    return told
