"""What an import made, record by record: by the audit rows it wrote, so entries made from forms are among them."""

from dataclasses import dataclass
from typing import Any

from auditlog.models import LogEntry
from django.db.models import QuerySet
from django.urls import reverse

from common.books.sheets import Column
from imports.known.addresses import PAGES
from imports.models import BatchState, ImportBatch


def made_records(batch: ImportBatch) -> QuerySet[LogEntry]:
    """The first audit row of every record that a batch made, in the order they were written."""
    if batch.applied_at is None:
        return LogEntry.objects.none()
    rows = LogEntry.objects.filter(timestamp=batch.applied_at, additional_data__导入批次=batch.pk)
    return rows.filter(action=LogEntry.Action.CREATE).select_related("content_type").order_by("pk")


@dataclass(frozen=True)
class MadeRecord:
    """One of them, with its own page where it has one and is still there."""

    kind: str
    name: str
    sheet: str
    row: int
    url: str


def told(batch: ImportBatch, rows: Any) -> list[MadeRecord]:
    there = batch.state == BatchState.APPLIED
    return [MadeRecord(kind_of(row), row.object_repr, *origin(row), page_of(row) if there else "") for row in rows]


def kind_of(row: LogEntry) -> str:
    model = row.content_type.model_class()
    return str(model._meta.verbose_name) if model else ""


def origin(row: LogEntry) -> tuple[str, int]:
    data = row.additional_data or {}
    return str(data.get("工作表", "")), int(data.get("行", 0))


def page_of(row: LogEntry) -> str:
    name = PAGES.get(row.content_type.model)
    return reverse(name, kwargs={"pk": row.object_id}) if name else ""


RECORD_COLUMNS = [
    Column("类别", kind_of, 14),
    Column("名称", lambda row: row.object_repr, 50),
    Column("工作表", lambda row: origin(row)[0], 20),
    Column("行", lambda row: origin(row)[1], 8),
    Column("记录号", lambda row: row.object_id, 10),
]
