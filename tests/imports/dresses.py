"""Tables of known content in random dress: headings, order, units, dates, ticks, rows that are no record.

A `Wardrobe` says for a kind what its content is and how its cells may be written; `dressed` puts it on a sheet as
somebody might have. Whatever the dress, the plan must give the content or ask: never something else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from imports.planned.plan import Plan
from imports.reading.formats import as_shown
from imports.reading.parent import Sheet

UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
Record = dict[str, Any]  # field → what is meant


@dataclass(frozen=True)
class Wardrobe:
    """`words`: what each field may be called, in no order; `money`: the fields that are amounts in yuan; `spread`: a
    field that may stand in several columns, one to tick for each value. Of what comes out the `wanted` fields are
    compared, as `made` finds them in a plan by the record's `key`."""

    kind: str
    title: str
    words: Mapping[str, tuple[str, ...]]
    content: Callable[[Random], list[Record]]
    cell: Callable[[Random, str, Any], Any]
    key: str
    wanted: tuple[str, ...]
    made: Callable[[Plan], dict[str, tuple[Any, ...]]]
    money: frozenset[str] = frozenset()
    spread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()


@dataclass
class Dressed:
    records: list[Record]
    sheet: Sheet
    worn: list[str] = field(default_factory=list)  # what it was dressed in, told where a test fails


@dataclass(frozen=True)
class Money:
    """Where the unit stands, in words, and the yuan of a bare number."""

    factor: int
    place: str = "none"
    words: str = ""

    def at(self, place: str) -> str:
        return self.words if self.place == place else ""


def money(rng: Random) -> Money:
    unit, place = rng.choice(list(UNITS)), rng.choice([*PLACES, "format", "none"])
    if place == "format":
        code = rng.choice(list(FORMATS))
        return Money(FORMATS[code], place, code)
    if place == "none":
        return Money(UNITS["万元"])
    return Money(UNITS[unit], place, rng.choice(PLACES[place]).format(unit))


PLACES = {
    "heading": ("（{}）", "({})", "（单位：{}）", "【{}】", "/{}", "{}", "（人民币{}）"),
    "row": ("（{}）", "{}"),
    "above": ("单位：{}", "金额单位：{}", "单位为{}", "金额以{}为单位", "（单位：{}）"),
    "title": ("（单位：{}）", "（金额单位：{}）"),
    "below": ("注：金额单位为{}", "说明：以上金额以{}为单位", "金额单位：{}"),
    "cell": ("{}",),
}


FORMATS = {  # of numbers, by what one that is stored means in yuan
    '0.0"万元"': 10_000, '0"元"': 1, '0!.0,"万"': 1, '#,##0.00,"千元"': 1, '0!.00,,"亿元"': 1, "￥#,##0.00": 1,
    '0.00"百万元"': 1_000_000,
}  # fmt: skip


