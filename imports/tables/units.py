"""Which unit the bare numbers of a column of money are in: what says so, and the question where that is not certain.

A unit may stand in the heading, in a row of units below it, in a cell beside, in the title, in a note above or below.
Where two are said, or none and the numbers don't fit the usual one, each row that depends on it asks; one answer serves
the whole column. Pure.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from common.money import in_wan
from common.text import half_width
from imports.cells import Usual, clean_money, text_of
from imports.cells.money import has_sign, needs_unit, says_yuan
from imports.cells.units import SCALES, Unit, heading_units, hints_at_unit, noted_units, unit_word, words_of
from imports.errors import CellError, Question, option
from imports.reading.parent import Sheet
from imports.tables.header import Header, heading_texts
from imports.tables.headings.columns import base
from imports.tables.table import Names, SourceRow, Table, cell_at, filled, heading_key

YUAN, WAN, YI = 1, 10_000, 100_000_000
OTHER_MONEY = re.compile(
    r"(注册资[金本]|投资|资本|产值|销售|营业|税|工资|租金|货款|贷款|损失|收入|利润|补贴|外币|价格?|费用?)[^,。;]{0,6}$"
)
BESIDE = re.compile(r"(?:金额|货币|资金|计量|计价)?单位|币种|币别|货币")  # headings of a column of units
OTHERS = re.compile(
    r"单位|计量单位|[人户家件个份条次宗起名项字号]|人次|场次|年|月|日|天|年月日|%|[-—/]+"
)  # in a row of units


@dataclass
class Evidence:
    """What says a column's unit, and where, in the order of how near it stands."""

    heading: dict[Unit, str] = field(default_factory=dict)
    notes: dict[Unit, str] = field(default_factory=dict)
    is_hinted: bool = False  # something may be a unit that nobody knows, or the sign of a currency alone

    @property
    def all(self) -> dict[Unit, str]:
        return self.notes | self.heading


def settle_units(table: Table, names: Names, words: Mapping[str, str], around: Sequence[str]) -> None:
    """Sets the table's units and lets its rows ask what is not certain.

    `words`: all that the heading of each field of money says, the row of units below it included; `around`: title and
    notes near the table, the name of its sheet, texts that stand beside it.
    """
    notes = [(unit, before, text) for text in dict.fromkeys(around) for unit, before in noted_units(text)]
    for name in [name for name in table.columns if name in names.money]:
        said = evidence(name, words.get(name, ""), notes, names)
        said.is_hinted = not said.all and hints_at_unit(words.get(name, ""), around)
        settle_column(table, name, said, names)


def evidence(name: str, words: str, notes: Iterable[tuple[Unit, str, str]], names: Names) -> Evidence:
    """What the heading and the notes say of one column; a note that names another column says nothing of it."""
    found = Evidence({unit: f"表头写“{shown(words)}”" for unit in heading_units(words)})
    for unit, before, text in notes:
        if speaks_of(before, base(name), names):
            found.notes.setdefault(unit, f"表旁写“{shown(text)}”")
    return found


def speaks_of(before: str, name: str, names: Names) -> bool:
    """Whether the words before a unit, in the same clause, leave it to this column of money: they name it, or none."""
    clause = heading_key(re.split(r"[。;；,，\n]", before)[-1])
    named = {
        field: key for key, field in names.known.items() if field in names.money and len(key) > 1 and key in clause
    }
    other = OTHER_MONEY.search(clause)
    if named or not other:
        return not named or name in named
    return any(other[1] in key for key, field in names.known.items() if field == name)


def shown(words: str) -> str:
    text = re.sub(r"\s+", " ", words).strip()
    return text if len(text) <= 40 else f"{text[:40]}…"


def settle_column(table: Table, name: str, said: Evidence, names: Names) -> None:
    usual = names.money[name]
    units = list(said.heading | said.notes)
    near = units[0] if units else None
    table.units[name] = near or usual.default or WAN
    bare = [row for row in table.rows if name not in row.units and needs_unit(row.cells.get(name))]
    if len(units) > 1:
        ask(table, name, bare, units, f"单位不能确定：{'，'.join(dict.fromkeys(said.all.values()))}", whole=True)
    elif near is None:
        settle_unsaid(table, name, bare, usual, is_hinted=said.is_hinted)
    elif near != YUAN:
        signed = [row for row in bare if has_sign(row.cells[name])]
        ask(table, name, signed, [YUAN, near], f"按{words_of(near)}填，有的格却写成“{text_of_first(signed, name)}”")
    if near is not None:
        settle_beside(table, name, near)


