"""Entries and their events in words."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Comparison:
    """Two entries side by side: what each says, line by line."""

    entry: ProblemEntry
    original: ProblemEntry

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        both = [dict(self.says(one)) for one in (self.entry, self.original)]
        return [(label, both[0][label], both[1][label]) for label in both[0]]

    def says(self, entry: ProblemEntry) -> list[tuple[str, str]]:
        served = entry.enterprise or entry.project
        return [
            ("编号", entry.number),
            ("状态", entry.get_state_display()),
            ("登记日期", f"{entry.registered_on:%Y-%m-%d}"),
            ("登记单位", str(entry.unit)),
            ("企业或项目", str(served or "—")),
            ("问题", entry.title),
            ("具体情况", entry.content or "—"),
        ]


def choice_label(entry: ProblemEntry) -> str:
    return f"{entry.number} {entry.title}" + (f"（{entry.enterprise}）" if entry.enterprise else "")
