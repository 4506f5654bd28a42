from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rights.scope import ScopedQuerySet
from common.audit import track
from jobs.models import Job


class ImportKind(models.TextChoices):
    ENTERPRISES = "enterprises", "企业名录"
    PROJECTS = "projects", "重点项目"
    ROSTER = "roster", "干警花名册"
    PAIRINGS = "pairings", "结对联系表"
    SURVEYS = "surveys", "征求意见调查表"
    ACTIVITIES = "activities", "服务活动台账"
    CASES = "cases", "涉企案件台账"
    RECOMMENDATIONS = "recommendations", "检察建议"


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "等待读取"
    MAPPING = "mapping", "待对应表头"
    PLANNED = "planned", "待确认"
    APPLYING = "applying", "写入中"
    APPLIED = "applied", "已导入"
    FAILED = "failed", "无法导入"
    CANCELLED = "cancelled", "已取消"
    UNDONE = "undone", "已撤销"


class AdminQuerySet(ScopedQuerySet):
    """Imports are the office's own work: an admin sees every row, nobody else any."""

    def visible_to(self, user: Any) -> "AdminQuerySet":
        return self if user.is_active and user.role == "admin" else self.none()


class ImportBatch(models.Model):
    """One uploaded workbook and what came of it."""

    kind = models.CharField("种类", max_length=20, choices=ImportKind)
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    file = models.FileField("文件", upload_to="imports/%Y/%m/", max_length=200)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField("大小（字节）")
    summary = models.JSONField("预览汇总", default=dict)
    sheets = models.JSONField("各表的表头", default=list)
    revision = models.PositiveIntegerField("改动次数", default=0)  # of its rows, by hand, since it was read
    closed_reason = models.CharField(
        "补录原因", max_length=500, blank=True, default="", help_text="日期在已结账的期间内的行，为什么还要导入"
    )
    given = models.JSONField(  # fingerprint of a layout → field → {"value", "by", "at"}
        "各行统一的内容", default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    result = models.JSONField("导入结果", default=dict)
    message = models.CharField("说明", max_length=500, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    objects = AdminQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="batch_kind_known"),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    @property
    def is_rechecking(self) -> bool:
        """Rows were adjusted since its plan was made: the figures are not those of a write until it is made again."""
        return self.state == BatchState.PLANNED and self.revision != self.summary.get("revision", 0)

    @property
    def figures(self) -> dict[str, Any]:
        """What it did once written, what it would do before that; empty until it is read."""
        return self.result or self.summary.get("figures", {})


class RowOutcome(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "更新"
    UNCHANGED = "unchanged", "无变化"
    DUPLICATE = "duplicate", "重复"
    ERROR = "error", "有误"
    DECIDE = "decide", "待定"
    LEFT_OUT = "left_out", "不导入"


EDITABLE = (RowOutcome.ERROR, RowOutcome.DECIDE)  # rows whose cells can be corrected on the preview


class ImportRow(models.Model):
    """One row of a planned workbook: where it stands, what it would do, what is wrong with it, what it made."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)  # by the two below
    sheet = models.CharField("工作表", max_length=100)
    row_no = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=12, choices=RowOutcome)
    values = models.JSONField("内容", default=dict)
    changes = models.JSONField("变更", default=dict)
    errors = models.JSONField("问题", default=list)
    label = models.CharField("对象", max_length=200, blank=True)
    object_id = models.PositiveBigIntegerField("生成记录", null=True, blank=True)

    objects = AdminQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入明细"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(outcome__in=RowOutcome.values), name="row_outcome_known")]
        indexes = [
            models.Index(fields=["batch", "outcome", "id"], name="row_batch_outcome"),
            models.Index(fields=["batch", "row_no"], name="row_batch_place"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row_no}"


class AdjustmentAction(models.TextChoices):
    VALUE = "value", "改正"
    LEAVE_OUT = "leave_out", "不导入"
    MATCH = "match", "对应企业"


class RowAdjustment(models.Model):
    """What an admin decided about one row on the preview; the file itself is never changed.

    `field`: the column of a corrected cell, the key of a name that was matched, blank for the row itself. `value`:
    the cell's new text; for a match `{"to": enterprise or "new", "name": as written, "all": for all its rows}`.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="adjustments", db_index=False)
    sheet = models.CharField("工作表", max_length=100)
    row_no = models.PositiveIntegerField("行号")
    action = models.CharField("处理", max_length=10, choices=AdjustmentAction)
    field = models.CharField("列", max_length=200, blank=True)
    value = models.JSONField("改为", default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    at = models.DateTimeField("处理时间")

    objects = AdminQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入行的处理"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sheet", "row_no", "action", "field"], name="adjustment_once_a_cell"
            ),
            models.CheckConstraint(condition=Q(action__in=AdjustmentAction.values), name="adjustment_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row_no}"


class HeaderMapping(models.Model):
    """What the headings of one layout mean, as an admin said once: the next file with the same headings is read so.

    `columns` gives the field of each of `headings`, in their order; "" is a column that is not imported.
    """

    kind = models.CharField("种类", max_length=20, choices=ImportKind)
    fingerprint = models.CharField("表头指纹", max_length=64)
    headings = models.JSONField("表头", default=list)
    columns = models.JSONField("对应的列", default=list)
    is_form = models.BooleanField("一张一份的表单", default=False)
    is_left_out = models.BooleanField("不导入", default=False)
    version = models.PositiveIntegerField("版本", default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对应人",
    )
    made_at = models.DateTimeField("对应时间")

    objects = AdminQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表头对应"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], name="mapping_once_a_layout"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="mapping_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{'、'.join(self.headings)}"[:200]


class HeaderSynonym(models.Model):
    """Another word for a column, beside those that are built in."""

    kind = models.CharField("种类", max_length=20, choices=ImportKind)
    field = models.CharField("列", max_length=50)
    words = models.CharField("叫法", max_length=100)
    key = models.CharField(max_length=100, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="添加人",
    )
    added_at = models.DateTimeField("添加时间")

    objects = AdminQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表头叫法"
        ordering = ["kind", "field", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="synonym_one_meaning"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="synonym_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.words}"


track(ImportBatch, leave_out={"sheets", "revision"})
track(RowAdjustment)
track(HeaderMapping)
track(HeaderSynonym, leave_out={"key"})
