"""Cuts a worksheet into its tables: one below another, or side by side. Pure.

A part is a sheet of its own that knows where it stands, so that whatever reads a sheet reads a part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.cells.choices import choice_key
from imports.cells.units import noted_units
from imports.reading.parent import Sheet
from imports.tables.form_grid import find_form
from imports.tables.header import Header, find_header, is_wording, known_columns, two_rows
from imports.tables.row_words import DIGIT, HEADING_END, is_name, is_title
from imports.tables.synonyms import SERIAL
from imports.tables.table import Names, heading_key

LONGEST_HEADING, FEWEST_UNKNOWN, ENDING = 30, 3, 6
SERIALS = {heading_key(words) for words in SERIAL}
MARKED = "*＊★※▲ \t　"  # before a heading: it must be filled in
Merge = tuple[int, int, int, int]


def cut(sheet: Sheet, rows: range, columns: range | None = None, above: Sequence[str] = ()) -> Sheet:
    """These rows and columns of a sheet; `above` is what stands elsewhere on it and counts here too."""
    across = columns or range(max((len(row) for row in sheet.rows), default=0))
    merges = [(top, left, bottom, right) for top, left, bottom, right in sheet.merges
              if top < rows.stop and bottom >= rows.start and left < across.stop and right >= across.start]  # fmt: skip
    return replace(
        sheet,
        rows=[row[across.start : across.stop] if columns else row for row in sheet.rows[rows.start : rows.stop]],
        merges=[within(merge, rows, across) for merge in merges],
        top=sheet.top + rows.start,
        left=sheet.left + across.start,
        above=(*sheet.above, *above),
    )


def within(merge: Merge, rows: range, columns: range) -> Merge:
    top, left, bottom, right = merge
    first, last = max(top, rows.start), min(bottom, rows.stop - 1)
    begin, end = max(left, columns.start), min(right, columns.stop - 1)
    return first - rows.start, begin - columns.start, last - rows.start, end - columns.start


def words_in(rows: Sequence[Sequence[Any]]) -> list[str]:
    return [text for row in rows for text in dict.fromkeys(map(text_of, row)) if text]


def tables_of(sheet: Sheet, names: Names, header: Header) -> list[Sheet]:
    """The tables of a sheet of which one heading row is known: a heading row that is not the same again begins another,
    with its own columns and units. What stands above the first of them counts for all, and so does a unit noted below
    the last."""
    starts = [0, *later_starts(sheet, names, header)]
    if len(starts) == 1:
        return sides_of(sheet, header, names)
    stretches = [range(start, end) for start, end in zip(starts, [*starts[1:], len(sheet.rows)], strict=True)]
    ending = units_below(sheet, stretches[-1])
    first = cut(sheet, stretches[0], above=ending)
    known = find_header(first, names)
    titles = [*(words_in(first.rows[: known.first]) if known else []), *ending]
    parts = [first, *(cut(sheet, rows, above=titles) for rows in stretches[1:])]
    heads = [known, *(find_header(part, names) for part in parts[1:])]
    return [side for part, head in zip(parts, heads, strict=True) for side in sides_of(part, head, names)]


def units_below(sheet: Sheet, last: range) -> list[str]:
    """The notes of a unit that stand alone in a row of the last rows."""
    ending = [words_in([row]) for row in sheet.rows[last.start :][-ENDING:]]
    return [words[0] for words in ending if len(words) == 1 and noted_units(words[0])]


def later_starts(sheet: Sheet, names: Names, header: Header) -> Iterator[int]:
    """The rows in which further tables, or forms, begin, with their titles. A heading row repeated on each page begins
    none."""
    rows, words = sheet.rows, HeadingWords(names)
    known, *others = heading_groups(rows, names, header, words)
    told = set(words_in(rows[: known.start]))
    if (start := form_end(sheet, names, known, words)) is not None:
        yield start
    for group in others:
        start = title_start(rows, group.start, known.stop)
        titles = set(words_in(rows[start : group.start]))
        if start == known.stop:  # no record between them: all one heading, or one form
            known = range(known.start, group.stop)
        elif not (titles <= told and is_repeated(rows, known, group)):
            yield start
            known, told = group, titles


def form_end(sheet: Sheet, names: Names, known: range, words: "HeadingWords") -> int | None:
    """Where a table begins that has a whole form above it; None where what is above are its titles."""
    rows = sheet.rows
    form = next((at for at in range(known.start - 1) if words.open_form(rows[at], rows[at + 1])), None)
    if form is None:
        return None
    start = title_start(rows, known.start, form + 1)
    return start if find_form(cut(sheet, range(start)), names) else None


def heading_groups(rows: Sequence[Sequence[Any]], names: Names, header: Header, words: "HeadingWords") -> list[range]:
    found = {at for at, row in enumerate(rows) if words.are_in(row)}
    first = min({*found, header.first})
    form = next((at for at in range(first + 1, len(rows) - 1) if words.open_form(rows[at], rows[at + 1])), None)
    found = {at for at in found if form is None or at < form} | ({form} if form else set())
    groups: list[range] = []
    for at in sorted(found.union(range(header.first, header.last + 1))):
        if groups and at == groups[-1].stop:
            groups[-1] = range(groups[-1].start, at + 1)
        else:
            above = at > 0 and (not groups or at > groups[-1].stop) and is_upper_row(rows[at - 1], rows[at], names)
            groups.append(range(at - above, at + 1))
    return groups


def is_upper_row(above: Sequence[Any], row: Sequence[Any], names: Names) -> bool:
    """Whether a row belongs to the headings below it: both together name more than each alone."""
    if not all(isinstance(cell, str) for cell in above):
        return False
    upper, lower = [text_of(cell) for cell in above], [text_of(cell) for cell in row]
    alone = max(len(known_columns(texts, names)) for texts in (upper, lower))
    return len(known_columns(two_rows(upper, lower, names), names)) > alone


def is_repeated(rows: Sequence[Sequence[Any]], known: range, group: range) -> bool:
    """Whether headings are those in force word by word, brackets and all."""
    own = [squeezed(rows[at]) for at in known]
    return all(squeezed(rows[at]) in own for at in group)


def squeezed(row: Sequence[Any]) -> list[str]:
    texts = ["".join(half_width(text_of(cell)).split()) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def title_start(rows: Sequence[Sequence[Any]], head: int, floor: int) -> int:
    """Where the titles and stamps above a heading row begin; the blank rows before them belong to what is above."""
    start = head
    while start > floor and is_title(rows[start - 1]):
        start -= 1
    while start < head and not any(map(text_of, rows[start])) and floor < start:
        start += 1
    return start


def looks_like_headings(words: Sequence[str]) -> bool:
    """Whether texts that mean no known column are headings all the same: three at least, most of them ending like one,
    no number, no firm."""
    texts = [word.strip() for word in words]
    if len(set(texts)) < FEWEST_UNKNOWN or any(DIGIT.search(text) or is_name(text) for text in texts):
        return False
    return sum(HEADING_END.fullmatch(text) is not None for text in texts) * 2 > len(texts)


class HeadingWords:
    """Tells whether a row holds headings of this kind, or of another kind of workbook, and nothing else."""

    def __init__(self, names: Names) -> None:
        self.known, self.names = names.known.keys() | names.elsewhere, names
        self.initials = {key[:1] for key in self.known}
        self.key = lru_cache(maxsize=10_000)(heading_key)

    def are_in(self, row: Sequence[Any]) -> bool:
        """Words only, more than half of them headings; of another kind's, or of none that is known, at least three."""
        words = [cell for cell in row if cell != ""]
        if len(words) < 2 or any(type(word) is not str or len(word) > 2 * LONGEST_HEADING for word in words):
            return False
        if HEADING_END.fullmatch(words[-1].strip()) and looks_like_headings(words):
            return True
        keys = [self.heading(word) for word in words]
        own = [self.names.known.get(key, "") for key in keys]
        unknown = keys.count("")
        if unknown * 2 >= len(words) and len(words) - unknown > 1:  # by their meaning, which takes longer
            own = [name or self.meant(word) for name, word in zip(own, words, strict=True)]
            unknown = sum(not key and not name for key, name in zip(keys, own, strict=True))
        if unknown * 2 >= len(words) or not all(is_wording(text_of(word)) for word in words):
            return False
        fields = set(own) - {""}
        needed = any(name in self.names.required for name in fields)
        return (len(fields) >= 2 and needed) or len({word.strip() for word in words}) - unknown >= 3

    def open_form(self, row: Sequence[Any], below: Sequence[Any]) -> bool:
        """Whether a form begins below a table: two rows that begin with labels of it, the first with a required one."""
        for cells, needed in ((row, True), (below, False)):
            told = [cell for cell in cells if cell != ""][:2]
            key = self.heading(told[0]) if len(told) == 2 and type(told[0]) is str else ""
            name = self.names.known.get(key, "")
            if not name or (needed and name not in self.names.required) or told[0] == told[1]:
                return False
        return True

    def meant(self, word: str) -> str:
        """The field that a word means, or of which it is one of the words to tick."""
        ticked = (name for name, words in self.names.choices.items() if choice_key(word) in words)
        return self.names.of(word) or next(ticked, "")

    def heading(self, word: str) -> str:
        """The key of a word that is a heading; blank when it is none."""
        start = half_width(word[:8]).lstrip(MARKED + "0123456789.、([【")[:1].casefold()
        if start not in self.initials:
            return ""
        key = self.key(word)
        return key if key in self.known else ""


