"""What the import pages show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from common.books.sheets import Column
from enterprises.models import Pairing
from imports.known.addresses import record_page
from imports.models import BatchState, ImportBatch, ImportKind, ImportRow, RowOutcome
from imports.plans.summary import ALWAYS_TOLD, PARTS, UNSETTLED, rights_words
from imports.resources.kinds import RESOURCES

FIGURES = {
    "enterprises": ("企业", "家"),
    "problem_entries": ("问题", "条"),
    "forms_with_problems": ("有诉求的表", "份"),
    "amount_yuan": ("涉及金额", "元"),
    "investment_wan": ("总投资", "万元"),
}


def batches(user: User) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(user).select_related("uploaded_by", "job").defer("sheets")


def came_of(batch: ImportBatch) -> str:
    """What has become of a batch so far, in a few words."""
    created, updated = batch.figures.get("created", 0), batch.figures.get("updated", 0)
    words: dict[str, str] = {
        BatchState.UPLOADED: "正在读取，还没有结果",
        BatchState.PLANNED: f"可写入 {created + updated} 行，等待确认",
        BatchState.APPLYING: f"正在写入 {created + updated} 行",
        BatchState.APPLIED: f"新增 {created} 行、更新 {updated} 行",
        BatchState.UNDONE: f"曾写入 {created + updated} 行，已撤销",
    }
    return words.get(batch.state, batch.message or "没有写入任何内容")


def figure_of(key: str) -> Callable[[ImportBatch], Any]:
    return lambda row: row.figures.get(key)


BATCH_COLUMNS = [
    Column("文件", lambda row: row.name, 36),
    Column("种类", lambda row: row.get_kind_display(), 16),
    Column("状态", lambda row: row.get_state_display(), 10),
    *[
        Column(label, figure_of(key), 8)
        for label, key in (("行数", "rows"), *((outcome.label, key) for outcome, key in PARTS))
    ],
    Column("上传人", lambda row: row.uploaded_by.name if row.uploaded_by else "", 12),
    Column("上传时间", lambda row: row.uploaded_at, 18),
    Column("导入时间", lambda row: row.applied_at, 18),
    Column("说明", lambda row: row.message, 40),
]  # fmt: skip


@dataclass(frozen=True)
class Part:
    outcome: str
    label: str
    count: int


@dataclass
class BatchPage:
    batch: ImportBatch
    figures: dict[str, Any]
    parts: list[Part]
    outcome: str
    rows: QuerySet[ImportRow]
    more: list[tuple[str, str, str]]

    @property
    def to_write(self) -> int:
        return self.figures.get("created", 0) + self.figures.get("updated", 0)

    @property
    def rights(self) -> str:
        return rights_words(self.figures)

    @property
    def busy(self) -> bool:
        return self.batch.state in (BatchState.UPLOADED, BatchState.APPLYING) or self.undoing

    @property
    def recheck_stopped(self) -> bool:
        """Rows were decided about and the job that was to plan again has given up or was stopped."""
        return self.batch.is_rechecking and not (self.batch.job and self.batch.job.is_active)

    @property
    def not_written(self) -> str:
        """`5 行有误、2 行待定`: rows that stay out of a write though nobody left them out."""
        parts = [f"{self.figures[key]} 行{outcome.label}" for outcome, key in UNSETTLED if self.figures.get(key)]
        return "、".join(parts)

    @property
    def unsettled(self) -> int:
        return sum(self.figures.get(key, 0) for _, key in UNSETTLED)

    @property
    def may_leave_out(self) -> bool:
        """Whether all rows of the outcome shown can be left out at once: of those that are, or would be, written."""
        return self.outcome in (RowOutcome.CREATE, RowOutcome.UPDATE, RowOutcome.ERROR, RowOutcome.DECIDE)

    @property
    def undoing(self) -> bool:
        job = self.batch.job
        return self.batch.state == BatchState.APPLIED and bool(job and job.kind == "imports.undo" and job.is_active)

    @property
    def mapped(self) -> list[dict[str, Any]]:
        """By whom and when the headings were explained that its sheets were read by."""
        told = self.batch.summary.get("mapped", [])
        return [said | {"at": datetime.fromisoformat(said["at"])} for said in told]

    @property
    def undone(self) -> dict[str, Any]:
        """What an undone import took away and left."""
        return self.batch.result.get("undone", {})

    @property
    def undone_at(self) -> datetime | None:
        return datetime.fromisoformat(self.undone["at"]) if self.undone else None

    @property
    def stalled(self) -> bool:
        """Its job has given up or was stopped: nothing half-done, it can be started again."""
        return self.busy and not (self.batch.job and self.batch.job.is_active)


def batch_page(batch: ImportBatch, wanted: str) -> BatchPage:
    """A batch with its rows of one outcome; wrong ones first where nothing else was asked for."""
    figures = batch.figures
    parts = [
        Part(outcome.value, outcome.label, figures.get(key, 0))
        for outcome, key in PARTS
        if key in ALWAYS_TOLD or figures.get(key)
    ]
    counted = {part.outcome: part.count for part in parts}
    if wanted not in counted:
        order = [outcome for outcome, _ in PARTS]
        if batch.state not in (BatchState.APPLIED, BatchState.UNDONE):
            order = [RowOutcome.ERROR, RowOutcome.DECIDE, *order]
        wanted = next((outcome for outcome in order if counted.get(outcome)), RowOutcome.CREATE)
    more = [
        (label, f"{figures[key]:,}" if isinstance(figures[key], int) else str(figures[key]), unit)
        for key, (label, unit) in FIGURES.items()
        if key in figures
    ]
    return BatchPage(batch, figures, parts, wanted, batch.rows.filter(outcome=wanted), more)


def record_pages(batch: ImportBatch, pks: list[int]) -> dict[int | None, str]:
    """The page of each record that rows of this batch made; a pairing is shown on its enterprise's or project's."""
    if batch.kind == ImportKind.PAIRINGS:
        pairings = Pairing.objects.filter(pk__in=pks).select_related("enterprise", "project")
        return {pairing.pk: record_page(pairing) for pairing in pairings}
    return {pk: reverse(RESOURCES[batch.kind].page, kwargs={"pk": pk}) for pk in pks}
