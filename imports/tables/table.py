"""What is found on a worksheet: records with their cells and addresses, and the names headings go by. Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.text import half_width
from imports.cells import Usual, text_of
from imports.cells.units import Unit, unit_endings
from imports.errors import Question

SEARCHED_ROWS = 40
FROM_1900_TO_1904 = 1462  # days, as Excel counts them
DAYS_IN_WORDS = re.compile(r"\s*\d{5}(?:\.\d+)?\s*")
LISTS_SHEET, NOTES_SHEET = "选项", "填写说明"  # of our own templates: that they hold no records needs no telling
PARENTHESES = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")


@dataclass(frozen=True)
class Skipped:
    sheet: str
    row_no: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Addresses(Mapping[str, str]):
    """The cell addresses of one row of a table, by field: `name` → `B4`."""

    letters: Mapping[str, str]
    row_no: int

    def __getitem__(self, name: str) -> str:
        return f"{self.letters[name]}{self.row_no}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.letters)

    def __len__(self) -> int:
        return len(self.letters)


@dataclass
class Adjusted:
    """What was decided by hand about one row: cells corrected, the row left out, names matched."""

    cells: dict[str, dict[str, Any]] = field(default_factory=dict)  # field → now, was, by, at
    left_out: dict[str, str] | None = None  # by, at
    matches: dict[str, dict[str, Any]] = field(default_factory=dict)  # name key → to, name, by, at


@dataclass(slots=True)
class SourceRow:
    """One record as it stands in the file: raw cells by field, and each cell's address."""

    sheet: str
    row_no: int
    cells: dict[str, Any]
    at: Mapping[str, str]
    serial: str = ""
    unknown: dict[str, Any] = field(default_factory=dict)
    uncalculated: frozenset[str] = frozenset()
    units: dict[str, Unit] = field(default_factory=dict)  # that a bare number means, by field
    adjusted: Adjusted | None = None
    asks: tuple[Question, ...] = ()  # what its table cannot say for sure of one of its columns
    notes: tuple[str, ...] = ()  # what was done with it while reading, to be said beside it
    repeats: "dict[str, Repeated] | None" = None  # amounts that stand for those of a row above, by field
    shares: tuple[str, ...] = ()  # of requests in columns of their own: `#2` where what each has stands in `amount#2`

    @property
    def is_left_out(self) -> bool:
        return self.adjusted is not None and self.adjusted.left_out is not None

    def has(self, name: str) -> bool:
        """Whether its table has a column of that field, filled or not."""
        return name in self.at or name in self.cells

    def text(self, name: str) -> str:
        return text_of(self.cells.get(name))

    def is_uncalculated(self, name: str) -> bool:
        """Whether a cell holds a formula without a result, which nobody has replaced by hand."""
        if not self.uncalculated:
            return False
        corrected = self.adjusted is not None and name in self.adjusted.cells
        return not corrected and self.at.get(name) in self.uncalculated

    @property
    def where(self) -> str:
        return f"{self.sheet}第{self.row_no}行"


@dataclass(frozen=True, slots=True)
class Repeated:
    """An amount that a row has in common with one above it, which counts it; `note` says so, `how` why. It counts here
    too where somebody says that each row has its own."""

    of: SourceRow
    note: str
    how: str


