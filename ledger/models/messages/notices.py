from django.conf import settings
from django.db import models
from django.db.models import Q

from common.idempotence import SubmissionKeyField
from ledger.models.entries import ProblemEntry
from ledger.querysets import BulkRunQuerySet, NoticeQuerySet


class NoticeKind(models.TextChoices):
    ASSIGNED = "assigned", "交办"
    RETURNED = "returned", "退回"
    REMINDED = "reminded", "催办"
    DECIDED = "decided", "批复"
    OVERDUE = "overdue", "逾期"
    DUTY = "duty", "值班"


class Notice(models.Model):
    """What one person is told inside the system: about one entry, or about several at `link`. Only they see it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    kind = models.CharField("种类", max_length=10, choices=NoticeKind)
    entry = models.ForeignKey(
        ProblemEntry, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name="问题"
    )
    link = models.CharField("打开的页面", max_length=200, blank=True, default="", help_text="说几件事的，点开看全部")
    words = models.CharField("内容", max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发出人"
    )
    made_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, link="") | (Q(entry__isnull=True) & ~Q(link="")),
                name="notice_leads_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-made_at", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["entry", "kind", "-made_at"], name="notice_of_entry"),
        ]

    def __str__(self) -> str:
        return self.words


class BulkOperation(models.TextChoices):
    """What many may have done at once; all but the reminder are steps of the single entry (`Action`)."""

    ACCEPT = "accept", "批量受理"
    ASSIGN = "assign", "批量交办"
    CLOSE_OUT = "close_out", "批量销号"
    REMIND = "remind", "批量催办"


class BulkRun(models.Model):
    """One bulk operation as it went: for every entry chosen, whether it was done, and if not, why."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人")
    operation = models.CharField("操作", max_length=20, choices=BulkOperation)
    run_at = models.DateTimeField("时间")
    lines = models.JSONField("结果", default=list)
    asked = models.JSONField("填的内容", default=dict, blank=True)
    submission = SubmissionKeyField()

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量操作"
        ordering = ["-run_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} {len(self.lines)} 条"

    @property
    def done(self) -> list[dict]:
        return [line for line in self.lines if line["done"]]

    @property
    def refused(self) -> list[dict]:
        return [line for line in self.lines if not line["done"]]
