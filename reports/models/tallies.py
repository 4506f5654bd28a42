from typing import Self

from django.db import models

from accounts.models import Unit
from accounts.rights.scope import ScopedQuerySet
from enterprises.models import Workstream


class TallyQuerySet(ScopedQuerySet):
    """A unit sees its own cells; the whole office's total belongs to those who see everything."""

    def of(self, period: str) -> Self:
        return self.filter(period=period)


class Tally(models.Model):
    """One cell of a period's tally: an indicator × workstream × unit, as last computed.

    `workstream` or `unit` empty means “none stated on the record”, not “all”: totals are sums of cells, or,
    for distinct counts that do not add up, rows with `level` other than "cell".
    """

    class Level(models.TextChoices):
        CELL = "cell", "单元"
        WORKSTREAM = "workstream", "分大事"
        UNIT = "unit", "分单位"
        ALL = "all", "全部"

    period = models.CharField("统计期", max_length=24)
    indicator = models.CharField("指标", max_length=40)
    level = models.CharField(max_length=12, choices=Level)
    workstream = models.ForeignKey(Workstream, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    slot = models.CharField(
        max_length=40,
        help_text="level:workstream:unit, so that one cell is one row on every database",
    )
    value = models.BigIntegerField("数值", help_text="件数、人次等；金额为分")
    computed_at = models.DateTimeField("计算时间")

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统计数"
        ordering = ["period", "indicator", "level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "indicator", "slot"], name="tally_cell_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=["cell", "workstream", "unit", "all"]),
                name="tally_level_known",
            ),
        ]
        indexes = [models.Index(fields=["period", "level"], name="tally_period_level")]

    def __str__(self) -> str:
        return f"{self.period} {self.indicator} {self.value}"
