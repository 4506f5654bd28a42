from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.models import DigestState
from ledger.querysets import OwnQuerySet


class FiguresMail(models.Model):
    """The e-mail with a week's figures of one person: a row before it is sent, so that nobody gets two."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="figures_mails", verbose_name="收件人"
    )
    week = models.DateField("周一")
    state = models.CharField("状态", max_length=10, choices=DigestState, default=DigestState.WAITING)
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    error = models.CharField("未发出的原因", max_length=200, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "每周数字邮件"
        ordering = ["-week", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "week"], name="one_figures_mail_a_week"),
            models.CheckConstraint(condition=Q(state__in=DigestState.values), name="figures_mail_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.week:%Y-%m-%d} {self.person_id}"
