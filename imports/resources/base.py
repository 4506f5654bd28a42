"""What every kind of workbook declares: its columns, its names, and how one row is placed."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from import_export import resources

from imports.cleaners import text_of
from imports.synonyms import SYNONYMS
from imports.table import Names, names_of
from imports.widgets import Column

if TYPE_CHECKING:
    from imports.plan import Plan, PlannedRow
    from imports.register import Register

NAME_SEPARATORS = re.compile(r"[、，,;；\n]+")


class ImportResource(resources.Resource):
    """Subclasses declare Columns, `kind`, `title` and `place()`.

    `label_field` names a row in lists; `named_fields` hold names to look for in the register of enterprises and
    projects; `lookups` are fields whose words name a record of a small register (attribute of Register).
    """

    kind = ""
    title = ""
    label_field = "name"
    named_fields: tuple[str, ...] = ()
    lookups: dict[str, str] = {}

    @classmethod
    def columns(cls) -> dict[str, Column]:
        return cls.fields  # type: ignore[attr-defined]

    @classmethod
    def names(cls) -> Names:
        columns = cls.columns()
        return names_of(
            {name: column.column_name for name, column in columns.items()},
            SYNONYMS[cls.kind],
            [name for name, column in columns.items() if column.widget.money],
            [name for name, column in columns.items() if column.required],
        )

    @classmethod
    def is_example(cls, cells: Mapping[str, Any]) -> bool:
        """Whether a row is the template's own example, left in by someone in a hurry."""
        return all(text_of(cells.get(name)) == str(column.example) for name, column in cls.columns().items())

    @staticmethod
    def split_names(text: str) -> list[str]:
        """The names in a cell: the whole, and its parts where several are listed."""
        return list(dict.fromkeys([text, *(part.strip() for part in NAME_SEPARATORS.split(text) if part.strip())]))

    def place(self, values: dict[str, Any], row: "PlannedRow", register: "Register", plan: "Plan") -> None:
        """Settles the row: adds what it makes to the plan, or what it changes, or says why it does neither.

        Raises:
            RowError: the row contradicts itself or the register.
        """
        raise NotImplementedError
