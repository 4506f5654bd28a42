"""A file imported from the command line: the same plan and the same write as on the pages, without waiting for a look.

What is written is kept like any other batch: its file, its rows and what each made, so that the pages can show and
undo it, and know the same bytes again.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from common.text import clean
from imports.apply import carry_out, prepare_write
from imports.models import BatchState, ImportBatch
from imports.pipeline import prepare, settle
from imports.plan import Plan
from imports.services import change_state
from imports.staging import link_rows, ready_to_stage, release_cells, stage
from imports.summary import preview, summarise


@dataclass
class Imported:
    """What a file says, its figures, and the batch it was written as, if anything was."""

    plan: Plan
    told: dict[str, Any]
    batch: ImportBatch | None = None


def check_file(kind: str, path: Path, *, today: date) -> Imported:
    """What an import would do. Writes nothing.

    Raises:
        UnreadableFileError: with the reason.
    """
    plan = settle(prepare(path, path.name, kind, today=today))
    return Imported(plan, summarise(plan))


def import_file(kind: str, path: Path, *, actor: User | None, at: datetime, today: date) -> Imported:
    """Writes the right rows of a file, all of them or none; a file that changes nothing leaves no batch behind.

    Raises:
        UnreadableFileError, PlanChangedError: with the reason; nothing was written.
    """
    ready = prepare(path, path.name, kind, today=today)
    kept: ImportBatch | None = None
    try:
        with transaction.atomic():
            plan = settle(ready)
            told = summarise(plan)
            if not told["created"] and not told["updated"]:
                return Imported(plan, told | {"made": {}})
            kept = keep(kind, path, actor)
            write(plan, kept, actor, at)
    except BaseException:
        if kept:
            kept.file.storage.delete(kept.file.name)
        raise
    return Imported(plan, kept.result, kept)


def keep(kind: str, path: Path, actor: User | None) -> ImportBatch:
    """The batch of a file that is being written, with a copy of it."""
    batch = ImportBatch(kind=kind, name=clean(path.name)[-150:], size=path.stat().st_size, uploaded_by=actor)
    batch.state = BatchState.APPLYING
    with path.open("rb") as file:
        batch.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        batch.file.save(f"{batch.sha256[:16]}{path.suffix.lower()}", File(file), save=False)
    batch.save()
    return batch


def write(plan: Plan, batch: ImportBatch, actor: User | None, at: datetime) -> None:
    stage(batch, ready_to_stage(batch, plan))
    summary, seen = preview(plan), [seen.as_json() for seen in plan.seen]
    figures = summary["figures"]
    release_cells(plan)
    writing = prepare_write(plan, actor=actor, batch=batch, at=at)
    carry_out(writing)
    link_rows(batch, writing)
    told = {"summary": summary, "sheets": seen, "result": figures | {"made": writing.made}, "applied_at": at}
    change_state(batch, BatchState.APPLYING, BatchState.APPLIED, **told)
