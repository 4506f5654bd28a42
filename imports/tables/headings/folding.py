"""Several columns of one field in one record: joined, paired, ticked, or asked about. Pure.

Works on the cells of a row as they were read by column: `appeal`, `appeal#2` … (`imports.tables.headings.columns`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from imports.cells import says_nothing, split_requests, text_of
from imports.cells.choices import EMPTY_MARKS
from imports.errors import Question, option
from imports.tables.headings.columns import JOIN, PAIR, TICK, TICKS, WHICH, Columns, base, mark_of
from imports.tables.headings.given import Given
from imports.tables.headings.wordings import PAIRED
from imports.tables.table import Names, SourceRow, Table

BLANK = "blank"  # the answer that none of the words is meant
NO_TICK = {"", *EMPTY_MARKS, "否", "无", "错", "N", "n", "0", "/", "-", "—", "*"}
CROSSED = {"×", "✗", "✘", "x", "X", "☒"}  # struck out to choose, or to rule out


def fold_rows(table: Table, meant: Columns, names: Names) -> None:
    """Makes one cell a field of each row of a table, what stands above it included."""
    for source in table.rows if meant.how or table.given else ():
        fold(source, meant, table)
        for name, given in table.given.items():
            given.lay_under(source, name, names.labels[name])


def fold(source: SourceRow, columns: Columns, table: Table) -> None:
    """Makes one cell a field of a row, where its table has several columns of it."""
    for name, how in columns.how.items():
        if how != PAIR:
            FOLD[how](source, name, columns, table)
    if PAIR in columns.how.values():
        pair(source)


def parts_of(source: SourceRow, name: str) -> list[str]:
    """The cells of one field, in their columns' order."""
    return [cell for cell in source.cells if base(cell) == name]


def drop(source: SourceRow, names: list[str]) -> None:
    for name in names[1:]:
        del source.cells[name]


def join(source: SourceRow, name: str, columns: Columns, table: Table) -> None:
    names = parts_of(source, name)
    values = {cell: source.cells[cell] for cell in names if text_of(source.cells[cell])}
    said = [cell for cell in values if not says_nothing(text_of(values[cell]))] or list(values)[:1]
    if said:
        source.cells[name] = values[said[0]] if len(said) == 1 else joined([text_of(values[cell]) for cell in said])
        source.at = moved(source, name, said[0])
    drop(source, names)


def joined(texts: list[str]) -> str:
    """Texts of one record, one below the other; numbered ones item by item, or numbered on, so that none runs into
    another."""
    texts = list(dict.fromkeys(texts))
    items = [split_requests(text) for text in texts]
    longest = max(len(some) for some in items)
    if longest < 2 or len(texts) < 2:
        return "\n".join(texts)
    if all(len(some) == longest for some in items):
        return numbered(["；".join(dict.fromkeys(same)) for same in zip(*items, strict=True)])
    return numbered([item for some in items for item in some])


def numbered(items: list[str]) -> str:
    return "\n".join(f"{number}、{item}" for number, item in enumerate(items, 1))


def pair(source: SourceRow) -> None:
    """Requests that have columns of their own, each with its amount: one text of numbered requests, and which cell
    holds the amount of each."""
    lead, amount, _ = PAIRED
    names = parts_of(source, lead)
    texts, shares = [], []
    for cell in names:
        text = text_of(source.cells[cell])
        items = [] if says_nothing(text) else split_requests(text)
        own = amount + cell.removeprefix(lead)
        texts += items
        shares += [cell.removeprefix(lead)] * len(items)
        if not items and own in source.cells and text_of(source.cells[own]):
            source.notes = (*source.notes, f"{source.at[own]} 有金额，旁边没有问题：只计入这张表的金额")
    if len(texts) > 1:
        source.cells[lead] = numbered(texts)
    elif texts:
        source.cells[lead] = texts[0]
    source.shares = tuple(shares)
    drop(source, names)


