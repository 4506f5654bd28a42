"""What can be done with a batch: take it in, read it, confirm it, cancel it. The only code that writes its state."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from common.files import store, with_files
from common.rows.database import one_at_a_time
from imports.errors import (
    ImportRefusedError,
    MappingNeededError,
    PlanChangedError,
    StalePlanError,
    UnreadableFileError,
)
from imports.known.register import register_marks
from imports.models import BatchState, ImportBatch, ImportRow
from imports.planned.plan import Plan
from imports.plans.adjustments import adjustments_of
from imports.plans.pipeline import read_file, settle
from imports.plans.progress import WRITING, Step, silent
from imports.plans.summary import preview, rights_words, summarise
from imports.writing.apply import Writing, persistently
from imports.writing.staging import StagedRows, link_rows
from imports.writing.states import change_state
from imports.writing.uploads import check_file
from jobs.models import ACTIVE, Job
from jobs.services import cancel, enqueue

# What has come to nothing may be tried again with the same file; all else is shown as it stands.
DEAD = (BatchState.FAILED, BatchState.CANCELLED, BatchState.UNDONE)


def known_batch(kind: str, sha256: str) -> ImportBatch | None:
    """The batch of the same bytes that says most: one that waits or is imported, else the last that came to nothing."""
    known = ImportBatch.objects.filter(kind=kind, sha256=sha256).order_by("-id")
    return known.exclude(state__in=DEAD).first() or known.first()


def take_in(*, kind: str, file: Any, actor: User) -> tuple[ImportBatch, ImportBatch | None]:
    """Stores an uploaded file and asks for its reading; with the earlier batch of these bytes where there is one.

    An earlier batch that still stands is taken itself: both are the same then, also where the same file comes many
    times at once.

    Raises:
        UnreadableFileError: not a file that is read.
    """
    name, digest = check_file(file)
    with with_files():
        one_at_a_time(f"imports:{kind}:{digest}")
        earlier = known_batch(kind, digest)
        if earlier and earlier.state not in DEAD:
            return earlier, earlier
        batch = ImportBatch(kind=kind, name=name, sha256=digest, size=file.size, uploaded_by=actor)
        store(batch.file, f"{digest[:16]}{PurePath(name).suffix.lower()}", File(file))
        batch.save()
        ask(batch, "imports.read", actor)
    return batch, earlier


def ask(batch: ImportBatch, job_kind: str, actor: User) -> None:
    """Queues a job of this batch; its key lets only one be active."""
    batch.job = enqueue(kind=job_kind, params={"batch": batch.pk}, key=f"{job_kind}:{batch.pk}", owner=actor)
    batch.save(update_fields=["job"])


def read_batch(batch: ImportBatch, *, today: date, step: Step) -> dict[str, Any]:
    """Reads the file and stages its plan for the preview. Running it again gives the same.

    Raises:
        ImportRefusedError: the file can't be read; the batch says why.
    """
    found = plan_or_wait(batch, today, step)
    if isinstance(found, str):
        return {"waiting": found}
    plan, rows = found
    told = preview(plan)
    with transaction.atomic():
        rows.keep()
        seen = [seen.as_json() for seen in plan.seen]
        change_state(batch, BatchState.UPLOADED, BatchState.PLANNED, summary=told, sheets=seen, message="")
    return told["figures"]


def recheck_batch(batch: ImportBatch, *, today: date, step: Step, guard: Callable[[], None]) -> dict[str, Any]:
    """Plans again with what was decided by hand since: other rows may depend on it. Running it again gives the same.

    Raises:
        ImportRefusedError: the file can't be read any more; the batch says why.
    """
    found = plan_or_wait(batch, today, step)
    if isinstance(found, str):
        return {"waiting": found}
    plan, rows = found
    told = preview(plan)
    with transaction.atomic():
        guard()
        if not ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PLANNED).update(summary=told):
            return {}  # cancelled meanwhile
        rows.keep()
    return told["figures"]


def plan_or_wait(batch: ImportBatch, today: date, step: Step) -> tuple[Plan, StagedRows] | str:
    """The plan of a batch with its rows; or, in words, what must be said about its headings first.

    Raises:
        ImportRefusedError: the file can't be read (any more); the batch says why.
    """
    try:
        return planned(batch, today, step)
    except MappingNeededError as error:
        wait_for_mapping(batch, error)
        return str(error)
    except UnreadableFileError as error:
        change_state(batch, batch.state, BatchState.FAILED, message=str(error)[:500])
        raise ImportRefusedError(str(error)) from error


@transaction.atomic
def wait_for_mapping(batch: ImportBatch, needed: MappingNeededError) -> None:
    """No row is read before somebody has said what the headings mean."""
    ImportRow.objects.filter(batch=batch).delete()
    seen = [seen.as_json() for seen in needed.seen]
    change_state(batch, batch.state, BatchState.MAPPING, sheets=seen, summary={}, message=str(needed)[:500])


def read_stored(batch: ImportBatch, step: Step) -> Plan:
    """The rows of the stored file with what was decided by hand; a file that is gone says so."""
    if not batch.file.name or not batch.file.storage.exists(batch.file.name):
        raise UnreadableFileError("原文件已不在，请重新上传")
    return read_file(batch.file.path, batch.name, batch.kind, step=step, adjustments=adjustments_of(batch))


def planned(batch: ImportBatch, today: date, step: Step = silent) -> tuple[Plan, StagedRows]:
    """The plan of a stored file against the database as it is now, and its rows for the preview pages."""
    plan, rows = read_stored(batch, step), StagedRows(batch)
    for part in settle(plan, today=today, step=step):
        rows.stage(part.rows)
    return plan, rows


@transaction.atomic
def confirm(batch: ImportBatch, *, actor: User, rights: str = "") -> None:
    """The admin has looked at the preview: asks for the write. `rights` is the digest of the preview on which the
    changes in what people may do were ticked.

    Raises:
        ImportRefusedError: not waiting for confirmation (somebody was faster), still being checked, nothing to write,
            changed rights not ticked.
    """
    if batch.is_rechecking:
        raise ImportRefusedError("正在按改动重新核对，请等核对完再确认")
    figures = batch.summary.get("figures", {})
    if not figures.get("created") and not figures.get("updated"):
        raise ImportRefusedError("没有可写入的行：全部是重复、无变化、有误、待定或不导入的行")
    words = rights_words(figures)
    if words and rights != batch.summary.get("digest"):
        raise ImportRefusedError(f"{words}：请逐人核对，勾选“已逐人核对这些变动”后再确认，没有写入任何内容")
    change_state(batch, BatchState.PLANNED, BatchState.APPLYING, message="")
    ask(batch, "imports.apply", actor)


def apply_batch(
    batch: ImportBatch, *, actor: User | None, at: datetime, today: date, step: Step, guard: Callable[[], None]
) -> dict[str, Any]:
    """Plans again against the database as it is now and writes in one transaction, or shows the new plan instead.

    `guard()` is called first inside the transaction: only the holder of the job's lease may commit.

    Raises:
        ImportRefusedError: nothing was written; the batch is back at its preview and says why.
    """
    if actor is not None and not User.objects.filter(pk=actor.pk, is_active=True, role="admin").exists():
        change_state(batch, BatchState.APPLYING, BatchState.PLANNED, message="发起人已停用或不再是管理员，导入没有执行")
        raise ImportRefusedError("发起人已停用或不再是管理员，导入没有执行")
    try:
        return persistently(lambda: write_batch(batch, actor, at, today, step, guard))
    except PlanChangedError as error:
        show_again(batch, str(error), today)
        raise
    except MappingNeededError as error:
        wait_for_mapping(batch, error)
        raise ImportRefusedError(f"表头的对应已经改变，没有写入：{error}") from error
    except UnreadableFileError as error:
        change_state(batch, BatchState.APPLYING, BatchState.FAILED, message=str(error)[:500])
        raise ImportRefusedError(str(error)) from error


def write_batch(
    batch: ImportBatch, actor: User | None, at: datetime, today: date, step: Step, guard: Callable[[], None]
) -> dict[str, Any]:
    """Plans and makes all rows first; the transaction, for which others wait on SQLite, only puts them in."""
    plan, writing = read_stored(batch, step), Writing(actor=actor, batch=batch, at=at)
    for part in settle(plan, today=today, step=step):
        writing.take(part)
    figures = summarise(plan)
    if plan.tally.told.hexdigest() != batch.summary.get("digest"):
        raise PlanChangedError("预览之后系统里的数据有变化，结果与预览不同，没有写入；请核对新的预览后再确认")
    step(0, 0, WRITING, 0)
    with transaction.atomic():
        guard()
        if register_marks() != writing.before:
            raise StalePlanError("写入前有人正在登记或修改相关的记录，没有写入；请稍后再确认")
        writing.carry_out()
        link_rows(batch, writing)
        result = {**figures, "made": writing.made}
        change_state(batch, BatchState.APPLYING, BatchState.APPLIED, result=result, applied_at=at, message="")
    return result


def show_again(batch: ImportBatch, reason: str, today: date) -> None:
    plan, rows = planned(batch, today)
    with transaction.atomic():
        rows.keep()
        change_state(batch, BatchState.APPLYING, BatchState.PLANNED, summary=preview(plan), message=reason[:500])


@transaction.atomic
def cancel_batch(batch: ImportBatch) -> None:
    """Nothing of this batch will be written; its file and preview stay to be looked at.

    Raises:
        ImportRefusedError: it is being written, or has ended.
    """
    at_work = batch.job is not None and batch.job.is_active
    if batch.job and at_work and batch.state == BatchState.UPLOADED:
        cancel(batch.job)
    given_up = [] if at_work else [BatchState.APPLYING]  # its job has ended: nothing of it is written
    for source in (BatchState.PLANNED, BatchState.MAPPING, BatchState.UPLOADED, *given_up):
        if batch.state == source:
            change_state(batch, source, BatchState.CANCELLED, message="已取消，没有写入任何内容")
            return
    raise ImportRefusedError("写入已经开始或批次已经结束，不能取消；写完之后可以整批撤销")


@transaction.atomic
def read_again(batch: ImportBatch, *, actor: User) -> None:
    """Starts the step again whose job gave up: nothing was half-done, so it can simply be repeated.

    Raises:
        ImportRefusedError: its job is still at work, or the batch waits for something else.
    """
    if batch.job_id and Job.objects.filter(pk=batch.job_id, state__in=ACTIVE).exists():
        raise ImportRefusedError("后台任务还在进行，请稍候")
    if batch.state == BatchState.APPLYING:
        ask(batch, "imports.apply", actor)
    elif batch.is_rechecking:
        ask(batch, "imports.read", actor)
    elif batch.state in (BatchState.UPLOADED, BatchState.MAPPING, BatchState.FAILED, BatchState.CANCELLED):
        change_state(batch, batch.state, BatchState.UPLOADED, message="")
        ask(batch, "imports.read", actor)
    else:
        raise ImportRefusedError("这个批次不需要重新读取")


@transaction.atomic
def check_again(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """A new batch of the same stored file: to see what it would change in the register as it is now."""
    copy = ImportBatch.objects.create(
        kind=batch.kind,
        file=batch.file.name,
        name=batch.name,
        sha256=batch.sha256,
        size=batch.size,
        given=batch.given,
        uploaded_by=actor,
    )
    ask(copy, "imports.read", actor)
    return copy
