"""django-import-export widgets that clean a cell by the one rule of its column, and fields that know their heading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from import_export import fields, widgets

from common.text import person_name
from imports.cells.choices import choice_key, clean_choice, clean_flag, ticked
from imports.cells.codes import clean_count, clean_number, clean_phone, clean_uscc
from imports.cells.dates import OLDEST, clean_date
from imports.cells.money import Money, Usual, clean_money
from imports.cells.text import MAX_TEXT, clean_text, is_blank, refuse_error_cell, shorten, text_of
from imports.cells.units import Unit
from imports.errors import CellError

MASKED = re.compile(r".{3}\*{4}.{4}")
CLEAR = "清空"  # the word in a cell that empties an optional field of a stored record


@dataclass(frozen=True, eq=False)
class Context:
    """What cleaning depends on besides the cell: today, and what a bare number means in this column.

    Compared by identity, for speed: `context_of` makes each only once.
    """

    today: date
    unit: Unit = 10_000


context_of = cache(Context)  # the same few for hundreds of thousands of cells


class CellWidget(widgets.Widget):
    """`clean(value, row, context=…)` gives the clean value or raises CellError."""

    usual: Usual | None = None  # of money only

    def clean(self, value: Any, row: Any = None, *, context: Context | None = None, **kwargs: Any) -> Any:
        raise NotImplementedError

    def options(self) -> list[str]:
        """What a drop-down list of the template offers."""
        return []


class Text(CellWidget):
    def __init__(self, limit: int = MAX_TEXT, *, drop_dashes: bool = True) -> None:
        super().__init__()
        self.limit, self.drop_dashes = limit, drop_dashes

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if self.drop_dashes and is_blank(value):
            refuse_error_cell(value)
            return ""
        return clean_text(value, self.limit)


class PersonName(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return person_name(super().clean(value, row, **kwargs))


class Day(CellWidget):
    def __init__(self, oldest: date = OLDEST, *, future: bool = False) -> None:
        super().__init__()
        self.oldest, self.future = oldest, future

    def clean(self, value: Any, row: Any = None, *, context: Context | None = None, **kwargs: Any) -> date | None:
        latest = date(2100, 1, 1) if self.future or context is None else context.today
        return clean_date(value, today=latest, oldest=self.oldest)


class Yuan(CellWidget):
    def __init__(self, usual: Usual | None = None) -> None:
        super().__init__()
        self.usual = usual or Usual()

    def clean(self, value: Any, row: Any = None, *, context: Context | None = None, **kwargs: Any) -> Any:
        return clean_money(value, unit=context.unit if context else 10_000)


class Capital(Yuan):
    """Registered capital: what can't be read keeps its own words instead of being an error."""

    def clean(self, value: Any, row: Any = None, *, context: Context | None = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, context=context)
        except CellError:
            text = clean_text(value, 100)
            if any(character.isdigit() for character in text) or not text:
                raise
            return Money(None, text)


class Code(CellWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return clean_uscc(value)


class Number(CellWidget):
    """What something goes by: 案号, 项目编号, 工号."""

    def __init__(self, label: str, limit: int) -> None:
        super().__init__()
        self.label, self.limit = label, limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return clean_number(value, self.limit, self.label)


class Phone(CellWidget):
    """A telephone number; one that an export has masked (138****1234) says nothing."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return "" if MASKED.fullmatch(text_of(value)) else clean_phone(value)


class Count(CellWidget):
    def __init__(self, limit: int = 1_000_000) -> None:
        super().__init__()
        self.limit = limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        return clean_count(value, self.limit)


class Choice(CellWidget):
    """One of a list of words, or of words with their meanings; the synonyms are read but not offered."""

    def __init__(self, label: str, choices: Any, synonyms: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.label = label
        offered = isinstance(choices, Mapping)
        self.words = dict(choices) if offered else {str(one.label): one.value for one in choices if one.value}
        self.synonyms = dict(synonyms or {})

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return clean_choice(value, self.words, self.label)
        except CellError:
            found = {choice_key(words): option for words, option in self.synonyms.items()}
            key = choice_key(ticked(text_of(value)))
            if key in found:
                return found[key]
            raise

    def options(self) -> list[str]:
        return list(self.words)


class Flag(CellWidget):
    def __init__(self, label: str, words: Mapping[str, bool] | None = None) -> None:
        super().__init__()
        self.label, self.words = label, words

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        return clean_flag(value, self.label, self.words)

    def options(self) -> list[str]:
        return ["是", "否"]


class Reference(CellWidget):
    """The number that our own exports give a record without one of its own: `HD-00012`."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = text_of(value).upper()
        if not text:
            return None
        prefix, dash, number = text.partition("-")
        if prefix != self.prefix or not dash or not number.isdecimal() or len(number) > 15:
            raise CellError(f"系统编号“{shorten(text)}”不对，请保留导出时的内容；新的记录留空")
        return int(number)


class Column(fields.Field):
    """One column of a kind: heading, rule, whether it must be there and filled, an example and a hint for the template.

    `clears` are the record's fields that the word 清空 in the cell empties; none by default where it must be filled.
    """

    def __init__(  # noqa: PLR0913 -- a column is declared in one place, by name
        self,
        label: str,
        widget: CellWidget,
        *,
        required: bool = False,
        must_fill: bool | None = None,
        example: Any = "",
        hint: str = "",
        lookup: str = "",
        clears: tuple[str, ...] | None = None,
        offered: bool = True,
    ) -> None:
        super().__init__(column_name=label, widget=widget)
        self.required, self.example, self.hint, self.lookup = required, example, hint, lookup
        self.must_fill = required if must_fill is None else must_fill
        self.clears, self.offered = clears, offered

    @property
    def heading(self) -> str:
        return f"{self.column_name}(万元)" if self.widget.usual else self.column_name

    def cleared_fields(self, name: str) -> set[str]:
        """The record's fields that 清空 in this column empties.

        Raises:
            CellError: the field cannot be empty.
        """
        clears = self.clears if self.clears is not None else () if self.required else (name,)
        if not clears:
            raise CellError(f"{self.column_name}不能清空，请填写内容")
        return set(clears)
