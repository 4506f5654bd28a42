"""Import jobs: an id in, one service call. Killed at any point they can be run again."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.utils import timezone

from common.clock import today
from common.garbage import collected_rarely
from imports.errors import ImportRefusedError, UnreadableFileError
from imports.models import BatchState, ImportBatch
from imports.pages.marked import KIND as MARK
from imports.pages.marked import write_marked
from imports.plans.progress import Reporter
from imports.writing.services import apply_batch, read_batch, recheck_batch
from imports.writing.undo import undo_batch
from jobs.exports import folder
from jobs.registry import JobRefusedError, handles
from jobs.runner import CancelledError, JobContext


def files_of(params: Sequence[Mapping[str, Any]]) -> list[str]:
    """The files, with what they hold and why an import is undone."""
    found = ImportBatch.objects.in_bulk([one["batch"] for one in params])
    words = {pk: f"{batch.name}（{batch.get_kind_display()}）" for pk, batch in found.items()}
    reasons = [f"，理由：{one['reason']}" if one.get("reason") else "" for one in params]
    return [f"{words.get(one['batch'], '')}{reason}" for one, reason in zip(params, reasons, strict=True)]


@handles("imports.read", "读取导入文件", about=files_of)
@collected_rarely()
def read(context: JobContext) -> dict[str, Any]:
    batch = ImportBatch.objects.get(pk=context.params["batch"])
    try:
        if batch.is_rechecking:
            return recheck_batch(batch, today=today(), step=Reporter(context.progress), guard=context.assert_lease)
        if batch.state != BatchState.UPLOADED:
            return {}  # read before the last worker was lost
        return read_batch(batch, today=today(), step=Reporter(context.progress))
    except ImportRefusedError as error:
        raise JobRefusedError(str(error)) from error


def unstoppable(context: JobContext, done: int, total: int, words: str) -> None:
    """Progress of a step that has been confirmed: from then on a batch is written or refused as a whole."""
    with suppress(CancelledError):
        context.progress(done, total, words)


@handles("imports.apply", "写入导入数据", about=files_of)
@collected_rarely()
def apply(context: JobContext) -> dict[str, Any]:
    batch = ImportBatch.objects.get(pk=context.params["batch"])
    if batch.state != BatchState.APPLYING:
        return {}  # written before the last worker was lost
    try:
        return apply_batch(
            batch,
            actor=context.job.owner,
            at=timezone.now(),
            today=today(),
            step=Reporter(partial(unstoppable, context)),
            guard=context.assert_lease,
        )
    except ImportRefusedError as error:
        raise JobRefusedError(str(error)) from error


@handles("imports.undo", "撤销导入", about=files_of)
def undo(context: JobContext) -> dict[str, Any]:
    batch = ImportBatch.objects.get(pk=context.params["batch"])
    if batch.state != BatchState.APPLIED:
        return {}  # undone before the last worker was lost
    try:
        return undo_batch(
            batch,
            actor=context.job.owner,
            at=timezone.now(),
            guard=context.assert_lease,
            reason=context.params.get("reason", ""),
        )
    except ImportRefusedError as error:
        raise JobRefusedError(str(error)) from error


@handles(MARK, "标注导入文件", makes_file=True)
def mark(context: JobContext) -> dict[str, Any]:
    """The user's own file with its wrong cells marked, among the exports of whoever asked."""
    batch = ImportBatch.objects.get(pk=context.params["batch"])
    folder().mkdir(parents=True, exist_ok=True)
    out = folder() / f"{context.job.pk}-{context.job.attempts}.marked"
    step = Reporter(context.progress)
    try:
        name = write_marked(batch, out, step=lambda words: step(0, 0, words))
    except UnreadableFileError as error:
        out.unlink(missing_ok=True)
        raise JobRefusedError(str(error)) from error
    return {"file": out.name, "name": name, "bytes": out.stat().st_size, "rows": batch.figures.get("wrong", 0)}
