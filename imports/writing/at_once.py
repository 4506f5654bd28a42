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

from accounts.models import User
from common.files import store, with_files
from common.rows.database import reserve_ids
from common.text import clean
from imports.errors import StalePlanError
from imports.known.register import register_marks
from imports.models import BatchState, ImportBatch
from imports.planned.plan import Plan
from imports.plans.pipeline import read_file, settle
from imports.plans.summary import ignored, preview, problems, questions, row_notes, summarise
from imports.tables.adjust import Adjustments
from imports.writing.apply import Writing, persistently
from imports.writing.staging import StagedRows, link_rows
from imports.writing.states import change_state


@dataclass
class Imported:
    """What a file says: its figures and all that is wrong with it; and the batch it was written as, if anything was."""

    told: dict[str, Any]
    batch: ImportBatch | None = None


def check_file(kind: str, path: Path, *, today: date, reason: str = "") -> Imported:
    """What an import would do. Writes nothing.

    Raises:
        UnreadableFileError: with the reason.
    """
    told: dict[str, Any] = {"errors": [], "questions": [], "notes": []}
    plan = read_file(path, path.name, kind, adjustments=Adjustments(reason=reason))
    for part in settle(plan, today=today):
        note(part, told)
    told["notes"] = plan.notes + told["notes"]
    return Imported(summarise(plan) | told | {"ignored": ignored(plan)})


def note(plan: Plan, told: dict[str, Any]) -> None:
    """What is wrong or not sure in the rows at hand, and what they say beside."""
    told["notes"] += row_notes(plan)
    told["errors"] += problems(plan)
    told["questions"] += questions(plan)


def import_file(kind: str, path: Path, *, actor: User | None, at: datetime, today: date, reason: str = "") -> Imported:
    """Writes the right rows of a file, all of them or none; a file that changes nothing leaves no batch behind.

    `reason` says why rows of closed half-years are brought in all the same; without it they are wrong.

    Raises:
        UnreadableFileError, PlanChangedError: with the reason; nothing was written.
    """
    return persistently(lambda: write_file(kind, path, actor, at, today, reason))


def write_file(kind: str, path: Path, actor: User | None, at: datetime, today: date, reason: str) -> Imported:
    plan = read_file(path, path.name, kind, adjustments=Adjustments(reason=reason))
    (pk,) = reserve_ids(ImportBatch, 1)
    batch = ImportBatch(pk=pk, kind=kind, name=clean(path.name)[-150:], size=path.stat().st_size, uploaded_by=actor)
    batch.closed_reason = reason
    rows, writing = StagedRows(batch), Writing(actor=actor, batch=batch, at=at)
    told: dict[str, Any] = {"errors": [], "questions": [], "notes": []}
    for part in settle(plan, today=today):
        note(part, told)
        rows.stage(part.rows)
        writing.take(part)
    told["notes"] = plan.notes + told["notes"]
    told |= summarise(plan) | {"ignored": ignored(plan), "made": writing.made}
    if not told["created"] and not told["updated"]:
        return Imported(told)
    with with_files():
        if register_marks() != writing.before:
            raise StalePlanError("写入前有人正在登记或修改相关的记录，没有写入；请稍后再试")
        keep(batch, path)
        rows.keep()
        write(plan, writing, batch, at)
    return Imported(told, batch)


def keep(batch: ImportBatch, path: Path) -> None:
    """Stores the batch of a file that is being written, with a copy of it."""
    batch.state = BatchState.APPLYING
    with path.open("rb") as file:
        batch.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        store(batch.file, f"{batch.sha256[:16]}{path.suffix.lower()}", File(file))
    batch.save(force_insert=True)


def write(plan: Plan, writing: Writing, batch: ImportBatch, at: datetime) -> None:
    writing.carry_out()
    link_rows(batch, writing)
    summary, seen = preview(plan), [seen.as_json() for seen in plan.seen]
    result = summary["figures"] | {"made": writing.made}
    told = {"summary": summary, "sheets": seen, "result": result, "applied_at": at}
    change_state(batch, BatchState.APPLYING, BatchState.APPLIED, **told)
