"""One row on its way through a plan: its cells cleaned, each by the one rule of its column, and what became of it."""

from datetime import date
from functools import lru_cache
from typing import Any

from accounts.models import Unit
from common.text import name_key
from imports.cells import text_of
from imports.cells.widgets import CLEAR, CellWidget, Column, Context, context_of
from imports.errors import CellError
from imports.known.register import Register
from imports.planned.row import PlannedRow, problem_at
from imports.reading.parent import LONGEST_WORD
from imports.resources.base import ImportResource
from imports.tables.headings.columns import base, further
from imports.tables.table import SourceRow


def clean_row(planned: PlannedRow, resource: ImportResource, today: date) -> dict[str, Any]:
    """Every cell by the one rule of its column; all errors of the row, none hidden behind another."""
    source = planned.source
    values: dict[str, Any] = {}
    columns = resource.columns()
    others = [(name, columns[base(name)]) for name in further(source.cells, columns)]
    for name, column in [*columns.items(), *others]:
        try:
            if says_clear(source.cells.get(name)):
                planned.cleared |= column.cleared_fields(name)
            values[name] = value_of(source, name, column, today)
        except CellError as error:
            raw = source.cells.get(name)
            planned.problems.append(problem_at(source, column.column_name, name, raw, error))
    return values


def value_of(source: SourceRow, name: str, column: Column, today: date) -> Any:
    """One cell by the one rule of its column.

    Raises:
        CellError: what is wrong with it and what to write instead.
    """
    if source.uncalculated and source.is_uncalculated(name):
        raise CellError("公式没有结果，请先在表格软件中打开并保存")
    raw = source.cells.get(name)
    if says_clear(raw) and column.cleared_fields(name):
        raw = ""
    clean = clean_long if type(raw) is str and len(raw) > LONGEST_WORD else clean_word
    value = clean(column.widget, raw, context_of(today, source.units.get(name, 10_000)))
    if column.must_fill and value in (None, ""):
        raise CellError(f"缺少{column.column_name}，请填写")
    return value


def says_clear(raw: Any) -> bool:
    return type(raw) is str and CLEAR[0] in raw and text_of(raw) == CLEAR


def clean_long(widget: CellWidget, raw: Any, context: Context) -> Any:
    return widget.clean(raw, context=context)


# Units, kinds, dates and blanks come again from row to row. Typed: 1, 1.0 and True are not the same cell.
clean_word = lru_cache(maxsize=4_000, typed=True)(clean_long)


def look_up(planned: PlannedRow, values: dict[str, Any], resource: ImportResource, register: Register) -> None:
    """Words that name a record of a small table become that record."""
    columns = resource.columns()
    for name in (*(name for name in resource.lookups if name in values), *further(values, resource.lookups)):
        table, label = resource.lookups[base(name)], columns[base(name)].column_name
        try:
            written = values[name]
            values[name] = register.one(table, written, label)
            tell_unit(planned, label, written, values[name])
        except CellError as error:
            problem = problem_at(planned.source, label, name, planned.source.cells.get(name), error)
            if name == base(name):
                planned.problems.append(problem)
            else:
                values[name] = None
                planned.notes.append(f"{problem.cell} {error}；没有采用")


def tell_unit(planned: PlannedRow, label: str, written: str, found: Any) -> None:
    """Which unit a short name was taken for that is neither its name nor its registered short one."""
    if isinstance(found, Unit) and name_key(written) not in {name_key(found.name), name_key(found.short_name)}:
        planned.understood[label] = found.name
