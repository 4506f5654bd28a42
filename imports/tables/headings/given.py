"""What stands once, above or below a table, for all its rows: `填报单位：市公安局`, `市公安局走访登记表`. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from common.text import half_width
from imports.cells import text_of
from imports.cells.units import unit_word
from imports.errors import Question, option
from imports.reading.parent import Sheet
from imports.tables.headings.columns import base
from imports.tables.headings.wordings import GIVEN, WEAK
from imports.tables.table import Names, SourceRow, filled, heading_key

LABELLED = re.compile(r"([一-鿿]{2,10})\s*(?:\([^()]*\))?\s*:\s*([^\s:()]+)(?!\S*\s*(?:\([^()]*\))?\s*:)")
BEFORE = re.compile(r"^(?:湖南省)?(?:常德市)?(?:津市)?(?:\d{4}年(?:度)?)?(?:\d{1,2}月份?)?")
BELOW = 6  # rows at the end in which it may stand
UNIT_WORDS = {"单位", "部门", "填报部门", "走访部门", "填表单位", "制表单位", "责任单位"}


@dataclass(frozen=True)
class Given:
    """The value of a field for all rows of a table, and the words it was read from; several values are asked about."""

    values: tuple[str, ...]
    words: str
    by: str = ""  # of one that stands nowhere: who has said it for all rows

    def lay_under(self, source: SourceRow, name: str, label: str) -> None:
        source.cells[name] = self.values[0] if len(self.values) == 1 else ""
        if len(self.values) > 1:
            options = tuple(option(value, value) for value in self.values)
            reason = f"表里没有“{label}”这一列，表上写着“{self.words}”，看不出是哪个，请选定"
            asked = Question(
                name, self.words[:100], f"given:{name}:{self.words}"[:200], reason, options,
                prompt=f"{label}是哪个？", done="就是这个", alike="同样没写的",
            )  # fmt: skip
            source.asks = (*source.asks, asked)


def given_by_hand(print_: str, columns: Iterable[str], names: Names) -> dict[str, Given]:
    """What an admin said for all rows of this layout, where the table has no column of it."""
    told = names.given.get(print_, {})
    return {
        name: Given((said["value"],), said["value"], said["by"])
        for name, said in told.items()
        if name not in {base(column) for column in columns}
    }


def given_around(
    sheet: Sheet, texts: list[list[str]], first: int, fields: Iterable[str], names: Names
) -> dict[str, Given]:
    """Fields without a column that are named above the table, in its title or below it."""
    wanted = GIVEN & names.labels.keys() - set(fields)
    if not wanted:
        return {}
    ends = [row for row in sheet.rows[max(first + 1, len(sheet.rows) - BELOW) :] if len(filled(row)) <= 3]
    around = [*texts[:first], *([text] for text in sheet.above), *ends]
    lines = [[text for text in dict.fromkeys(map(text_of, row)) if text] for row in around]
    found: dict[str, Given] = {}
    for name, value, words in (told for line in lines for told in labelled(line, wanted, names)):
        earlier = found.get(name)
        if earlier is None:
            found[name] = Given((value,), words)
        elif value not in earlier.values:
            found[name] = Given((*earlier.values, value), f"{earlier.words}；{words}")
    if "unit" in wanted:
        add_titles([*(" ".join(line) for line in lines[: first + len(sheet.above)]), sheet.title], found, names)
    return found


def labelled(line: list[str], wanted: Iterable[str], names: Names) -> Iterable[tuple[str, str, str]]:
    """`填报单位：市公安局` in one cell, or in two side by side."""
    pairs = [match.groups() for text in line for match in LABELLED.finditer(half_width(text))]
    pairs += [(label, value) for label, value in pairwise(line) if ":" not in half_width(label + value)]
    for label, value in pairs:
        name = field_of(heading_key(label), value, names)
        if name in wanted:
            yield name, value, f"{label}：{value}"


def field_of(key: str, value: str, names: Names) -> str:
    is_body = any(body in value for body in names.bodies)
    if key in UNIT_WORDS and is_body:
        return "unit"
    if key in WEAK or unit_word(value) is not None or (names.known.get(key) == "unit" and names.bodies and not is_body):
        return ""
    return names.known.get(key, "")


def add_titles(titles: list[str], found: dict[str, Given], names: Names) -> None:
    """A unit that a title begins with; one that a title only mentions is asked about."""
    mentioned: dict[str, str] = {}
    is_sure = True
    for title in titles:
        text = half_width(title).replace(" ", "")
        bodies = [body for body in names.bodies if body in text]
        for body in (one for one in bodies if not any(one != other and one in other for other in bodies)):
            mentioned.setdefault(body, title)
            is_sure &= BEFORE.sub("", text).startswith(body) or text.startswith(body)
    earlier = found.get("unit")
    values = tuple(dict.fromkeys([*(earlier.values if earlier else ()), *mentioned]))
    if earlier and (len(values) == len(earlier.values) or not is_sure):
        return  # a label says it
    if mentioned and (is_sure or len(values) > 1):
        words = "；".join(dict.fromkeys([*([earlier.words] if earlier else []), *mentioned.values()]))
        found["unit"] = Given(values, words[:150])
    elif mentioned:
        (body,) = mentioned
        found["unit"] = Given((body, *[one for one in names.bodies if one != body][:30]), mentioned[body])
