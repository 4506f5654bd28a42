from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.querysets import OwnQuerySet


class DigestState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    LAPSED = "lapsed", "过时未发"


class Digest(models.Model):
    """The e-mail of one person and one working day: written before it is sent, so that nobody gets two."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests", verbose_name="收件人")
    day = models.DateField("日期")
    address = models.EmailField("邮箱")
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    state = models.CharField("状态", max_length=10, choices=DigestState, default=DigestState.WAITING)
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    error = models.CharField("未发出的原因", max_length=200, blank=True)
    composed_at = models.DateTimeField("写成时间")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邮件提醒"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day"),
            models.CheckConstraint(condition=Q(state__in=DigestState.values), name="digest_state_known"),
        ]
        indexes = [models.Index(fields=["day", "state"], name="digest_day_state")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.subject}"
