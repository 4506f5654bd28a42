"""Which rows below a heading row are no records, and why; and which may be either and must be asked about. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from imports.cells import is_blank, text_of
from imports.errors import Question, option
from imports.reading.parent import Sheet
from imports.tables import row_words as words
from imports.tables.header import Header
from imports.tables.row_words import compact, is_numeric
from imports.tables.synonyms import SERIAL
from imports.tables.table import Names, SourceRow, cell_at, filled

EMPTY = "空行"
SHORT = 20  # characters of what may have been filled in beforehand
NEAR = 2  # rows below the headings in which hints and column numbers stand
SAMPLED = 200
TEXTS, LONG = 3, 4  # texts of so many characters make a row a record at first sight
RECORD, SECTION = "record", "section"


class Passing:
    """The rows of one table, judged one by one. A record is what no rule knows for anything else."""

    def __init__(self, sheet: Sheet, names: Names, header: Header) -> None:
        self.sheet, self.names, self.header = sheet, names, header
        by_field = {name: index for index, name in header.columns.items()}
        needed = [by_field[name] for name in names.required if name in by_field]
        self.subject = next(iter(needed), min(header.columns, default=0))  # the column that says what a record is of
        self.few = max(len(header.columns) // 2, 3)
        self.serial = next((i for i, text in enumerate(header.headings) if text.replace(" ", "") in SERIAL), None)
        self.heads = [[text_of(cell) for cell in sheet.rows[at]] for at in range(header.first, header.last + 1)]
        self.near = header.last + NEAR
        self.head_words = {text for texts in (*self.heads, header.headings) for text in texts if text}
        self.titles = {compact(cell) for row in sheet.rows[: header.first] for cell in row} - {""}
        self.wide = {top: right + 1 - left for top, left, _, right in sheet.merges}

    def above(self, at: int) -> str:
        """What a row above the headings is."""
        cells = filled(self.sheet.rows[at])
        return "表头之前的标题或说明" if cells else EMPTY

    def why(self, at: int) -> str:
        """Why a row is no record; empty when it is one."""
        row = self.sheet.rows[at]
        if self.is_plain(at, row):
            return ""
        cells = filled(row)
        if not cells:
            return EMPTY
        if text_of(row[cells[0]]) in self.head_words and self.is_heading(row):
            return "重复的表头"
        texts = [compact(row[index]) for index in cells]
        if self.is_total(row, cells, texts):
            return "合计行"
        return self.why_told(row, cells, texts) or self.why_alone(at, row, cells, texts) or self.why_near(at, texts)

    def is_plain(self, at: int, row: Sequence[Any]) -> bool:
        """Whether a row is a record at first sight, as most are: several texts, none of which begins with a word that
        says otherwise."""
        told = [cell for cell in row if type(cell) is str and len(cell) >= LONG and not cell[0].isdigit()]
        if len(told) < TEXTS or at <= self.near:
            return False
        return not any(
            type(cell) is str and (cell in self.head_words or words.may_tell(cell)) for cell in row[: self.subject + 2]
        )

    def is_heading(self, row: Sequence[Any]) -> bool:
        texts = [text_of(cell) for cell in row]
        if texts in self.heads:
            return True
        named = self.header.columns
        same = sum(cell_at(texts, index) == self.header.headings[index] != "" for index in named)
        return same >= 2 and same * 2 > len(named)

    def is_total(self, row: Sequence[Any], cells: list[int], texts: list[str]) -> bool:
        subject = compact(cell_at(row, self.subject))
        labels = [*texts[:2], subject]
        rest = [index for index, text in zip(cells, texts, strict=True) if not words.TOTAL.fullmatch(text)]
        counts = all(is_numeric(row[index], compact(row[index])) for index in rest)
        if any(words.TOTAL.fullmatch(text) for text in labels):
            return counts or len(cells) <= self.few or words.TOTAL.fullmatch(subject) is not None
        of = next((text for text in labels if words.TOTAL_OF.fullmatch(text)), "")
        return bool(of) and sum(text != of and not is_numeric(row[index], text)
                                for index, text in zip(cells, texts, strict=True)) == 0  # fmt: skip

    def why_told(self, row: Sequence[Any], cells: list[int], texts: list[str]) -> str:
        """By what the first words of the row say of it."""
        first, others = texts[0], dict.fromkeys(texts[1:])
        alone = all(is_numeric(row[index], compact(row[index])) for index in cells[1:]) or others.keys() <= {first}
        if alone and words.COUNTED.fullmatch(first):
            return "合计行"
        if alone and words.BLANK_BELOW.fullmatch(first):
            return "以下空白"
        if alone and words.PAGE.fullmatch(first):
            return "页码或续表"
        subject = compact(cell_at(row, self.subject))
        if self.subject > cells[0] and words.FIRM.fullmatch(subject):
            return ""
        if words.SIGNATURE.match(first) and (len(cells) <= 3 or all(map(words.SIGNATURE.match, texts))):
            return "填表说明"
        if words.SIGNER.fullmatch(first) and len(cells) <= 8 and not any(map(words.FIRM.fullmatch, texts)):
            return "填表说明"
        return ""

    def why_near(self, at: int, texts: list[str]) -> str:
        """Right below the headings: numbers of the columns, how to fill them in, an example."""
        if words.EXAMPLE.fullmatch(texts[0]):
            return "示例行"
        if at > self.near:
            return ""
        plain = [text.strip("()") for text in texts if text not in ("栏次", "栏号", "列号", "序号")]
        counted = [text for text in plain if text not in tuple("甲乙丙丁")]
        if len(plain) >= 3 and counted in [[str(n + first) for n in range(len(counted))] for first in (0, 1, 2)]:
            return "栏号"
        hints = sum(words.HINT.fullmatch(text) is not None for text in texts)
        return "填写要求" if hints >= 2 and hints * 2 >= len(texts) else ""

    def why_alone(self, at: int, row: Sequence[Any], cells: list[int], texts: list[str]) -> str:
        """A row with one text at most beside numbers: a section's title, unless it is a record with little known."""
        told = self.told(row, cells, texts)
        if len(told) > 1:
            return ""
        index, text = next(iter(told.items()), (0, ""))
        if not text:
            return "分段标题" if self.is_numbered(texts) and not self.numbers_records else ""
        if text in self.titles:
            return "重复的标题"
        if self.has_serial(row) or words.is_name(text):
            return ""
        is_wide = self.wide.get(at, 0) > max(2, len(self.header.columns) // 2)
        if is_wide or (self.is_numbered(texts) and not self.numbers_records):
            return "分段标题"
        return self.why_single(text) if len(cells) == 1 and index <= self.subject else ""

    def why_single(self, text: str) -> str:
        """By the only text of a row, at its beginning. A name alone is a record where no more is needed."""
        if words.SENTENCE.fullmatch(text):
            return "填表说明"
        return "分段标题" if words.SECTION_END.fullmatch(text) or len(self.names.required) > 1 else ""

    def told(self, row: Sequence[Any], cells: list[int], texts: list[str]) -> dict[int, str]:
        """The texts of a row that are neither numbers nor a number in front; one that is repeated counts once."""
        told: dict[int, str] = {}
        for index, text in zip(cells, texts, strict=True):
            if text in told.values() or is_numeric(row[index], text) or words.NUMBER_ALONE.fullmatch(text):
                continue
            told[index] = text
        return told

    @staticmethod
    def is_numbered(texts: list[str]) -> bool:
        return any(words.NUMBER_ALONE.fullmatch(text) or words.NUMBERED.match(text) for text in texts[:2])

    def has_serial(self, row: Sequence[Any]) -> bool:
        return self.serial is not None and compact(cell_at(row, self.serial)).strip(".、()").isdigit()

    def doubt(self, at: int) -> Question | None:
        """What is to be asked of a row that is taken for a record and may be a section's title."""
        row = self.sheet.rows[at]
        if sum(cell != "" for cell in row) > self.few:
            return None
        cells = filled(row)
        texts = [compact(row[index]) for index in cells]
        told = self.told(row, cells, texts)
        if len(told) != 1 or self.has_serial(row):
            return None
        index, text = next(iter(told.items()))
        numbered = self.is_numbered(texts) and not self.numbers_records
        if index > self.subject or len(self.names.required) > 1 or (words.is_name(text) and not numbered):
            return None
        alone = len(cells) == 1 and not self.is_sparse and len(self.header.columns) > 2
        if numbered or self.has_serials or alone or words.GROUP.fullmatch(text):
            return question(next(iter(self.names.required)), text_of(row[index]))
        return None

    @cached_property
    def sample(self) -> list[list[Any]]:
        below = self.sheet.rows[self.header.last + 1 : self.header.last + 1 + SAMPLED]
        return [row for row in below if filled(row)]

    @cached_property
    def numbers_records(self) -> bool:
        """Whether 一、二、三 number the records themselves, as they do where nothing else does."""
        return any(
            len(cells) >= 3
            and words.NUMBER_ALONE.fullmatch(compact(row[cells[0]]))
            and len(self.told(row, cells, [compact(row[index]) for index in cells])) > 1
            for row in self.sample
            for cells in [filled(row)]
        )

    @cached_property
    def has_serials(self) -> bool:
        return sum(map(self.has_serial, self.sample)) * 2 > len(self.sample)

    @cached_property
    def is_sparse(self) -> bool:
        """Whether a name alone is what most rows hold."""
        return sum(len(filled(row)) == 1 for row in self.sample) * 2 > len(self.sample)


def prefilled(rows: list[SourceRow], subject: str, days: frozenset[str]) -> list[SourceRow]:
    """The rows that do not say what they are of, and hold nothing that was written for them alone: a number in front,
    boxes nobody has ticked, what stands in every row."""
    nameless = [row for row in rows if is_nothing(row.cells.get(subject))]
    if not nameless:
        return []
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for row in nameless:
        for name, cell in own_cells(row).items():
            if not is_nothing(cell):
                held[name][text_of(cell)] += 1
    common = {name for name, texts in held.items() if len(texts) == 1 and is_common(name, texts, rows, nameless, days)}
    return [row for row in nameless if all(name in common or is_nothing(cell) for name, cell in own_cells(row).items())]


def own_cells(row: SourceRow) -> dict[str, Any]:
    """What a row holds, by field or heading, but for the number in front."""
    return row.cells | {
        heading: cell for heading, cell in row.unknown.items() if heading.replace(" ", "") not in SERIAL
    }


def is_common(
    name: str, texts: Counter[str], rows: list[SourceRow], nameless: list[SourceRow], days: frozenset[str]
) -> bool:
    (text, times), *_ = texts.items()
    if len(text) > SHORT:
        return False
    if times >= (3 if name in days else 2):
        return True
    others = [text_of(own_cells(row).get(name)) for row in rows if row not in nameless]
    return name not in days and len(others) > 1 and set(others) == {text}


def is_nothing(cell: Any) -> bool:
    """Blank, zero as formulas leave it, a date to be filled in, boxes without a tick."""
    if is_blank(cell) or cell == 0:
        return True
    return isinstance(cell, str) and words.is_unfilled(compact(cell))


def question(field: str, text: str) -> Question:
    return Question(
        field=field,
        name=text[:100],
        key=f"row:{text[:100]}",
        reason=f"这一行只有“{text[:50]}”，看不出是一条记录，还是下面几行的分段标题",
        options=(option(SECTION, "是分段标题，不导入"), option(RECORD, "是一条记录，照样导入")),
        prompt="这一行是什么？",
        done="就这样",
        alike="文字相同的",
    )