@dataclass
class Table:
    """What one worksheet yields."""

    sheet: str
    columns: dict[str, str]  # field → heading as written
    units: dict[str, Unit]  # field → yuan, or foreign money, that a bare number means there
    rows: list[SourceRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    is_form: bool = False
    file: str = ""
    notes: list[str] = field(default_factory=list)  # what holds for all of it and is to be said
    asked: dict[str, Question] = field(default_factory=dict)  # field → what any bare amount of it asks
    remembered: "Remembered | None" = None  # what an admin said of these headings, where it was read by that
    blank: frozenset[str] = frozenset()  # ignored headings without any value
    given: Mapping[str, Any] = field(default_factory=dict)  # fields that stand above it for all its rows


@dataclass(frozen=True)
class Remembered:
    """What an admin said once of the headings of a layout: the field of each, "" where it is not imported."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    is_left_out: bool = False
    by: str = ""
    at: str = ""  # ISO
    version: int = 0


@dataclass(frozen=True)
class Names:
    """The headings of one kind: every known spelling → field; which fields are money and what
    amounts are usual there, which must have a heading.

    `also`: headings that are one field's label and another's synonym (案由): the other's, where nothing else names it.
    `remembered`: layouts that an admin has mapped, by fingerprint; `forms`: those of label–value forms.
    """

    known: Mapping[str, str]
    money: Mapping[str, Usual]
    required: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Remembered] = field(default_factory=dict)
    forms: Mapping[str, Remembered] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    days: frozenset[str] = frozenset()  # fields that are dates
    elsewhere: frozenset[str] = frozenset()  # keys of headings of the other kinds of workbooks
    kind: str = ""
    shapes: Mapping[str, str] = field(default_factory=dict)  # field → the kind of its cells: Day, Phone, Text …
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field → key of a word → the word
    long: str = ""  # the field for whose sake no column of sentences is passed over unasked
    bodies: tuple[str, ...] = ()  # names of units, where they are needed to know one in a title
    # What an admin said for all rows of a file's layout: fingerprint → field → {"value", "by", "at"}.
    given: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def of(self, heading: Any) -> str | None:
        """The field of a known spelling; one that is known with its brackets is that."""
        return self.known.get(layout_key(heading), self.known.get(heading_key(heading)))

    def lacking(self, columns: Iterable[str]) -> list[str]:
        """Labels of the required fields that are not among these."""
        return [label for name, label in self.required.items() if name not in set(columns)]


def names_of(
    labels: Mapping[str, str],
    synonyms: Mapping[str, Iterable[str]],
    money: Mapping[str, Usual],
    required: Iterable[str],
    days: Iterable[str] = (),
) -> Names:
    known = {heading_key(label): name for name, label in labels.items()}
    own = frozenset(known)
    also: dict[str, str] = {}
    for name in labels:
        for words in synonyms.get(name, ()):
            key = heading_key(words)
            if known.setdefault(key, name) != name and key in own:
                also.setdefault(key, name)
    for key, name in [(key, name) for key, name in known.items() if name in money]:
        known |= {key + ending: name for ending in UNIT_ENDINGS if key + ending not in known}
    needed = {name: labels[name] for name in required}
    return Names(known, money, needed, labels, also=also, days=frozenset(days))


def as_counted_from_1900(value: Any) -> Any:
    """A count of days since 1904 as every other workbook counts them, kept as text too; 20230512 is no count."""
    if isinstance(value, str) and DAYS_IN_WORDS.fullmatch(value):
        value = float(half_width(value))
    counts = isinstance(value, int | float) and not isinstance(value, bool) and value < 100_000
    return value + FROM_1900_TO_1904 if counts else value


def fingerprint(keys: Sequence[str], *, is_form: bool = False) -> str:
    """One value for one layout: its heading keys in their order; of a form, whose values stand between the labels,
    in any order. Titles above, blank columns beside and the number of rows make no other layout."""
    told = "\x1f".join(["form", *sorted(keys)] if is_form else ["table", *keys])
    return hashlib.sha256(told.encode()).hexdigest()


def heading_key(words: Any) -> str:
    """A heading without blanks, marks and bracketed units: `涉及金额(万元)` and `涉及 金额：` are one."""
    text = PARENTHESES.sub("", half_width(text_of(words)))
    return re.sub(r"[\s*:;,.、。\-_/]", "", text).casefold()


UNIT_ENDINGS = tuple({heading_key(words): None for words in unit_endings()})  # 涉及金额万元, 涉及金额/元


def layout_key(words: Any) -> str:
    """A heading as a layout is known again by: with its brackets, for 电话（企业） is not 电话（干警）."""
    inside = (re.sub(r"\s", "", part).casefold() for part in PARENTHESES.findall(half_width(text_of(words))))
    return heading_key(words) + "".join(f"({part})" for part in inside)


def column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_at(row: Sequence[Any], index: int) -> Any:
    return row[index] if index < len(row) else ""


def filled(row: Sequence[Any]) -> list[int]:
    return [index for index, cell in enumerate(row) if text_of(cell)]