def sides_of(sheet: Sheet, header: Header | None, names: Names) -> list[Sheet]:
    """The tables that stand side by side: each has all the required headings again."""
    if header is None or header.remembered:
        return [sheet]
    fields = [names.known.get(heading_key(text), "") for text in header.headings]
    serials = {index for index, text in enumerate(header.headings) if heading_key(text) in SERIALS}
    columns = next(
        (found for by in (set(fields), set(names.required)) if (found := halves(fields, serials, by, names))), []
    )
    if not columns:
        return [sheet]
    rows = range(len(sheet.rows))
    columns[0] = range(columns[0].stop)
    columns[-1] = range(columns[-1].start, max(len(row) for row in sheet.rows))
    shared = [shared_words(sheet.rows[: header.first], part) for part in columns]
    return [cut(sheet, rows, part, words) for part, words in zip(columns, shared, strict=True)]


def halves(fields: Sequence[str], serials: set[int], by: set[str], names: Names) -> list[range]:
    """The columns of each table, where one begins with each of these fields that comes again; none unless every table
    has the required fields that the first has, and another."""
    starts = [0]
    held: set[str] = set()
    for index, name in enumerate(fields):
        if name and name in by and name in held:
            starts.append(index - 1 if index - 1 in serials else index)
            held = set()
        held.add(name)
    columns = [range(start, end) for start, end in zip(starts, [*starts[1:], len(fields)], strict=True)]
    own = [set(fields[part.start : part.stop]) - {""} for part in columns]
    needed = own[0] & set(names.required)
    whole = needed and all(len(names_) > 1 and needed <= names_ for names_ in own)
    return columns if len(columns) > 1 and whole else []


def shared_words(above: Sequence[Sequence[Any]], own: range) -> list[str]:
    """Of the rows above, those that only have words elsewhere: they are said of every table below."""
    told = []
    for row in above:
        if not any(map(text_of, row[own.start : own.stop])):
            told += words_in([row])
    return told
