"""The target day: where this year's ledger stood when the target had to be met, written once and kept with its list."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.rows.fixed import FixedModel, FixedQuerySetMixin
from enterprises.models import Workstream
from ledger.models import ProblemEntry
from ledger.states import EntryState


class ResultQuerySet(FixedQuerySetMixin, OfficeWideQuerySet):
    """That a target day was frozen is everybody's to know; its numbers are scoped line by line."""


class PartQuerySet(FixedQuerySetMixin, ScopedQuerySet):
    """A unit sees what it answered for that day; what is of no one unit those who see everything."""


class TargetResult(FixedModel):
    """One target day. `frozen_at` may be much later, where the system came into use or stood still meanwhile."""

    year = models.PositiveSmallIntegerField("年度")
    day = models.DateField("目标日")
    target = models.PositiveSmallIntegerField("化解率目标（%）")
    frozen_at = models.DateTimeField("冻结时间")

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标日结果"
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["year", "day"], name="target_result_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} 目标日结果"


class TargetLine(FixedModel):
    """What one unit's entries of one matter came to: lines add up to units, to matters, and to all."""

    result = models.ForeignKey(TargetResult, models.PROTECT, related_name="lines", verbose_name="目标日")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, blank=True, related_name="+")
    registered = models.PositiveIntegerField("登记")
    carried = models.PositiveIntegerField("历年结转")
    rejected = models.PositiveIntegerField("不予受理")
    duplicate = models.PositiveIntegerField("重复")
    completed = models.PositiveIntegerField("办结")
    resolved = models.PositiveIntegerField("化解")
    deferred = models.PositiveIntegerField("挂账")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标日各单位"
        ordering = ["result", "id"]
        constraints = [
            models.UniqueConstraint(fields=["result", "unit", "workstream"], name="target_line_once"),
            models.UniqueConstraint(
                fields=["result", "unit"], condition=Q(workstream__isnull=True), name="target_line_without_matter_once"
            ),
            models.CheckConstraint(
                condition=Q(resolved__lte=F("completed"), completed__lte=F("registered")), name="target_line_nested"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.unit}"


class TargetEntry(FixedModel):
    """One entry of the list behind it, as it stood and was called that day: an entry taken back later stays listed."""

    result = models.ForeignKey(TargetResult, models.PROTECT, related_name="entries", verbose_name="目标日")
    entry = models.ForeignKey(ProblemEntry, models.SET_NULL, null=True, related_name="+", verbose_name="问题")
    number = models.CharField("编号", max_length=20)
    title = models.CharField("问题", max_length=200)
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="当时的责任单位")
    state = models.CharField("当时的状态", max_length=12)
    is_carried = models.BooleanField("历年结转")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标日清单"
        ordering = ["result", "id"]
        constraints = [models.UniqueConstraint(fields=["result", "entry"], name="target_entry_once")]
        indexes = [models.Index(fields=["result", "state", "id"], name="target_entry_state")]

    def __str__(self) -> str:
        return f"{self.result} {self.number}"

    @property
    def state_label(self) -> str:
        return str(EntryState(self.state).label)

    @property
    def origin(self) -> str:
        return "历年结转" if self.is_carried else "本年登记"
