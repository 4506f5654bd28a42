"""manage.py state_diagram [--write]: the ledger's table of moves as a Mermaid diagram, for docs/domain.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ledger.moves.table import MOVES
from ledger.states import EntryState

DOCUMENT = "docs/domain.md"
START, END = "<!-- state_diagram -->", "<!-- /state_diagram -->"


def diagram() -> str:
    """One arrow for each source state of each move, in the table's order."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {EntryState.REGISTERED.label}: 登记"]
    for action, move in MOVES.items():
        for state in EntryState:
            if state in move.sources:
                target = EntryState(move.target or state).label
                lines.append(f"    {state.label} --> {target}: {action.label}")
    return "\n".join([*lines, "```"])


def with_diagram(text: str) -> str:
    """The document with the diagram between its two marks replaced."""
    head, rest = text.split(START)
    return f"{head}{START}\n{diagram()}\n{END}{rest.split(END)[1]}"


class Command(BaseCommand):
    help = "按状态表画出问题台账的流转图（Mermaid）；--write 写入 docs/domain.md"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"写入 {DOCUMENT}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(diagram())
            return
        path = Path(settings.BASE_DIR) / DOCUMENT
        path.write_text(with_diagram(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(f"已更新 {DOCUMENT}")
