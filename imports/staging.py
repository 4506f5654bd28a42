"""A planned row as it is kept for the preview pages, and its cells as JSON."""

from datetime import date
from typing import Any

from imports.cleaners import text_of
from imports.models import ImportBatch, ImportRow, RowOutcome
from imports.plan import PlannedRow


def raw(value: Any) -> Any:
    """A cell as JSON that reads back as the same: dates as text, whole numbers without `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | bool) else text_of(value)


def staged(batch: ImportBatch, row: PlannedRow) -> ImportRow:
    source = row.source
    values: dict[str, Any] = {
        "cells": {name: raw(cell) for name, cell in source.cells.items() if text_of(cell)},
        "notes": row.notes,
    }
    if source.serial:
        values["serial"] = source.serial
    if row.outcome == RowOutcome.ERROR:
        values["unknown"] = {heading: raw(cell) for heading, cell in source.unknown.items()}
        values["units"] = source.units
    return ImportRow(
        batch=batch,
        sheet=source.sheet[:100],
        row_no=source.row_no,
        outcome=row.outcome,
        values=values,
        changes=row.changes,
        errors=[vars(problem) for problem in row.problems],
        label=row.label,
        object_id=row.made.pk if row.made is not None and row.outcome != RowOutcome.ERROR else None,
    )
