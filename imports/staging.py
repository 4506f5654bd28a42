"""Planned rows as they are kept for the preview pages, their cells as JSON."""

from datetime import date
from typing import Any

from django.db import connection

from common.database import insert_rows
from imports.cleaners import text_of
from imports.models import ImportBatch, ImportRow, RowOutcome
from imports.plan import Plan, PlannedRow


def raw(value: Any) -> Any:
    """A cell as JSON that reads back as the same: dates as text, whole numbers without `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | bool) else text_of(value)


NAMES = ["batch", "sheet", "row_no", "outcome", "values", "changes", "errors", "label", "object_id"]


def stage(batch: ImportBatch, plan: Plan) -> None:
    """Keeps the rows of a plan for the preview pages, in the order of the file."""
    ImportRow.objects.filter(batch=batch).delete()
    insert_rows(ImportRow, NAMES, (staged(batch.pk, row) for row in plan.rows))


def link_rows(batch: ImportBatch, plan: Plan) -> None:
    """The record that each staged row of this very plan made, once it is written."""
    kept = ImportRow.objects.filter(batch=batch).order_by("id").values_list("id", flat=True)
    made = [(made_by(row), pk) for row, pk in zip(plan.rows, kept, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE imports_importrow SET object_id = %s WHERE id = %s", [pair for pair in made if pair[0]]
        )


def made_by(row: PlannedRow) -> int | None:
    return row.made.pk if row.made is not None and row.outcome != RowOutcome.ERROR else None


def staged(batch_id: int, row: PlannedRow) -> tuple[Any, ...]:
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
    errors = [vars(problem) for problem in row.problems]
    sheet = source.sheet[:100]
    return batch_id, sheet, source.row_no, row.outcome, values, row.changes, errors, row.label, made_by(row)
