"""Entries and their events in words."""

from ledger.models import EntryEvent, ProblemEntry, Rating
from ledger.moves.table import SPECS
from ledger.states import Action

RAISED = {1: "单位领导", 2: "市级领导"}


def told(event: EntryEvent) -> str:
    """What a move did, in the words shown after it: “JS-2026-0183 已交办市公安局，期限 12月6日”."""
    entry = event.entry
    unhappy = event.action == Action.SEND_BACK and entry.rating == Rating.UNSATISFIED
    raised = f"企业不满意，已提请{RAISED[entry.raised]}过问，" if unhappy else ""
    return f"{entry.number} {raised}{SPECS[Action(event.action)].told(event)}"


def choice_label(entry: ProblemEntry) -> str:
    return f"{entry.number} {entry.title}" + (f"（{entry.enterprise}）" if entry.enterprise else "")
