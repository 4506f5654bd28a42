"""Rows of a preview as they are shown: their cells with addresses, what can be changed in them, what was decided."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from common.templatetags.ui import moment
from imports.cells import text_of
from imports.known.register import names_of, take_small_tables
from imports.models import BatchState, ImportBatch, ImportRow
from imports.pages.correcting import is_editable
from imports.pages.selectors import record_pages
from imports.resources.kinds import RESOURCES

LONG = 40  # characters; longer ones get a field of several lines


@dataclass(frozen=True)
class ShownCell:
    name: str
    label: str
    address: str
    value: str
    reasons: list[str]
    corrected: str  # what was in the file, and who put this there

    @property
    def is_long(self) -> bool:
        return len(self.value) > LONG or "\n" in self.value


@dataclass(frozen=True)
class ShownRow:
    row: ImportRow
    anchor: str
    cells: list[ShownCell]
    is_open: bool  # every cell can be typed into, not only the wrong ones
    may_edit: bool
    may_decide: bool
    url: str
    asked: Mapping[str, int]  # name that is not sure → rows that ask for it, where there are several

    @property
    def wrong(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.reasons]

    @property
    def others(self) -> list[ShownCell]:
        return [cell for cell in self.cells if not cell.reasons]

    @property
    def filled(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.value]

    @property
    def corrected(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.corrected]

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong with the row as it cannot be edited here, and what no cell stands for."""
        labels = {cell.label for cell in self.cells} if self.may_edit else set()
        return [problem for problem in self.row.errors if problem["column"] not in labels]

    @property
    def questions(self) -> list[dict[str, Any]]:
        return self.with_answers("questions")

    @property
    def offers(self) -> list[dict[str, Any]]:
        """What may be said otherwise than it is taken."""
        return self.with_answers("offers")

    def with_answers(self, name: str) -> list[dict[str, Any]]:
        chosen = self.row.values.get("chosen", {})
        return [
            asked | {"chosen": chosen.get(asked["key"]), "others": self.asked.get(asked["key"], 1) - 1}
            for asked in self.row.values.get(name, [])
        ]

    @property
    def choices(self) -> list[dict[str, Any]]:
        place = (self.row.sheet, self.row.row_no)
        return [
            choice | {"who": who(choice), "elsewhere": (choice["sheet"], choice["row_no"]) != place}
            for choice in self.row.values.get("choices", [])
        ]

    @property
    def parts(self) -> dict[str, Any]:
        """The requests that the row makes, where they are several or were joined."""
        parts = self.row.values.get("parts", {})
        return parts | {"who": who(parts) if "by" in parts else ""} if parts else {}

    @property
    def left_out(self) -> str:
        told = self.row.values.get("left_out")
        return who(told) if told else ""

    @property
    def was_decided(self) -> bool:
        return any(self.row.values.get(name) for name in ("left_out", "corrected", "choices", "chosen"))


def who(told: Mapping[str, Any]) -> str:
    return f"{told['by']} {moment(datetime.fromisoformat(told['at']))}"


def anchor_of(sheet: str, row_no: int) -> str:
    """The same for a row however often it is planned again; fit for an address."""
    return f"row-{zlib.crc32(sheet.encode()):x}-{row_no}"


def shown(batch: ImportBatch, rows: Iterable[ImportRow], opened: str = "") -> list[ShownRow]:
    """Rows with their cells under the headings of the kind, and the page of the record each made."""
    listed = list(rows)
    pages = record_pages(batch, [row.object_id for row in listed if row.object_id])
    waiting, asked = batch.state == BatchState.PLANNED, batch.summary.get("asked", {})
    found = []
    for row in listed:
        may_edit = waiting and row.row_no > 0 and is_editable(row)
        anchor, url = anchor_of(row.sheet, row.row_no), pages.get(row.object_id, "")
        found.append(
            ShownRow(
                row, anchor, list(cells_of(batch, row)), may_edit and anchor == opened, may_edit, waiting, url, asked
            )
        )
    return found


def cells_of(batch: ImportBatch, row: ImportRow) -> Iterable[ShownCell]:
    stem = PurePath(batch.name).stem
    cells, at, corrected = (row.values.get(name, {}) for name in ("cells", "at", "corrected"))
    for name, column in RESOURCES[batch.kind].columns().items():
        if not (column.offered or cells.get(name)):
            continue
        label = column.column_name
        problems = [problem for problem in row.errors if problem["column"] == label]
        cell = at.get(name) or next((problem["cell"] for problem in problems), "")
        told = corrected.get(name)
        yield ShownCell(
            name=name,
            label=label,
            address=f"{stem}!{row.sheet}!{cell}" if cell else "",
            value=text_of(cells.get(name)),
            reasons=[problem["reason"] for problem in problems],
            corrected=f"原为“{told['was'] or '空'}”，{who(told)} 改" if told else "",
        )


def offered(batch: ImportBatch, rows: Iterable[ShownRow]) -> dict[str, list[str]]:
    """Words to choose from in the cells of rows that can be edited, by field."""
    if not any(item.may_edit for item in rows):
        return {}
    small, words = take_small_tables(batch.kind), {}
    for name, column in RESOURCES[batch.kind].columns().items():
        if column.lookup:
            words[name] = names_of(getattr(small, column.lookup).values())
        elif column.widget.options():
            words[name] = column.widget.options()
    return words
