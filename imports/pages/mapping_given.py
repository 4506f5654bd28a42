"""What an admin says for all rows of a layout whose table says it nowhere: the visiting unit, a day, a kind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from accounts.models import Unit
from imports.cells.widgets import Column, Day, context_of
from imports.errors import CellError
from imports.resources.kinds import RESOURCES
from imports.tables.seen import Seen


@dataclass
class Shared:
    """One field that all rows may have in common, with what was said of it; blank where nothing was."""

    name: str
    label: str
    options: list[str] = field(default_factory=list)  # none of a day
    value: str = ""
    error: str = ""


@cache
def may_be_shared(kind: str) -> dict[str, Column]:
    """The required fields of a kind that are a unit, a word of a list, a day; names and numbers are each row's own."""
    columns = RESOURCES[kind].columns()
    return {
        name: column
        for name, column in columns.items()
        if column.required and (column.lookup == "units" or column.widget.options() or isinstance(column.widget, Day))
    }


def shared_fields(kind: str) -> list[Shared]:
    """All that rows of a kind may have in common."""
    fields = may_be_shared(kind)
    has_unit = any(column.lookup for column in fields.values())
    units = list(Unit.objects.filter(is_active=True).values_list("name", flat=True)) if has_unit else []
    return [
        Shared(name, column.column_name, units if column.lookup else column.widget.options())
        for name, column in fields.items()
    ]


def shared_by(fields: Iterable[Shared], seen: Seen, told: Mapping[str, Mapping[str, str]]) -> list[Shared]:
    """Those that a layout can be given, with what it was given: what stands above its table is not asked for again."""
    return [
        replace(one, value=told.get(one.name, {}).get("value", ""))
        for one in fields
        if one.name in told or one.name not in seen.given
    ]


def fill_shared(shared: Shared, kind: str, value: str, today: date) -> None:
    """Takes in what was typed, and says what is wrong with it."""
    shared.value = value.strip()[:200]
    if shared.options:
        shared.error = "" if shared.value in ["", *shared.options] else "请在列出的里面选一个"
        return
    try:
        may_be_shared(kind)[shared.name].widget.clean(shared.value, context=context_of(today))
    except CellError as error:
        shared.error = str(error)


def given_now(
    stored: Mapping[str, Mapping[str, str]], values: Mapping[str, str], by: str, at: str
) -> dict[str, Mapping[str, str]]:
    """What is kept of it: who said a value first stays with it."""
    new = {name: {"value": value, "by": by, "at": at} for name, value in values.items() if value}
    kept = [name for name, said in new.items() if stored.get(name, {}).get("value") == said["value"]]
    return new | {name: stored[name] for name in kept}


def changes_told(kind: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[str]]:
    """Old and new value by the field's name, as the audit trail shows it."""
    columns = RESOURCES[kind].columns()
    names: Iterable[str] = dict.fromkeys([*was, *now])
    pairs = {name: [one.get(name, {}).get("value", "") for one in (was, now)] for name in names}
    return {f"各行统一的{columns[name].column_name}": pair for name, pair in pairs.items() if pair[0] != pair[1]}