def settle_beside(table: Table, name: str, near: Unit) -> None:
    """A unit beside an amount that is not the one of its heading: a currency joins it, another unit is asked about."""
    odd: dict[Unit, list[SourceRow]] = {}
    for row in table.rows:
        own = row.units.get(name)
        if own in (None, near) or not needs_unit(row.cells.get(name)):
            continue
        if isinstance(own, str):
            row.units[name] = own if isinstance(near, str) or own[0] in SCALES else f"{words_of(near)[:-1]}{own}"
        else:
            odd.setdefault(own, []).append(row)
    for own, rows in odd.items():
        ask(table, name, rows, [own, near], f"表头的单位是{words_of(near)}，旁边的格却写着{words_of(own)}")


def settle_unsaid(table: Table, name: str, bare: list[SourceRow], usual: Usual, *, is_hinted: bool) -> None:
    """No unit is named anywhere: the usual one is taken and said, where there is one and nothing speaks against it.
    `is_hinted`: the heading may mean a unit that is not understood."""
    heading = table.columns[name]
    small = [row for row in bare if (number := amount(row.cells[name], YUAN)) is not None and number < usual.least]
    large = [row for row in bare if (number := amount(row.cells[name], YUAN)) is not None and number >= usual.most]
    signed = [row for row in bare if has_sign(row.cells[name])]
    in_yuan = [row for row in table.rows if says_yuan(row.cells.get(name))] if bare else []
    is_mixed = any(isinstance(row.units.get(name), int) for row in table.rows)  # others have theirs beside them
    examples = [*signed, *large, *small, *in_yuan]
    if examples or is_hinted or is_mixed or usual.default is None:
        units = [YUAN, usual.default or WAN, *([YI] if small else [])]
        example = text_of_first(examples or bare, name)
        ask(table, name, bare, units, f"没有写明单位（如“{example}”）", whole=True)
    elif bare:
        table.notes.append(f"“{heading}”没有写明单位，不带单位的数字按{words_of(usual.default)}读")


def text_of_first(rows: Sequence[SourceRow], name: str) -> str:
    return text_of(rows[0].cells[name]) if rows else ""


def ask(
    table: Table, name: str, rows: Sequence[SourceRow], units: Sequence[Unit], reason: str, *, whole: bool = False
) -> None:
    """Lets rows ask for the unit of their number: once for all of a table, or of all forms that say the same. `whole`:
    any bare number of the column would ask so, also one that is put there later."""
    if not table.rows or not (rows or whole):
        return
    heading = table.columns[name]
    place = "" if table.is_form else table.rows[0].where
    key = zlib.crc32(f"{place}|{heading}|{reason if place else units}".encode())
    question = Question(
        field=name,
        name=heading,
        key=f"unit:{name}:{key:x}",
        reason=f"“{heading}”{reason}",
        options=tuple(option(str(unit), words_of(unit), sum_words(table, name, unit)) for unit in dict.fromkeys(units)),
        prompt="这些数字是什么单位？",
        done="就按这个单位",
        alike="这一列的",
    )
    if whole:
        table.asked[name] = question
    for row in rows:
        row.asks = (*row.asks, question)


def ask_again(source: SourceRow, table: Table) -> None:
    """What a row asks when cells of it were corrected: nothing of an amount that says its unit now."""
    corrected = source.adjusted.cells if source.adjusted else {}
    if table.units.keys() & corrected.keys():
        open_now = [
            asked for name, asked in table.asked.items() if name in corrected and needs_unit(source.cells[name])
        ]
        source.asks = (*(asked for asked in source.asks if asked.field not in corrected), *open_now)
        stale = {same.note for name, same in (source.repeats or {}).items() if name in corrected}
        source.notes = tuple(note for note in source.notes if note not in stale)


def sum_words(table: Table, name: str, unit: Unit, more: Decimal = Decimal(0)) -> str:
    """What the whole column comes to with this unit, and with so many yuan more."""
    if isinstance(unit, str):
        return "外币：只保留原文，不计入合计"
    cells = [(row.cells.get(name), row.units.get(name, unit)) for row in table.rows]
    read = [found for raw, own in cells if (found := amount(raw, own)) is not None]
    total = sum(read, more)
    return f"{'折合' if table.is_form else '这一列合计'} {total:,.2f} 元（{in_wan(total)}）"


def amount(raw: Any, unit: Unit) -> Decimal | None:
    """What a cell comes to in yuan when a bare number has this unit; None where it is blank, wrong or foreign."""
    try:
        money = clean_money(without_sign(raw) if has_sign(raw) else raw, unit=unit)
    except CellError:
        return None
    return money.amount if money else None


