from typing import Self

from django.db import models

from accounts.models import Unit
from accounts.rights.scope import ScopedQuerySet


class ShareQuerySet(ScopedQuerySet):
    """A unit sees what its own records give; the whole office's shares belong to those who see everything."""

    def of(self, period: str) -> Self:
        return self.filter(period=period)


class Share(models.Model):
    """What one work group, officer, industry, month or kind of money has of an indicator, computed with the tally.

    `key` is the group's, officer's or industry's, empty where the record states none; of a month it is 202306, of a
    kind its place in `RecoveryKind`. Rows with `whole` count over
    all units (things counted once don't add up), the others in one unit's records.
    """

    class Dimension(models.TextChoices):
        GROUP = "group", "派驻工作组"
        OFFICER = "officer", "干警"
        INDUSTRY = "industry", "产业"
        MONTH = "month", "月份"
        KIND = "kind", "金额类型"

    period = models.CharField("统计期", max_length=24)
    indicator = models.CharField("指标", max_length=40)
    dimension = models.CharField("维度", max_length=10, choices=Dimension)
    key = models.BigIntegerField(null=True, blank=True)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    whole = models.BooleanField(default=False)
    slot = models.CharField(
        max_length=60, help_text="dimension:key:unit, so that one share is one row on every database"
    )
    value = models.BigIntegerField("数值", help_text="件数、人次等；金额为分")
    computed_at = models.DateTimeField("计算时间")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统计数的分布"
        ordering = ["period", "indicator", "dimension", "id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "indicator", "slot"], name="share_once"),
            models.CheckConstraint(
                condition=models.Q(dimension__in=["group", "officer", "industry", "month", "kind"]),
                name="share_dimension_known",
            ),
        ]
        indexes = [models.Index(fields=["period", "dimension", "whole"], name="share_period_dimension")]

    def __str__(self) -> str:
        return f"{self.period} {self.indicator} {self.slot} {self.value}"
