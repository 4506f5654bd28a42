"""Planned rows as they are kept for the preview pages, their cells as JSON."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model

from common.rows.database import ReadyRows, set_column
from imports.cells import text_of
from imports.models import EDITABLE, ImportBatch, ImportRow
from imports.planned.plan import Change
from imports.planned.row import PlannedRow
from imports.writing.apply import UPDATE_BATCH, Writing, chunked, made_by


def raw(value: Any) -> Any:
    """A cell as JSON that reads back as the same: dates as text, whole numbers without `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | bool) else text_of(value)


NAMES = ["batch", "sheet", "row_no", "outcome", "values", "changes", "errors", "label", "object_id"]


class StagedRows(ReadyRows):
    """Planned rows for the preview pages, in the order of the file."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(ImportRow, NAMES)
        self.batch = batch

    def stage(self, rows: Iterable[PlannedRow]) -> None:
        self.add(staged(self.batch.pk, row) for row in rows)

    def keep(self) -> None:
        """Keeps these rows instead of those of an earlier plan."""
        ImportRow.objects.filter(batch=self.batch).delete()
        self.insert()


def link_rows(batch: ImportBatch, writing: Writing) -> None:
    """What each staged row of this very plan made, once it is written, and what it changed, for undoing it."""
    kept = list(ImportRow.objects.filter(batch=batch).order_by("id").values_list("id", flat=True))
    made = ((pk, record) for pk, record in zip(kept, writing.made_by, strict=True) if record)
    set_column(ImportRow, "object_id", made)
    of_row = {kept[at]: before for at, before in values_before(writing.changes).items()}
    for part in chunked(sorted(of_row), UPDATE_BATCH):
        changed = list(ImportRow.objects.filter(pk__in=part).only("values"))
        for row in changed:
            row.values["before"] = of_row[row.pk]
        ImportRow.objects.bulk_update(changed, ["values"])


def values_before(changes: Iterable[Change]) -> dict[int, list[dict[str, Any]]]:
    """By place of the row: the records it changed, the version they have now, and each field's old and new value."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        fields = {name: [stored(old), stored(new)] for name, (old, new) in change.fields.items()}
        record: Any = change.record
        told[change.at].append(
            {
                "model": record._meta.label_lower,
                "pk": record.pk,
                "version": getattr(record, "version", None),
                "fields": fields,
            }
        )
    return told


def stored(value: Any) -> Any:
    """A field's value as JSON from which the field reads the same again."""
    if isinstance(value, Model):
        return value.pk
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def staged(batch_id: int, row: PlannedRow) -> tuple[Any, ...]:
    errors = [vars(problem) for problem in row.problems]
    sheet, values = row.source.sheet[:100], values_of(row)
    return batch_id, sheet, row.source.row_no, row.outcome, values, row.changes, errors, row.label, made_by(row)


def values_of(row: PlannedRow) -> dict[str, Any]:
    """The JSON of a row: its cells as they are in the file, and its notes."""
    source = row.source
    values: dict[str, Any] = {
        "cells": {name: raw(cell) for name, cell in source.cells.items() if text_of(cell)},
        "notes": row.notes,
    }
    values |= {name: told for name in ("understood", "parts") if (told := getattr(row, name))}
    if source.serial:
        values["serial"] = source.serial
    if row.outcome in EDITABLE or source.adjusted:
        values["unknown"] = {heading: raw(cell) for heading, cell in source.unknown.items()}
        values["units"], values["at"] = source.units, dict(source.at)
    return values | decided(row)


def decided(row: PlannedRow) -> dict[str, Any]:
    """What was decided by hand about a row, and what is still to be."""
    adjusted = row.source.adjusted
    values: dict[str, Any] = {}
    if adjusted and adjusted.cells:
        values["corrected"] = adjusted.cells
    if adjusted and adjusted.left_out:
        values["left_out"] = adjusted.left_out
    if row.questions:
        values["questions"] = [vars(question) for question in row.questions]
    if row.offers:
        values["offers"] = [vars(question) for question in row.offers]
    if row.choices:
        values["choices"] = list(row.choices)
    return values
