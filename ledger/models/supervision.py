from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from ledger.models.entries import ProblemEntry
from ledger.querysets import SupervisionQuerySet


class SupervisionOrder(models.Model):
    """督办单: numbered, with a deadline, must be answered."""

    number = models.CharField("文号", max_length=30, unique=True)
    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="supervision_orders", verbose_name="问题")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="supervision_orders", verbose_name="被督办单位")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签发领导")
    issued_on = models.DateField("签发日期")
    deadline = models.DateField("回复期限")
    demand = models.TextField("督办要求")
    reply = models.TextField("回复", blank=True)
    replied_on = models.DateField("回复日期", null=True, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(deadline__gte=F("issued_on")), name="order_deadline_after_issue"),
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True) | Q(replied_on__gte=F("issued_on")),
                name="order_reply_after_issue",
            ),
        ]

    def __str__(self) -> str:
        return self.number