def which(source: SourceRow, name: str, columns: Columns, table: Table) -> None:
    """The one cell that is filled; of several that differ a person chooses, once for all rows if wanted."""
    names, headings = parts_of(source, name), table.columns
    for cell in names:
        if cell in table.units:  # each column has its own
            source.units.setdefault(cell, table.units[cell])
    filled = {cell: text for cell in names if (text := text_of(source.cells[cell]))}
    if len(set(filled.values())) < 2:
        if filled:
            take(source, name, next(iter(filled)))
        drop(source, names)
        return
    options = tuple(
        option(cell, f"{headings[cell]}（{source.at[cell]}）：{text[:100]}") for cell, text in filled.items()
    )
    told = "、".join(dict.fromkeys(headings[cell] for cell in filled))
    reason = f"{told}有 {len(filled)} 列，说的是同一项，这一行内容不同，请选用哪一列"
    asked = Question(
        name, told[:100], f"which:{name}", reason, options, prompt="用哪一列？", done="用这一列", alike="同样两列不同的"
    )
    source.asks = (*source.asks, asked)


def take(source: SourceRow, name: str, cell: str) -> None:
    """This cell is the field's, with its address and the unit of its column."""
    source.cells[name] = source.cells[cell]
    source.at = moved(source, name, cell)
    if cell in source.units:
        source.units = source.units | {name: source.units[cell]}
    own, its = f"unit:{name}:", f"unit:{cell}:"
    if cell != name:
        asks = [question for question in source.asks if not question.key.startswith(own)]
        source.asks = tuple(
            replace(question, field=name, key=own + question.key.removeprefix(its))
            if question.key.startswith(its)
            else question
            for question in asks
        )


def choose(source: SourceRow, name: str, cell: str) -> None:
    """Of several columns of a field this one counts, as a person says."""
    names = parts_of(source, name)
    if cell in names:
        take(source, name, cell)
    drop(source, names)


def moved(source: SourceRow, name: str, cell: str) -> Mapping[str, str]:
    return source.at if cell == name else {**source.at, name: source.at[cell]}


def tick(source: SourceRow, name: str, columns: Columns, table: Table) -> None:
    """The word whose box is ticked; marks that may mean either are asked about."""
    names = parts_of(source, name)
    marks = {cell: mark_of(source.cells[cell]) for cell in names}
    words = {cell: columns.options[cell] for cell in names}
    ticked = [cell for cell in names if marks[cell] in TICKS - NO_TICK - CROSSED]
    crossed = [cell for cell in names if marks[cell] in CROSSED or marks[cell] not in TICKS | NO_TICK]
    remarks = [cell for cell in crossed if marks[cell] not in CROSSED]
    drop(source, names)
    source.cells[name] = words[ticked[0]] if len(ticked) == 1 else ""
    if len(ticked) > 1 or (crossed and not ticked) or remarks:
        marked = [cell for cell in names if cell in ticked + crossed]
        told = "、".join(f"{words[cell]}“{marks[cell]}”" for cell in marked)
        options = (*(option(words[cell], words[cell]) for cell in names), option(BLANK, "都不是，空着"))
        reason = f"{told}：看不出选的是哪一个，请选定"
        asked = Question(
            name, told[:100], f"tick:{name}:{told}"[:200], reason, options, "", "选的是哪个？", "选这个", "同样打勾的"
        )
        source.asks = (*source.asks, asked)


def notes_of(meant: Columns, headings: Sequence[str], above: Mapping[str, Given], names: Names) -> list[str]:
    """What is to be said of headings: what was known by its meaning only, what was put together, what stood above the
    table."""
    told = []
    for index in meant.guessed:
        label = names.labels[base(meant.fields[index])]
        told.append(f"列“{headings[index]}”按“{label}”读取")
    for name, how in meant.how.items():
        same = "”“".join(
            dict.fromkeys(headings[index] for index in sorted(meant.fields) if base(meant.fields[index]) == name)
        )
        if how in SAID and (how != PAIR or name == PAIRED[0]):
            told.append(SAID[how].format(same=same, label=names.labels[name]))
    for name, given in above.items():
        if given.by:
            told.append(f"没有“{names.labels[name]}”这一列，各行都按“{given.words}”（{given.by}在“对应表头”里填的）")
        elif len(given.values) == 1:
            told.append(f"没有“{names.labels[name]}”这一列，按表上的“{given.words}”读取")
    return told


SAID = {
    JOIN: "“{same}”几列都是“{label}”，合在一起读取",
    PAIR: "“{same}”有几列，逐条分开读取，各带旁边的金额和类别",
    TICK: "“{same}”几列的勾读作“{label}”",
}
FOLD: dict[str, Any] = {JOIN: join, WHICH: which, TICK: tick}
