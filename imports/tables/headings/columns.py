"""Which column is read as which field, and what becomes of several columns of one field. Pure.

Further columns of a field are named `appeal#2`, `appeal#3`. What people wrote in several columns is joined;
requests with an amount each stay pairs; boxes to tick in columns of their own are one word; of columns that contradict
each other a person chooses (`imports.tables.headings.folding` does so row by row).
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.cells.choices import EMPTY_MARKS, MARKS, choice_key, plain_marks
from imports.tables.headings.meaning import aside, fits, meant_by, owner
from imports.tables.headings.wordings import ABOUT, JOINED, PAIRED, PHONES, WEAK
from imports.tables.synonyms import SERIAL
from imports.tables.table import Names, cell_at, filled, heading_key, layout_key

JOIN, PAIR, WHICH, TICK = "join", "pair", "which", "tick"
MOST = 9  # columns of one field
ORDINAL = r"第?[一二三四五六七八九十\d]{1,2}[个项条]?"
NUMBERED = re.compile(rf"^{ORDINAL}(?=\D)|{ORDINAL}(?=(?:的)?(?:类别|类型|所?涉及|金额)|$)")
NEIGHBOURS = {"officer": "officer", "contact": "officer", "contact_name": "firm"}  # whose a telephone beside them is
SERIALS = {heading_key(words) for words in SERIAL}
TICKS = {*MARKS, *EMPTY_MARKS, *"×✗✘xXvVoOyYnN10*是否对错有无/-—"}


@dataclass(frozen=True)
class Meant:
    """What a column may be: the field, and how sure that is (0: its own label, 4: only the meaning of its words)."""

    name: str
    rank: float


@dataclass
class Columns:
    """The columns of a heading row by what they are read as; and those with a meaning that are not, with the reason."""

    fields: dict[int, str] = field(default_factory=dict)  # column → field, `appeal#2` for a further one of it
    passed: dict[int, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)  # field of several columns → JOIN, PAIR, WHICH, TICK
    options: dict[str, str] = field(default_factory=dict)  # `satisfaction#2` → the word its ticks mean
    guessed: list[int] = field(default_factory=list)  # known by the meaning of their words only
    doubts: list[str] = field(default_factory=list)  # what must be asked before a row is read


def base(name: str) -> str:
    """The field of a column's name: `appeal#2` → `appeal`."""
    return name.partition("#")[0]


def further(cells: Iterable[str], fields: Container[str]) -> list[str]:
    """Of the names of cells, those of further columns of these fields; asked of every row."""
    return [name for name in cells if "#" in name and base(name) in fields]


def all_of(name: str) -> list[str]:
    """The names that the columns of one field may have."""
    return [name, *(f"{name}#{number}" for number in range(2, MOST + 1))]


def understand(headings: Sequence[str], above: Sequence[str], below: Sequence[Sequence[Any]], names: Names) -> Columns:
    """What the columns of a heading row are by themselves. `above`: the row over it, where the heading has two rows."""
    found = Columns()
    given = ticked_columns(headings, above, below, names)
    meant: dict[int, Meant] = {index: Meant(name, 0) for index, name in given.items()}
    for index, text in enumerate(headings):
        if text and index not in meant:
            told = meaning_of(text, index, below, names)
            if told:
                meant[index] = told
    doubt_phones(meant, headings, above, names, found)
    choose(meant, headings, names, found)
    arrange({index: told.name for index, told in meant.items()}, headings, names, found, set(given))
    found.guessed = [index for index in found.fields if meant[index].rank >= 4]
    return found


