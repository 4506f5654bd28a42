"""What every kind of workbook declares: its columns, its names, and how one row is placed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from django.db.models import Model
from import_export import resources

from common.text import name_key
from imports.cells import text_of
from imports.cells.choices import choice_key
from imports.cells.widgets import Choice, Column, Day
from imports.errors import RowError
from imports.known import people
from imports.known.naming import pieces
from imports.known.register import Register
from imports.models import RowOutcome
from imports.planned.plan import Plan
from imports.planned.row import PlannedRow
from imports.planned.tally import Tally
from imports.planned.understood import money_words
from imports.tables.headings.columns import all_of
from imports.tables.synonyms import SYNONYMS
from imports.tables.table import Names, Table, heading_key, names_of

EXAMPLE, NEARLY = "模板自带的示例行", "与示例行几乎相同"
TELLING = ("uscc", "username", "number")  # what no other row shares with the example by chance
LIKE, FEWEST_LIKE = 2, 3  # cells that may differ, and that must be the same


class ImportResource(resources.Resource):
    """Subclasses declare Columns, `kind`, `title` and `place()`.

    `label_field` names a row in lists; `named_fields` hold names to look for in the register of enterprises and
    projects, `matched_fields` those that mean an enterprise and are asked about where that is not sure; `lookups` are
    fields whose words name a record of a small register (attribute of Register). `writes` are the models of the records
    that a row may make, parents before children: a record is written after what it points to;
    `page` is the address of the page of the record that a row makes.
    """

    kind = ""
    title = ""
    label_field = "name"
    named_fields: tuple[str, ...] = ()
    matched_fields: tuple[str, ...] = ()
    lookups: dict[str, str] = {}
    looked_at: tuple[str, ...] = ()
    writes: tuple[type[Model], ...] = ()
    page = ""
    long_field = ""  # what people write in whole sentences, for whose sake no such column is passed over unasked
    read_only: tuple[str, ...] = ()  # headings of our own exports that tell what the system has worked out

    @classmethod
    def is_read_only(cls, heading: str) -> bool:
        return heading_key(heading) in {heading_key(words) for words in cls.read_only}

    @classmethod
    def columns(cls) -> dict[str, Column]:
        return cls.fields

    @classmethod
    def money_columns(cls) -> dict[str, Column]:
        return {name: column for name, column in cls.columns().items() if column.widget.usual}

    @classmethod
    def names(cls) -> Names:
        columns = cls.columns()
        names = names_of(
            {name: column.column_name for name, column in columns.items()},
            SYNONYMS[cls.kind],
            {name: column.widget.usual for name, column in cls.money_columns().items()},
            [name for name, column in columns.items() if column.required],
            [name for name, column in columns.items() if isinstance(column.widget, Day)],
        )
        choices = {name: column.widget.words for name, column in columns.items() if isinstance(column.widget, Choice)}
        return replace(
            names,
            kind=cls.kind,
            money={further: usual for name, usual in names.money.items() for further in all_of(name)},
            shapes={name: type(column.widget).__name__ for name, column in columns.items()},
            choices={name: {choice_key(word): word for word in words} for name, words in choices.items()},
            long=cls.long_field,
        )

    @classmethod
    @cache
    def examples(cls) -> dict[str, str]:
        return {name: str(column.example) for name, column in cls.columns().items()}

    @classmethod
    def likeness(cls, cells: Mapping[str, Any]) -> str:
        """Whether a row is the template's own example, left in by someone in a hurry, or nearly so; blank if neither.
        Columns that the table has not are not compared."""
        examples = cls.examples()
        if not any(
            is_text(cells.get(name), examples[name]) for name in (cls.label_field, *TELLING) if name in examples
        ):
            return ""
        shown = {name: example for name, example in examples.items() if name in cells}
        differing = sum(text_of(cells[name]) != example for name, example in shown.items())
        filled = sum(bool(example) for example in shown.values())
        if differing > LIKE or filled - differing < FEWEST_LIKE:
            return ""
        return NEARLY if differing else EXAMPLE

    @staticmethod
    def split_names(text: str) -> list[str]:
        """All that may be a name in a cell: the whole, and its parts where several may be meant."""
        return pieces(text)

    def refuse_retired(self, values: Mapping[str, Any], stored: Any) -> None:
        """What is no longer in use stays where it is, a unit above all; nothing new is given to it.

        Raises:
            RowError: the row gives something to it.
        """
        for name in self.lookups:
            found = values[name]
            if not getattr(found, "is_active", True) and getattr(stored, name, None) != found:
                label = self.columns()[name].column_name
                raise RowError(name, f"{label}“{found}”已停用，请改填在用的{'单位' if '单位' in label else label}")

    def place(self, values: dict[str, Any], row: PlannedRow, register: Register, plan: Plan) -> None:
        """Settles the row: adds what it makes to the plan, or what it changes, or says why it does neither.

        Raises:
            RowError: the row contradicts itself or the register.
        """
        raise NotImplementedError

    def read_headings(self, table: Table) -> None:
        """Takes into the rows of a table what its headings say of their cells."""

    def tell_money(self, values: Mapping[str, Any], row: PlannedRow) -> None:
        """Says in yuan what each amount of the row is understood as."""
        for name, column in self.money_columns().items():
            money = values.get(name)
            if money and money.amount is not None:
                unit = row.source.units.get(name, 10_000)
                row.understood[column.column_name] = money_words(money.amount, money.text, unit)

    def take(self, register: Register, keys: Mapping[str, Any]) -> None:
        """Reads into the register what only this kind refers to; `keys` are those its rows mention."""

    def look_ahead(self, register: Register, rows: Iterable[Mapping[str, Any]]) -> None:
        """The same for the part of the file that comes next: `rows` are the cells of its `looked_at`, cleaned; None
        where one is wrong or not there."""

    def count(self, row: PlannedRow, tally: Tally) -> None:
        """Adds an accepted row to the kind's own figures."""

    def figures(self, tally: Tally) -> dict[str, Any]:
        """The kind's own figures, ready for JSON."""
        return {}


def is_text(cell: Any, text: str) -> bool:
    """Whether a cell holds just this text, which is not blank."""
    if type(cell) is str and len(cell) < len(text):
        return False
    return bool(text) and text_of(cell) == text


def new_person(words: str, stored: Any, unit: Any, row: PlannedRow, register: Register, field: str = "officer") -> Any:
    """The person that a cell names, and the stored one as long as it says that one's name: others may share it.

    None when the cell is blank or names nobody for sure, which is noted.

    Raises:
        UnsureError: several of that name in the unit.
    """
    if not words:
        return None
    if stored is not None and name_key(stored.name) == name_key(words):
        return stored
    return people.officer(register, row, field, words, unit)


def known_record(records: Mapping[int, Any], values: dict[str, Any], row: PlannedRow, register: Register) -> Any:
    """The stored record that the number of an exported row names; a second row of it is a duplicate.

    Raises:
        RowError: there is none, or two rows say different things of it.
    """
    pk = values["ref"]
    stored = records.get(pk)
    if stored is None:
        raise RowError("ref", "系统里没有这个编号的记录，可能已删除；要作为新的登记，请把系统编号留空")
    key = f"ref {pk}"
    again = register.first_time(key, row.source.where, dict(values))
    if again == "same":
        row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 是同一条记录，内容相同")
    elif again:
        raise RowError("ref", f"与 {register.seen[key][0]} 是同一条记录但内容不同，请只留一行")
    return stored
