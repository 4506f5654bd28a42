"""The columns of money of one table, row by row: an amount that stands for several rows counts once, and a unit that
stands beside it is its own. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from imports.cells import text_of
from imports.cells.units import noted_units
from imports.reading.parent import Sheet
from imports.tables.header import Header, heading_of
from imports.tables.table import Names, SourceRow, Table, cell_at, filled
from imports.tables.units import beside, heading_words, is_unit_row, places_beside, settle_units, texts_around

DITTO = re.compile(
    r"(?:[同如][上前左右]|上同|见上|同第?\d+[行号].{0,3}|ditto|〃|″|“|”|\"|'')(?:行|格|金额)?", re.IGNORECASE
)
UNIT_ROW, UNIT_NOTE = "表头下的单位", "填表说明"
BLANK, MOST_NOTES = "空行", 200
Block = tuple[int, int, int]  # first row, last row, column


class Amounts:
    """Fed with the rows of a table in their order; `finish` settles the units when all are known."""

    def __init__(self, sheet: Sheet, header: Header, names: Names) -> None:
        self.sheet, self.header, self.names = sheet, header, names
        self.columns = {index: name for index, name in header.columns.items() if name in names.money}
        self.has_unit_row = bool(self.columns) and is_unit_row(sheet, header, names)
        self.places = {index: places_beside(index, header) for index in self.columns}
        self.blocks = self.merged()
        self.taken: dict[Block, int] = {}  # the row that a merged amount counts in
        self.notes: list[int] = []  # rows that say something of the table
        self.used: set[int] = set()  # columns of units

    def merged(self) -> dict[int, list[Block]]:
        """By row: the cells of money that were merged down over it and others."""
        blocks: dict[int, list[Block]] = {}
        for top, left, bottom, _ in self.sheet.merges if self.columns else ():
            is_below = bottom > top > self.header.last and top < len(self.sheet.rows)
            if left in self.columns and is_below and text_of(cell_at(self.sheet.rows[top], left)):
                for at in range(top, min(bottom, len(self.sheet.rows) - 1) + 1):
                    blocks.setdefault(at, []).append((top, bottom, left))
        return blocks

    def why_skipped(self, at: int) -> str:
        """Why a row that speaks of units is no record; empty when it doesn't."""
        if self.has_unit_row and at == self.header.last + 1:
            return UNIT_ROW
        cells = filled(self.sheet.rows[at]) if self.columns else []
        alone = self.sheet.rows[at][cells[0]] if len(cells) == 1 else None
        return UNIT_NOTE if isinstance(alone, str) and noted_units(alone) else ""

    def passed_over(self, at: int, reason: str) -> None:
        """Takes what a row that is no record says into account: a note below the table, a total `（元）`."""
        if self.columns and reason != BLANK and len(self.notes) < MOST_NOTES:
            self.notes.append(at)

    def settle(self, source: SourceRow, at: int) -> None:
        """The row's amounts as they stand in its own cells: what is merged or repeated was there before."""
        row = self.sheet.rows[at]
        for index, name in self.columns.items():
            source.cells[name] = cell_at(row, index)
            self.leave_ditto(source, index, name)
            found = beside(row, index, self.places[index])
            if found:
                source.units[name] = found[0]
                self.used.add(found[1])
        for block in self.blocks.get(at, ()):
            self.count_once(source, block)

    def count_once(self, source: SourceRow, block: Block) -> None:
        """Leaves a merged amount to the first of its rows that is a record."""
        top, bottom, index = block
        name, heading = self.columns[index], heading_of(self.header, index)
        if block in self.taken:
            source.cells[name] = ""
            where = f"第 {self.taken[block]} 行"
            note = f"“{heading}”与{where}合并成一格，金额只算在{where}；各有一笔的，请取消合并后分别填写"
        else:
            self.taken[block] = source.row_no
            source.cells[name] = cell_at(self.sheet.rows[top], index)
            first = self.sheet.place(top)[1]
            note = f"“{heading}”这一格合并了第 {first}～{first + bottom - top} 行，金额只算在这一行"
        source.notes = (*source.notes, note)

    def leave_ditto(self, source: SourceRow, index: int, name: str) -> None:
        """同上 instead of an amount tells of the one above, which counts already."""
        words: Any = source.cells[name]
        if isinstance(words, str) and DITTO.fullmatch(re.sub(r"\s", "", words)):
            source.cells[name] = ""
            heading = heading_of(self.header, index)
            note = f"“{heading}”写“{words.strip()}”，看作与上面是同一笔，没有重复计入；各有一笔的，请写明金额"
            source.notes = (*source.notes, note)

    def finish(self, table: Table, above: Iterable[int]) -> None:
        """The units of the whole table; `above` are the rows over its heading that belong to it."""
        if not self.columns:
            return
        words = heading_words(self.sheet, self.header, self.names)
        around = texts_around(self.sheet, self.header, above, self.notes)
        settle_units(table, self.names, words, around)
        units = {heading_of(self.header, index) for index in self.used}
        table.ignored = [heading for heading in table.ignored if heading not in units]