def without_sign(raw: str) -> str:
    return re.sub(r"¥|RMB|CNY|人民币", "", half_width(raw), flags=re.IGNORECASE)


def take_unit(source: SourceRow, answered: str, value: str) -> None:
    """An answer to such a question: a bare number of this row's column is so many yuan, or in that currency."""
    name = answered.partition(":")[0]
    source.units = source.units | {name: answered_unit(value)}
    if has_sign(source.cells.get(name)):
        source.cells[name] = without_sign(source.cells[name])


def answered_unit(value: str) -> Unit:
    return int(value) if value.isdecimal() else value


def heading_words(sheet: Sheet, header: Header, names: Names) -> dict[str, str]:
    """All that the heading of each column of money says: both rows of it, the row of units below, words instead of an
    amount in the first rows."""
    texts = heading_texts(sheet)[header.first : header.last + 1]
    below = sheet.rows[header.last + 1] if is_unit_row(sheet, header, names) else []
    words = {}
    for index, name in header.columns.items():
        if name in names.money:
            beside = [str(cell_at(row, index + 1)) for row in texts if index + 1 not in header.columns]
            told = [*(str(cell_at(row, index)) for row in texts), *(word for word in beside if is_unit(word))]
            told += [text_of(cell_at(below, index)), *unit_notes(sheet, header, index)]
            words[name] = " ".join(f"({word})" if is_unit(word) else word for word in dict.fromkeys(told) if word)
    return words


def unit_notes(sheet: Sheet, header: Header, index: int) -> list[str]:
    """What the first rows say of a column's unit where others have an amount: `填写万元`, `单位：元`."""
    cells = [cell_at(row, index) for row in sheet.rows[header.last + 1 : header.last + 4]]
    return [cell for cell in cells if isinstance(cell, str) and not re.search(r"\d", cell) and noted_units(cell)]


def is_unit(words: Any) -> bool:
    return isinstance(words, str) and unit_word(words, bare=False) is not None


def is_unit_row(sheet: Sheet, header: Header, names: Names) -> bool:
    """Whether the row right below the heading says the units of its columns: `元`, `（万元）`, and nothing else."""
    row = sheet.rows[header.last + 1] if header.last + 1 < len(sheet.rows) else []
    cells = {index: re.sub(r"[\s()]", "", half_width(text_of(row[index]))) for index in filled(row)}
    money = [index for index, name in header.columns.items() if name in names.money and index in cells]
    return any(unit_word(cells[index]) is not None for index in money) and all(
        unit_word(words) is not None or OTHERS.fullmatch(words) for words in cells.values()
    )


def places_beside(index: int, header: Header) -> list[int]:
    """Where the unit of one amount may stand: in a cell beside it (`500000 | 元`) or a column of its own (币种)."""
    named = [at for at, text in enumerate(header.headings) if BESIDE.fullmatch(re.sub(r"\s", "", text))]
    beside = [index + 1, *([index - 1] if index and not header.headings[index - 1] else []), *named]
    return [at for at in dict.fromkeys(beside) if at not in header.columns]


def beside(row: Sequence[Any], index: int, places: Iterable[int]) -> tuple[Unit, int] | None:
    """The unit of one amount that stands in one of these places, and in which."""
    for at in places:
        words = cell_at(row, at)
        unit = unit_word(words, bare=at == index + 1) if isinstance(words, str) and words else None
        if unit is not None:
            return unit, at
    return None


def texts_around(sheet: Sheet, header: Header, above: Iterable[int], notes: Iterable[int]) -> list[str]:
    """Where a table's unit may be said besides its headings: the rows above, the notes below, the texts beside it, the
    names of its sheet and file."""
    cells = [cell for at in (*above, *notes) for cell in sheet.rows[at]]
    for row in sheet.rows[header.first : header.last + 1]:
        cells += [cell for index, cell in enumerate(row) if index not in header.columns]
    for row in sheet.rows[header.last + 1 : header.last + 4]:
        unheaded = [cell for index, cell in enumerate(row) if not cell_at(header.headings, index)]
        cells += [cell for cell in unheaded if isinstance(cell, str) and "单位" in cell]
    own = [cell for cell in cells if isinstance(cell, str) and len(cell) < 2000]
    return [sheet.name, PurePath(sheet.file).stem, *with_above(sheet, own)]


def with_above(sheet: Sheet, own: list[str]) -> list[str]:
    """The texts of a part of a sheet; what stands above all its parts counts where the part says no unit itself."""
    return own if any(noted_units(text) for text in own) else [*own, *sheet.above]
