"""A Job row is the truth about long work; the Celery message is only a wake-up (docs/adr/0006-jobs.md)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.rights.scope import ScopedQuerySet
from jobs.registry import FILES, NAMES, NEEDED


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败待处理"
    CANCELLED = "cancelled", "已取消"


ACTIVE = [JobState.QUEUED, JobState.RUNNING]
UNDONE = [JobState.FAILED, JobState.CANCELLED]


class JobQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """A job is its owner's; admins see all."""
        if not user.is_active:
            return self.none()
        return self if user.role == "admin" else self.filter(owner=user)

    def exports_of(self, user: Any) -> "JobQuerySet":
        """The files somebody asked for: nobody else's, whoever asks."""
        return self.visible_to(user).filter(kind__in=FILES, owner=user)

    def claimable(self, now: datetime) -> "JobQuerySet":
        return self.queued(now) | self.filter(state=JobState.RUNNING, lease_until__lt=now)

    def queued(self, now: datetime) -> "JobQuerySet":
        """What waits and need not wait any longer after a failure."""
        return self.filter(Q(not_before=None) | Q(not_before__lte=now), state=JobState.QUEUED)


class Job(models.Model):
    kind = models.CharField("种类", max_length=50)
    key = models.CharField("唯一键", max_length=200, unique=True, null=True, blank=True)
    keep_key = models.BooleanField(default=False, help_text="完成后仍占用唯一键：每个周期只运行一次")
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=12, choices=JobState, default=JobState.QUEUED)
    again = models.BooleanField(default=False, help_text="运行期间又有新请求：完成后再运行一次")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    not_before = models.DateTimeField("何时再试", null=True, blank=True, help_text="上次没有完成，到这时再试")
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cursor = models.JSONField("进度位置", default=dict)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    result = models.JSONField("结果", default=dict)
    cancel_requested = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name="发起人",
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_within_total"),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def name(self) -> str:
        """What people call this kind of work; a kind that is no longer done has none of its own."""
        return NAMES.get(self.kind, "后台任务")

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def standing(self) -> str:
        """How it stands at this moment, in words: a worker that is silent past its lease is no longer at work."""
        now = timezone.now()
        if self.state == JobState.RUNNING and self.lease_until and self.lease_until < now:
            return "已中断，等待接手"
        if self.state == JobState.QUEUED and self.not_before and self.not_before > now:
            return "等待再试"
        return str(self.get_state_display())

    @property
    def needed(self) -> str:
        """Why it cannot be cancelled; nothing where it can."""
        return NEEDED.get(self.kind, "")

    @property
    def comes_again(self) -> bool:
        """Whether the clock begins it anew by itself (`services.ask_for_the_undone`)."""
        return self.state in UNDONE and bool(self.needed) and (self.key is not None or self.keep_key)

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0
