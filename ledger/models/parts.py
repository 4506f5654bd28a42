from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from ledger.models.entries import ProblemEntry


class PartResult(models.TextChoices):
    DONE = "done", "已办好"
    IMPOSSIBLE = "impossible", "办不了"


class SupportingUnit(models.Model):
    """协办单位 of an entry and its part of the work: who does it, and what was reported back (events tell when)."""

    entry = models.ForeignKey(ProblemEntry, models.CASCADE, related_name="support")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supported_parts",
        verbose_name="协办人",
    )
    result = models.CharField("协办结果", max_length=12, choices=PartResult, blank=True, default="")
    words = models.TextField("反馈", blank=True)
    reported_on = models.DateField("反馈日期", null=True, blank=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协办单位"
        constraints = [
            models.UniqueConstraint(fields=["entry", "unit"], name="supporting_unit_once"),
            models.CheckConstraint(condition=Q(result__in=["", *PartResult.values]), name="part_result_known"),
        ]

    def __str__(self) -> str:
        return str(self.unit)