def meaning_of(text: str, index: int, below: Sequence[Sequence[Any]], names: Names) -> Meant | None:
    key, more = heading_key(text), aside(text)
    if names.of(text) == "":
        return None  # somebody said so
    turned = 0.5 if more and ABOUT.search(more) else 0
    values = [cell_at(row, index) for row in below]
    for spelling in (layout_key(text), key, NUMBERED.sub("", key)):
        name = names.known.get(spelling)
        if name and (name in {names.long, *names.required} or not says_wish(more, names)):
            if spelling in SERIALS and not fits(name, values, names):
                return None  # 编号 that only counts the rows
            own = spelling in (heading_key(names.labels.get(name, "")), layout_key(text) if more else "")
            if name == names.long and not own and not fits(name, values, names):
                return None
            return Meant(name, turned + (0 if own else 3 if spelling in WEAK else 2))
    for words in (more,) if says_wish(more, names) else (text, NUMBERED.sub("", key), key + more):
        name = names.known.get(words) or meant_by(words, names)
        if name and fits(name, values, names):
            return Meant(name, 4 + turned)
    return None


def says_wish(more: str, names: Names) -> bool:
    """Whether the brackets of another field's heading speak of requests: `意见建议（含困难诉求）`."""
    return bool(more and names.long) and names.long in (names.known.get(more), meant_by(more, names))


def doubt_phones(
    meant: dict[int, Meant], headings: Sequence[str], above: Sequence[str], names: Names, found: Columns
) -> None:
    """A telephone belongs to whom its heading, the one over it, or the column before it names."""
    for index, told in list(meant.items()):
        of = PHONES.get(told.name)
        if of is None:
            continue
        said = owner([headings[index], str(cell_at(above, index))])
        before, after = (meant[at].name if at in meant else "" for at in (index - 1, index + 1))
        whose = said or NEIGHBOURS.get(before, "")
        if whose in ("", of):
            continue
        del meant[index]
        if not said and after == "contact_name" and not any(one.name in PHONES for one in meant.values()):
            around = f"“{headings[index - 1]}”和“{headings[index + 1]}”"
            found.doubts.append(f"“{headings[index]}”在{around}之间，看不出是谁的")
        else:
            found.passed[index] = "是干警的电话" if whose == "officer" else "是企业的电话"


def choose(meant: dict[int, Meant], headings: Sequence[str], names: Names, found: Columns) -> None:
    """Of several columns of a field the surer ones: its own label beats another word, that a vague one."""
    for name in {told.name for told in meant.values()}:
        same = [index for index in sorted(meant) if meant[index].name == name]
        if len(same) == 1 or name in JOINED:
            continue
        best = min(same, key=lambda index: (meant[index].rank, index))
        for index in same:
            if int(meant[index].rank) > int(meant[best].rank):
                del meant[index]
                found.passed[index] = f"以“{headings[best]}”列为准"
    for index, told in list(meant.items()):
        other = names.also.get(heading_key(headings[index]))
        if other and told.name not in names.required and other not in {one.name for one in meant.values()}:
            meant[index] = Meant(other, told.rank)


def arrange(
    fields: Mapping[int, str], headings: Sequence[str], names: Names, found: Columns, ticks: set[int] | None = None
) -> None:
    """Gives the columns of one field their names, and says what becomes of them."""
    by_field: dict[str, list[int]] = {}
    for index in sorted(fields):
        by_field.setdefault(fields[index], []).append(index)
    if ticks is None:
        ticks = {
            at
            for name, same in by_field.items()
            if len(same) > 1
            for at in same
            if option_of(name, headings[at], names)
        }
    lead, *others = PAIRED
    many = len(by_field.get(lead, []))
    paired = {name for name in others if 1 < len(by_field.get(name, [])) == many}
    for name, same in by_field.items():
        for number, index in enumerate(same, 1):
            told = name if number == 1 else f"{name}#{number}"
            if number > MOST:
                found.passed[index] = f"“{names.labels[name]}”最多 {MOST} 列"
                continue
            found.fields[index] = told
            if index in ticks:
                found.options[told] = option_of(name, headings[index], names) or headings[index]
        if len(same) > 1:
            is_pair = name in paired or (name == lead and (paired or are_numbered(headings[at] for at in same)))
            found.how[name] = PAIR if is_pair else TICK if ticks & set(same) else JOIN if name in JOINED else WHICH


