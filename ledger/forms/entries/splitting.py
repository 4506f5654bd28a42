"""What people type when they split an entry: what it keeps, and what becomes of the rest."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from ledger.forms.entries.moves import MoveForm
from ledger.forms.fields import words
from ledger.moves.data import MoveData, Piece
from ledger.moves.table import MOVES
from ledger.states import Action

MOST = 3


def piece_fields() -> dict[str, forms.CharField]:
    """A title and a text for each problem that may be split off."""
    found = {}
    for number in range(1, MOST + 1):
        found[f"piece_{number}_title"] = words(f"拆出的第 {number} 个问题", max_length=200)
        found[f"piece_{number}_content"] = words(f"第 {number} 个的具体情况", rows=2)
    return found


class SplitForm(MoveForm):
    """The entry keeps its first problem; each further one is registered as an entry of its own."""

    kept_title = words("这一件保留的问题", "请写明这一件保留哪个问题", max_length=200)
    kept_content = words("保留的具体情况", rows=3)
    locals().update(piece_fields())

    def names(self) -> Iterable[str]:
        return "kept_title", "kept_content", *piece_fields(), "note"

    def likely(self) -> Mapping[str, Any]:
        return {"kept_title": self.entry.title, "kept_content": self.entry.content}

    def ask(self, name: str, field: forms.Field) -> None:
        super().ask(name, field)
        field.required = name == "kept_title"

    @property
    def move_data(self) -> MoveData:
        given = self.cleaned_data
        texts = [(given[f"piece_{n}_title"], given[f"piece_{n}_content"]) for n in range(1, MOST + 1)]
        return MoveData(
            note=given["note"],
            kept=Piece(given["kept_title"], given["kept_content"]),
            pieces=[Piece(title, content) for title, content in texts if title or content],
        )


def move_form(action: Action) -> type[MoveForm]:
    return SplitForm if any(field.name == "pieces" for field in MOVES[action].fields) else MoveForm
