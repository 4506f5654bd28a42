"""The columns of money of one table, row by row: an amount that stands for several rows counts once, and a unit that
stands beside it is its own. Pure."""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from imports.cells import text_of
from imports.cells.units import noted_units
from imports.errors import Question, option
from imports.reading.parent import Sheet
from imports.tables.header import Header, heading_of
from imports.tables.table import Names, Repeated, SourceRow, Table, cell_at
from imports.tables.units import (
    amount,
    beside,
    heading_words,
    is_unit_row,
    places_beside,
    settle_units,
    sum_words,
    texts_around,
)

DITTO = re.compile(
    r"(?:[同如][上前左右]|上同|见上|同第?\d+[行号].{0,3}|ditto|〃|″|“|”|\"|'')(?:行|格|金额)?", re.IGNORECASE
)
ONCE, EACH = "once", "each"
MERGED, DITTOED = "有几行合并成一格", "有几行写“同上”"
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
        self.taken: dict[Block, SourceRow] = {}  # the row that a merged amount counts in
        self.above: dict[str, SourceRow] = {}  # the last row with an amount, by field
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
        held = (cell for cell in self.sheet.rows[at] if text_of(cell)) if self.columns else iter(())
        alone, more = next(held, None), next(held, None)
        return UNIT_NOTE if more is None and isinstance(alone, str) and noted_units(alone) else ""

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
        self.above |= {name: source for name in self.columns.values() if text_of(source.cells[name])}

    def count_once(self, source: SourceRow, block: Block) -> None:
        """Leaves a merged amount to the first of its rows that is a record."""
        top, bottom, index = block
        name, heading = self.columns[index], heading_of(self.header, index)
        if block in self.taken:
            where = f"第 {self.taken[block].row_no} 行"
            repeat(source, name, self.taken[block], f"“{heading}”与{where}合并成一格，金额只算在{where}", MERGED)
            return
        self.taken[block] = source
        source.cells[name] = cell_at(self.sheet.rows[top], index)
        first = self.sheet.place(top)[1]
        merged = f"第 {first}～{first + bottom - top} 行"
        note = f"“{heading}”这一格合并了{merged}，金额算在这一行；各有一笔的，在下面的行里改选"
        source.notes = (*source.notes, note)

    def leave_ditto(self, source: SourceRow, index: int, name: str) -> None:
        """同上 instead of an amount tells of the one above, which counts already."""
        words: Any = source.cells[name]
        if isinstance(words, str) and DITTO.fullmatch(re.sub(r"\s", "", words)):
            heading = heading_of(self.header, index)
            note = f"“{heading}”写“{words.strip()}”，看作与上面是同一笔，没有重复计入"
            repeat(source, name, self.above.get(name), note, DITTOED)

    def finish(self, table: Table, above: Iterable[int]) -> None:
        """The units of the whole table; `above` are the rows over its heading that belong to it."""
        if not self.columns:
            return
        words = heading_words(self.sheet, self.header, self.names)
        around = texts_around(self.sheet, self.header, above, self.notes)
        settle_units(table, self.names, words, around)
        offer_each(table)
        units = {heading_of(self.header, index) for index in self.used}
        table.ignored = [heading for heading in table.ignored if heading not in units]


def repeat(source: SourceRow, name: str, of: SourceRow | None, note: str, how: str) -> None:
    """The row has this amount in common with one above, which counts it."""
    source.cells[name] = ""
    source.notes = (*source.notes, note)
    if of is not None:
        source.repeats = (source.repeats or {}) | {name: Repeated(of, note, how)}


def offer_each(table: Table) -> None:
    """Lets the rows whose amount counts in one above have it said that each has its own."""
    rows: dict[tuple[str, str], list[tuple[SourceRow, Repeated]]] = defaultdict(list)
    for row in table.rows:
        for name, same in (row.repeats or {}).items():
            rows[name, same.how].append((row, same))
    for (name, how), repeated in rows.items():
        asked = each_question(table, name, how, repeated)
        for row, _ in repeated:
            row.asks = (*row.asks, asked)


def each_question(table: Table, name: str, how: str, repeated: Sequence[tuple[SourceRow, Repeated]]) -> Question:
    heading, unit = table.columns[name], table.units[name]
    amounts = [amount(same.of.cells.get(name), same.of.units.get(name, unit)) for _, same in repeated]
    more = sum((found for found in amounts if found is not None), Decimal(0))
    key = zlib.crc32(f"{table.rows[0].where}|{heading}|{how}".encode())
    return Question(
        field=name,
        name=heading,
        key=f"each:{name}:{key:x}",
        reason=f"“{heading}”{how}，只算了一次",
        options=(
            option(ONCE, "是一笔，只算一次", sum_words(table, name, unit)),
            option(EACH, "每行各有一笔", sum_words(table, name, unit, more)),
        ),
        prompt="每行各有一笔？改为每行各算",
        done="就这样算",
        alike="这一列同样的",
        settled=ONCE,
    )


def take_each(source: SourceRow, answered: str, value: str) -> tuple[Question, ...]:
    """What was said of an amount in common: one, or one of each row. Returns what must be asked of it then."""
    name = answered.partition(":")[0]
    same = (source.repeats or {}).get(name)
    if value != EACH or same is None:
        return ()
    source.cells[name] = same.of.cells.get(name)
    if name in same.of.units:
        source.units = source.units | {name: same.of.units[name]}
    return tuple(asked for asked in same.of.asks if asked.key.startswith(f"unit:{name}:"))