def are_numbered(headings: Iterable[str]) -> bool:
    """Whether headings are one but for their numbers: 问题一, 问题二 are two requests, 困难 and 诉求 one."""
    return len({NUMBERED.sub("", heading_key(text)) for text in headings}) == 1


# ---- boxes to tick, a column each ----


def option_of(name: str, heading: str, names: Names) -> str:
    """The word of a field that a column is headed by: `满意`, or `满意度：满意` of two rows."""
    return names.choices.get(name, {}).get(choice_key(half_width(heading).rpartition(":")[2]), "")


def ticked_columns(
    headings: Sequence[str], above: Sequence[str], below: Sequence[Sequence[Any]], names: Names
) -> dict[int, str]:
    """Columns side by side that are each headed by one word of a field and hold nothing but marks."""
    records = [row for row in below if not is_repeated(row, headings)]
    named = len(filled(headings))
    records = [row for row in records if len(filled(row)) * 3 > named] or records  # who signed is no record
    held = [[cell_at(row, index) for row in records] for index in range(len(headings))]
    marked = [may_be_marks(values) for values in held]
    found: dict[int, str] = {}
    for name in names.choices:
        words = [index for index in range(len(headings)) if marked[index] and option_of(name, headings[index], names)]
        for first in words:
            if first in found:
                continue
            run = [first]
            while (run[-1] + 1) in words or is_another(headings, above, marked, first, run[-1] + 1):
                run.append(run[-1] + 1)
            run += between(run[-1], words, headings, marked)
            while is_another(headings, above, marked, first, run[0] - 1):
                run.insert(0, run[0] - 1)
            if len(set(run) & set(words)) > 1 and are_ticked(held[index] for index in run):
                found |= dict.fromkeys(run, name)
    return found


def is_repeated(row: Sequence[Any], headings: Sequence[str]) -> bool:
    """Whether a row holds headings once more, as on the top of each page."""
    return sum(text_of(cell) == heading != "" for cell, heading in zip(row, headings, strict=False)) > 1


def between(last: int, words: Sequence[int], headings: Sequence[str], marked: Sequence[bool]) -> list[int]:
    """Columns to tick up to the next word of the field, where few stand between them: 一般."""
    after = next((index for index in words if index > last), last)
    gap = range(last + 1, after)
    return [*gap, after] if 0 < len(gap) <= 2 and all(marked[index] and headings[index] for index in gap) else []


def is_another(headings: Sequence[str], above: Sequence[str], marked: Sequence[bool], first: int, index: int) -> bool:
    """A word that the field does not have, among those that it has: 非常满意, or one under the same heading."""
    if not 0 <= index < len(headings) or not marked[index] or not headings[index]:
        return False
    same_group = bool(cell_at(above, index)) and cell_at(above, index) == cell_at(above, first)
    return same_group or headings[index].endswith(headings[first])


def remarks(values: Iterable[Any]) -> list[str]:
    """What a column holds besides marks."""
    return [mark for value in values if (mark := mark_of(value)) and mark not in TICKS]


def may_be_marks(values: Sequence[Any]) -> bool:
    """Whether a column may hold marks to tick, but for a remark in a few rows, which those are asked about."""
    odd = remarks(values)
    return len(odd) <= max(1, len(values) // 5) and not any(re.fullmatch(r"[\d.]+", mark) for mark in odd)


def are_ticked(columns: Iterable[Sequence[Any]]) -> bool:
    """Whether columns hold marks far more than anything else."""
    values = [value for column in columns for value in column]
    odd = len(remarks(values))
    return not odd or sum(bool(mark_of(value)) for value in values) >= 3 * odd


def mark_of(value: Any) -> str:
    return half_width(plain_marks(text_of(value))).strip("()[]【】 ")
