"""Group robots of enterprise WeChat and DingTalk, and what each was given to say."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from ledger.querysets import ReminderSettingsQuerySet, RobotMessageQuerySet


class RobotKind(models.TextChoices):
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


class RobotEvent(models.TextChoices):
    OVERDUE = "overdue", "问题逾期"
    ESCALATED = "escalated", "逾期提级"
    ORDER = "order", "签发督办单"
    WEEKLY = "weekly", "每周通报定稿"
    TEST = "test", "试发"


class Robot(models.Model):
    """A robot of one group. Its address holds the group's key: like the secret it is kept, used and never shown."""

    name = models.CharField("名称", max_length=50, unique=True)
    kind = models.CharField("种类", max_length=10, choices=RobotKind, default=RobotKind.WECOM)
    url = models.CharField("机器人地址", max_length=500)
    secret = models.CharField("加签密钥", max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="robots", verbose_name="单位范围"
    )
    on_overdue = models.BooleanField("问题逾期", default=False)
    on_escalated = models.BooleanField("逾期提级", default=False)
    on_order = models.BooleanField("签发督办单", default=False)
    on_weekly = models.BooleanField("每周通报定稿", default=False)
    is_active = models.BooleanField("启用", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReminderSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=RobotKind.values), name="robot_kind_known")]

    def __str__(self) -> str:
        return self.name

    def hears(self, event: str) -> bool:
        """Whether it is in use, as is its unit, and told of this."""
        in_use = self.is_active and (self.unit is None or self.unit.is_active)
        return in_use and getattr(self, f"on_{event}", False)

    @property
    def events(self) -> list[str]:
        """What it is told about, in words."""
        return [str(event.label) for event in RobotEvent if getattr(self, f"on_{event}", False)]


class MessageState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "未发出"


class RobotMessage(models.Model):
    """One message to one group: made with what it tells, sent afterwards, tried again later and later."""

    robot = models.ForeignKey(Robot, models.CASCADE, related_name="messages", verbose_name="机器人")
    event = models.CharField("事项", max_length=10, choices=RobotEvent)
    words = models.TextField("内容")
    state = models.CharField("状态", max_length=10, choices=MessageState, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    due_at = models.DateTimeField("何时发送")
    error = models.CharField("未发出的原因", max_length=200, blank=True)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="试发人"
    )
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = RobotMessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机器人消息"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(event__in=RobotEvent.values), name="message_event_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
        ]
        indexes = [models.Index(fields=["due_at"], name="message_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.get_event_display()}"
