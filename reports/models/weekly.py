from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.rows.fixed import FixedModel, FixedQuerySetMixin

POPULATIONS = [("year", "本年度台账"), ("all", "累计")]  # as `reports.days.populations`, which stands above the models


class FixedTableQuerySet(FixedQuerySetMixin, OfficeWideQuerySet):
    """Which weeks are final; what stands in them is scoped line by line."""


class WeeklyLineQuerySet(FixedQuerySetMixin, ScopedQuerySet):
    """A unit sees its own lines, as on the page of rates."""


class WeeklyTable(FixedModel):
    """每周通报, frozen on the Monday after: what was sent stays as it was."""

    monday = models.DateField("周一", unique=True)
    target = models.PositiveSmallIntegerField("化解率目标（%）")
    population = models.CharField("统计范围", max_length=4, choices=POPULATIONS, default="all", db_default="all")
    frozen_at = models.DateTimeField("定稿时间")

    objects = FixedTableQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "每周通报"
        ordering = ["-monday"]

    def __str__(self) -> str:
        return f"{self.monday:%Y-%m-%d} 一周"


class WeeklyLine(FixedModel):
    """One unit's line: as of Sunday, with how often it handed back or was given more time in the week and in all."""

    table = models.ForeignKey(WeeklyTable, models.PROTECT, related_name="lines", verbose_name="通报")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("当时的单位名称", max_length=100)
    counted = models.PositiveIntegerField("计入")
    completed = models.PositiveIntegerField("办结")
    resolved = models.PositiveIntegerField("化解")
    overdue = models.PositiveIntegerField("逾期")
    returned_week = models.PositiveIntegerField("本周退单")
    returned = models.PositiveIntegerField("累计退单")
    extended_week = models.PositiveIntegerField("本周延期")
    extended = models.PositiveIntegerField("累计延期")
    returned_late = models.PositiveIntegerField("本周退单中补记以前的", default=0, db_default=0)
    extended_late = models.PositiveIntegerField("本周延期中补记以前的", default=0, db_default=0)

    objects = WeeklyLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "每周通报各单位"
        ordering = ["table", "id"]
        constraints = [
            models.UniqueConstraint(fields=["table", "unit"], name="weekly_unit_once"),
            models.CheckConstraint(
                condition=Q(resolved__lte=F("completed"), completed__lte=F("counted")), name="weekly_counts_nested"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.name}"