class Tailor:
    """One table, put on piece by piece."""

    def __init__(self, wardrobe: Wardrobe, seed: int) -> None:
        self.rng, self.of, self.worn = Random(seed), wardrobe, []
        self.records = wardrobe.content(self.rng)
        self.money = money(self.rng) if wardrobe.money else Money(1)
        self.called = {name: self.rng.choice(words) for name, words in wardrobe.words.items()}
        self.order = [name for name in wardrobe.words if name not in wardrobe.optional or self.chance(0.7)]
        self.spread = {name for name in wardrobe.spread if self.chance(0.15)}
        self.rng.shuffle(self.order)
        self.merges: list[tuple[int, int, int, int]] = []
        self.placed: list[tuple[list[Any], Record, list[tuple[str, str]]]] = []  # rows of records, and their columns
        self.worn += [f"{self.money}", *(f"{name} in columns" for name in self.spread), "、".join(self.called.values())]

    def chance(self, likely: float) -> bool:
        return self.rng.random() < likely

    def columns(self) -> Iterator[tuple[str, str]]:
        """Field and, of one that is spread, the value that this column is ticked for."""
        for name in self.order:
            yield from ((name, word) for word in (self.of.spread[name] if name in self.spread else [""]))

    def heading(self) -> list[Any]:
        told = self.money.at("heading")
        return ["序号", *(word or self.called[name] + told * (name in self.of.money) for name, word in self.columns())]

    def under(self) -> Iterator[list[Any]]:
        """The row below a heading that holds nothing but the unit."""
        if told := self.money.at("row"):
            yield ["", *(told if name in self.of.money else "" for name, _ in self.columns())]

    def above(self) -> Iterator[list[Any]]:
        if self.chance(0.5) or self.money.at("title"):
            yield [self.of.title + self.money.at("title")]
        if told := self.money.at("above"):
            yield ["", "", told] if self.chance(0.5) else [told]

    def cell(self, record: Record, name: str, word: str) -> Any:
        value = record[name]
        if word:
            return self.rng.choice("√✓") if value == word else ""
        if name in self.of.money:
            return "" if value is None else self.amount(value)
        return self.of.cell(self.rng, name, value)

    def amount(self, yuan: Decimal) -> Any:
        value = yuan / self.money.factor
        bare = int(value) if value == value.to_integral_value() else float(value)
        if code := self.money.at("format"):
            return as_shown(bare, code)
        return f"{bare}{told}" if (told := self.money.at("cell")) else bare

    def between(self, at: int) -> Iterator[list[Any]]:
        """What people put between records."""
        kind = self.rng.choice(["", "", "", "", "section", "blank", "heading", "serial", "other order"])
        self.worn += [kind] * bool(kind)
        if kind == "section":
            yield [self.rng.choice(["一、规上企业", "（二）小微企业类", "二、津市港片区"])]
        elif kind == "blank":
            yield [""]
        elif kind == "serial":
            yield [at + 90]
        elif kind == "heading" and at:
            yield self.heading()
        elif kind == "other order" and at:
            self.rng.shuffle(self.order)
            yield self.heading()
            yield from self.under()

    def below(self) -> Iterator[list[Any]]:
        """What people put below."""
        for kind in self.rng.sample(["total", "counted", "signed", "end", "serials"], self.rng.choice([0, 1, 1, 2])):
            self.worn.append(kind)
            yield from self.ending(kind)
        if told := self.money.at("below"):
            yield [told]

    def ending(self, kind: str) -> list[list[Any]]:
        count = len(self.records)
        if kind == "total":
            sums = [self.total(name) for name, _ in self.columns()]
            return [[self.rng.choice(["合计", "小计", "本页小计", "总计", "汇总", "平均"]), *sums]]
        return {
            "counted": [[f"以上共{count}家"]],
            "signed": [["审核：干警0002", "", "制表人：干警0003"]],
            "end": [["（以下空白）"]],
            "serials": [[count + n] for n in range(1, 4)],
        }[kind]

    def total(self, name: str) -> Any:
        if name not in self.of.money:
            return ""
        return self.amount(sum((record[name] or Decimal(0) for record in self.records), Decimal(0)))

    def rows(self) -> Iterator[list[Any]]:
        yield from self.above()
        yield self.heading()
        yield from self.under()
        for at, record in enumerate(self.records):
            yield from self.between(at)
            columns = list(self.columns())
            row = [at + 1, *(self.cell(record, name, word) for name, word in columns)]
            self.placed.append((row, record, columns))
            yield row
        yield from self.below()

    def merge(self, rows: list[list[Any]], width: int) -> None:
        """Merges cells as people do: a title across, what records below one another have in common."""
        where = {id(row): at for at, row in enumerate(rows)}
        if len(rows[0]) == 1 and self.chance(0.5):
            self.merges.append((0, 0, 0, width - 1))
            self.worn.append("merged title")
        if not self.chance(0.4):
            return
        for (row, record, columns), (below, after, same) in pairwise(self.placed):
            at = where[id(row)]
            if columns != same or where[id(below)] != at + 1:
                continue
            for index, (name, word) in enumerate(columns, 1):
                is_one = name in self.of.money and record[name] is not None and after[name] is None
                is_common = name not in (*self.of.money, self.of.key) and record[name] == after[name] and not word
                if (is_one or is_common) and row[index] != "" and self.chance(0.6) and not self.is_merged(at, index):
                    below[index] = ""
                    self.merges.append((at, index, at + 1, index))
                    self.worn.append(f"{name} of row {at + 1} merged down")

    def is_merged(self, at: int, index: int) -> bool:
        return any(bottom == at and left == index for _, left, bottom, _ in self.merges)


def dressed(wardrobe: Wardrobe, seed: int) -> Dressed:
    tailor = Tailor(wardrobe, seed)
    rows = list(tailor.rows())
    width = max(map(len, rows))
    tailor.merge(rows, width)
    sheet = Sheet("表", rows=[[*row, *[""] * (width - len(row))] for row in rows], merges=tailor.merges)
    return Dressed(tailor.records, sheet, tailor.worn)


class FormTailor(Tailor):
    """A sheet of labels with their values beside them, one form or two of them below one another."""

    def rows(self) -> Iterator[list[Any]]:
        self.records = self.records[: 2 if self.chance(0.3) else 1]
        self.worn.append(f"{len(self.records)} forms on a sheet")
        wide = self.rng.choice([1, 2])
        for record in self.records:
            yield [self.of.title + self.money.at("title")]
            if told := self.money.at("above"):
                yield ["", "", told]
            pairs = [self.pair(record, name) for name in self.order]
            yield from ([part for pair in pairs[at : at + wide] for part in pair] for at in range(0, len(pairs), wide))
            if told := self.money.at("below"):
                yield [told]
            if self.chance(0.3):
                yield [""]

    def pair(self, record: Record, name: str) -> list[Any]:
        told = self.money.at("heading") if name in self.of.money else ""
        value = self.cell(record, name, "")
        if name in self.spread:
            value = "　".join(("☑" if word == record[name] else "□") + word for word in self.of.spread[name])
        if isinstance(value, str) and value and self.chance(0.1):
            return [f"{self.called[name]}{told}：{value}", ""]
        return [self.called[name] + told + self.rng.choice(["", "：", ":"]), value]


def dressed_form(wardrobe: Wardrobe, seed: int) -> Dressed:
    """The first one or two records as forms on one sheet; a unit below its heading has no place there."""
    tailor = FormTailor(wardrobe, seed)
    if tailor.money.place == "row":
        tailor.money = Money(UNITS["万元"])
    rows = list(tailor.rows())
    width = max(map(len, rows))
    return Dressed(tailor.records, Sheet("表", rows=[[*row, *[""] * (width - len(row))] for row in rows]), tailor.worn)
