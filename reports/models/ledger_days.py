"""How the ledger stood on every day, kept month by month so that any past day is a read.

A month begins with how everything stood when the one before had ended (`is_opening`); every day on which something
changed adds what it added or took away. A day is the sum of its month up to it. `reports.days.stored` writes them.
"""

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from enterprises.models import Workstream
from ledger.models import ProblemCategory


class LedgerMonth(models.Model):
    """Which months are kept, and of what: `digest` covers every change of the ledger up to the month's end."""

    month = models.DateField("月份", unique=True, help_text="当月1日")
    digest = models.CharField("摘要", max_length=64)
    computed_at = models.DateTimeField("计算时间")

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账月份"
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class LedgerRows(models.Model):
    """A day of a month, or what the month began with."""

    month = models.DateField("月份", help_text="当月1日")
    day = models.DateField("日期")
    is_opening = models.BooleanField("月初", default=False)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="责任单位")
    workstream = models.ForeignKey(Workstream, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(day__gte=F("month")), name="%(class)s_day_within_month"),
        ]


class LedgerDay(LedgerRows):
    """By how many entries the ledger of a place changed on a day, or what it was when the month began.

    `split` says how the whole is divided: every way of dividing it makes the same sums. The cohort is that of the
    day's year (`reports.days.populations`).
    """

    class Split(models.TextChoices):
        WHOLE = "whole", "全部"
        UNIT = "unit", "分单位"
        WORKSTREAM = "workstream", "分单位、大事"
        CATEGORY = "category", "分单位、类别"

    split = models.CharField("分法", max_length=10, choices=Split)
    category = models.ForeignKey(ProblemCategory, models.CASCADE, null=True, blank=True, related_name="+")
    cohort = models.CharField("年度来源", max_length=7)
    total = models.IntegerField("计入")
    completed = models.IntegerField("办结")
    resolved = models.IntegerField("化解")
    rejected = models.IntegerField("不予受理")
    duplicate = models.IntegerField("重复")
    deferred = models.IntegerField("挂账")

    objects = ScopedQuerySet.as_manager()

    class Meta(LedgerRows.Meta):
        verbose_name = verbose_name_plural = "台账各日状况"
        ordering = ["day", "id"]
        constraints = [
            *LedgerRows.Meta.constraints,
            models.CheckConstraint(
                condition=Q(split__in=["whole", "unit", "workstream", "category"]), name="ledger_day_split_known"
            ),
            models.CheckConstraint(
                condition=Q(cohort__in=["new", "carried", "settled"]), name="ledger_day_cohort_known"
            ),
        ]
        indexes = [models.Index(fields=["split", "month", "day"], name="ledger_day_split_month")]

    def __str__(self) -> str:
        return f"{self.day} {self.split} {self.resolved:+d}/{self.total:+d}"


class LedgerSteps(LedgerRows):
    """How often a step that could hide something (延期, 退单 …) was made on a day, or before the month began."""

    action = models.CharField("动作", max_length=20)
    count = models.IntegerField("次数")

    objects = ScopedQuerySet.as_manager()

    class Meta(LedgerRows.Meta):
        verbose_name = verbose_name_plural = "台账各日动作"
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["month", "day"], name="ledger_steps_month")]

    def __str__(self) -> str:
        return f"{self.day} {self.action} {self.count:+d}"
