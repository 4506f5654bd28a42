"""What an admin is shown of a sheet to say what its headings mean. Pure; kept with the batch as JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from imports.cells import text_of
from imports.reading.parent import Sheet
from imports.tables.form_grid import as_remembered, remembered_form, understood_pairs
from imports.tables.header import LONGEST, RECORDS_WITHIN, Header, header_at, heading_of, heading_texts
from imports.tables.headings.columns import base
from imports.tables.headings.meaning import likely, must_be_asked
from imports.tables.layout import Found
from imports.tables.synonyms import ALWAYS_KNOWN
from imports.tables.table import (
    SEARCHED_ROWS,
    Names,
    Remembered,
    cell_at,
    filled,
    fingerprint,
    heading_key,
    layout_key,
)

FORM = "form"  # chosen instead of a heading row: labels with their values beside them
KEPT_ROWS = 15  # of a table; of anything that may be a form all rows are kept
SAMPLES, SAMPLED_ROWS, SAMPLE_LENGTH = 3, 200, 60


@dataclass
class Heading:
    text: str
    name: str  # the field it is read as; "" when none
    samples: list[str]
    where: str  # its column, `F`; of a form the cell of its value
    is_said: bool = False  # of a form: a label that means something by itself, or of which an admin has spoken
    likely: list[str] = field(default_factory=list)  # fields that it may be, where it is read as none
    why: str = ""  # why it is not read though it means something

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.samples


@dataclass
class Seen:
    """One layout of a file: the sheets that have it, its headings, and enough rows to choose other headings from."""

    titles: list[str]
    count: int
    choice: str  # the heading row "3", both rows "3-4", or FORM
    fingerprint: str
    headings: list[Heading]
    wanting: bool  # nothing can be read until someone has said what the headings mean
    is_left_out: bool = False
    by: str = ""
    at: str = ""
    version: int = 0
    rows: list[list[str]] = field(default_factory=list)
    merges: list[list[int]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)  # fields without a heading that stand above the table
    doubts: list[str] = field(default_factory=list)  # what must be said before it is read
    top: int = 0  # rows and columns of the worksheet before the kept ones
    left: int = 0
    is_turned: bool = False  # its rows are the worksheet's columns

    @property
    def columns(self) -> list[str]:
        return [heading.name for heading in self.headings]

    @property
    def fields(self) -> list[str]:
        return [*self.columns, *self.given]

    @property
    def sheet(self) -> Sheet:
        """The kept rows as a sheet, to look at them another way."""
        merges = [(top, left, bottom, right) for top, left, bottom, right in self.merges]
        rows = [list(row) for row in self.rows]
        return Sheet(self.titles[0], rows=rows, merges=merges, top=self.top, left=self.left, is_turned=self.is_turned)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(told: dict[str, Any]) -> Seen:
    return Seen(**told | {"headings": [Heading(**heading) for heading in told["headings"]]})


def see(sheet: Sheet, names: Names, found: Found) -> Seen | None:
    """What was found on a sheet, for showing; None when nothing on it looks like headings."""
    if found.header:
        seen = see_as(sheet, names, rows_words(found.header))
        seen.given = list(found.header.given)
        seen.doubts = doubts_of(sheet, found.header, names)
    elif found.table or found.remembered:
        seen = see_form(sheet, names)
        seen.given = list(found.table.given) if found.table else []
    else:
        return None
    is_open = found.table is None or bool(names.lacking(seen.fields)) or bool(seen.doubts)
    seen.wanting = not seen.is_left_out and is_open
    below = found.header.last + 1 + RECORDS_WITHIN if found.header else SEARCHED_ROWS
    seen.rows, seen.merges = kept(sheet, max(KEPT_ROWS, below))
    seen.top, seen.left, seen.is_turned = sheet.top, sheet.left, sheet.is_turned
    return seen


def doubts_of(sheet: Sheet, header: Header, names: Names) -> list[str]:
    """Why a table must be asked about though its required columns are known; nothing where an admin has spoken."""
    if header.remembered:
        return []
    known, rows = {heading_key(words) for words in ALWAYS_KNOWN}, sheet.rows[header.last + 1 :]
    unknown = [
        index
        for index in header.span
        if index not in header.columns
        and index not in header.meant.passed
        and heading_key(header.headings[index]) not in known
    ]
    return header.meant.doubts + [
        long_words(heading_of(header, index))
        for index in unknown
        if must_be_asked(header.headings[index], (cell_at(row, index) for row in rows), names)
    ]


def long_words(heading: str) -> str:
    return f"“{heading}”写了大段文字，不知道是哪一列"


def tell(seen: Seen, remembered: Remembered) -> None:
    seen.is_left_out = remembered.is_left_out
    seen.by, seen.at, seen.version = remembered.by, remembered.at, remembered.version


def rows_words(header: Header) -> str:
    return str(header.first + 1) if header.first == header.last else f"{header.first + 1}-{header.last + 1}"


def see_as(sheet: Sheet, names: Names, choice: str) -> Seen:
    """A sheet with this heading row, or these two, or as a form."""
    if choice == FORM:
        return see_form(sheet, names)
    first, last = rows_of(choice)
    header = header_at(heading_texts(sheet), first, last, names)
    header.place = sheet.column_place
    headings = [heading_at(sheet, index, header, names) for index in header.span]
    seen = Seen([sheet.title], 1, choice, header.fingerprint, headings, wanting=False)
    if header.remembered:
        tell(seen, header.remembered)
    return seen


def heading_at(sheet: Sheet, index: int, header: Header, names: Names) -> Heading:
    text, name = header.headings[index][:LONGEST], base(header.columns.get(index, ""))
    heading = Heading(text, name, samples(sheet, index, header.last), sheet.column_place(index))
    heading.why = header.meant.passed.get(index, "")
    if not name and heading.samples:
        heading.likely = likely(text, heading.samples, map(base, header.columns.values()), names)
    return heading


def see_form(sheet: Sheet, names: Names) -> Seen:
    remembered = remembered_form(sheet, names)
    if remembered and not remembered.is_left_out:
        names = as_remembered(names, remembered)
    headings = labels(sheet, names, {layout_key(text) for text in remembered.headings} if remembered else set())
    keys = [layout_key(heading.text) for heading in headings if heading.is_said]
    seen = Seen([sheet.title], 1, FORM, fingerprint(keys, is_form=True), headings, wanting=False)
    if remembered:
        tell(seen, remembered)
    else:
        unknown = [heading for heading in headings if not heading.name]
        asked = [heading.text for heading in unknown if must_be_asked(heading.text, heading.samples, names)]
        seen.doubts = [long_words(text) for text in asked]
    return seen


def rows_of(choice: str) -> tuple[int, int]:
    first, _, last = choice.partition("-")
    return int(first) - 1, int(last or first) - 1


def labels(sheet: Sheet, names: Names, said: set[str]) -> list[Heading]:
    told: dict[str, Heading] = {}
    pairs, meant = understood_pairs(sheet, names)
    taken = [base(name) for name in meant.fields.values()]
    for at, pair in enumerate(pairs):
        name = base(meant.fields.get(at, ""))
        key, words = layout_key(pair.label), text_of(pair.value)[:SAMPLE_LENGTH]
        heading = Heading(pair.label[:LONGEST], name, [words] if words else [], pair.address, bool(name) or key in said)
        heading.why = meant.passed.get(at, "")
        if not name and words and not pair.is_alone:
            heading.likely = likely(pair.label, [words], taken, names)
        told.setdefault(key, heading)
    return list(told.values())


def samples(sheet: Sheet, index: int, last: int) -> list[str]:
    """The first few different values below a heading."""
    found: dict[str, None] = {}
    for row in sheet.rows[last + 1 : last + 1 + SAMPLED_ROWS]:
        words = text_of(cell_at(row, index))[:SAMPLE_LENGTH]
        if words:
            found[words] = None
        if len(found) == SAMPLES:
            break
    return list(found)


def kept(sheet: Sheet, reach: int) -> tuple[list[list[str]], list[list[int]]]:
    reach = max(reach, len(sheet.rows) if len(sheet.rows) <= SEARCHED_ROWS else 0)
    rows = []
    for row in sheet.rows[:reach]:
        texts = [text_of(cell)[:LONGEST] for cell in row]
        named = filled(texts)
        rows.append(texts[: named[-1] + 1] if named else [])
    return rows, [list(merge) for merge in sheet.merges if merge[0] < reach][:2000]


def row_choices(seen: Seen) -> list[tuple[str, str]]:
    """The ways a sheet can be looked at: each of its first rows as headings, two of them together, or as a form."""
    choices, place = [], seen.sheet.row_place
    for at, row in enumerate(seen.rows[:KEPT_ROWS]):
        words = list(dict.fromkeys(row[index] for index in filled(row)))
        if not words:
            continue
        choices.append((str(at + 1), f"{place(at)}：{shown(words)}"))
        below = seen.rows[at + 1] if at + 1 < min(len(seen.rows), KEPT_ROWS) else []
        if len(words) >= 2 and filled(below):
            choices.append((f"{at + 1}-{at + 2}", f"{place(at)}和{place(at + 1)}合起来"))
    given = {choice for choice, _ in choices}
    if seen.choice not in given and seen.choice != FORM:
        choices.append((seen.choice, "和".join(map(place, dict.fromkeys(rows_of(seen.choice))))))
    return [*choices, (FORM, "没有表头行：一张一份的表单（左边是项目，右边是内容）")]


def shown(words: Iterable[str]) -> str:
    text = "、".join(words)
    return text if len(text) <= 30 else f"{text[:30]}…"


def refreshed(seen: Seen, names: Names) -> Seen:
    """A layout as it is understood today, with the values that were found when the file was read."""
    fresh = see_as(seen.sheet, names, seen.choice)
    if seen.choice == FORM:
        mine = {layout_key(heading.text): heading for heading in fresh.headings}
        fresh.headings += [old for old in seen.headings if layout_key(old.text) not in mine]
        pairs = [(mine[key], old) for old in seen.headings if (key := layout_key(old.text)) in mine]
    else:
        fresh.fingerprint = seen.fingerprint
        pairs = list(zip(fresh.headings, seen.headings, strict=False))
    for heading, old in pairs:
        heading.samples = old.samples
    fresh.titles, fresh.count, fresh.wanting = seen.titles, seen.count, seen.wanting
    fresh.rows, fresh.merges = seen.rows, seen.merges
    fresh.top, fresh.left, fresh.is_turned = seen.top, seen.left, seen.is_turned
    fresh.given, fresh.doubts = seen.given, seen.doubts
    return fresh
