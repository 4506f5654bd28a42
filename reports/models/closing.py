"""The books of a period: who signed, what was frozen when it was closed, and what has moved since.

Everything here but the book itself is written once. What is read day by day is `Tally`, which nobody overwrites
while its period is closed; the frozen rows keep every version that was ever signed.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.rows.fixed import FixedModel, FixedQuerySetMixin
from enterprises.models import Workstream


class FixedRows(FixedQuerySetMixin, ScopedQuerySet):
    """Seen by the unit they are of; what is of no one unit by those who see everything."""


class FixedOfficeRows(FixedQuerySetMixin, OfficeWideQuerySet):
    """That a period was closed is everybody's to know."""


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class PeriodBook(models.Model):
    """One row a period: whoever stores, signs, closes, recounts or reopens it holds this row, one after the other.

    `marks` say which records the stored figures have seen (`reports.figures.watch`); `asked_at` is when somebody last
    looked at a period that is not a half-year: those are forgotten after a while.
    """

    code = models.CharField("统计期", max_length=24, unique=True)
    marks = models.JSONField(default=dict, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统计期账簿"
        ordering = ["-code"]

    def __str__(self) -> str:
        return self.code


class UnitSignoff(FixedModel):
    """A unit's word for its part of a period: `digest` is of exactly what was on the page.

    `version` is that of the close it is meant for: after a reopening every unit signs anew.
    """

    book = models.ForeignKey(PeriodBook, models.PROTECT, related_name="signoffs")
    version = models.PositiveSmallIntegerField("第几次结账")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    digest = models.CharField("摘要", max_length=64)
    signed_by = person("签字人")
    signed_name = models.CharField("签字人姓名", max_length=50)
    signed_at = models.DateTimeField("签字时间")

    objects = FixedRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位签字"
        ordering = ["book_id", "version", "unit_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "version", "unit", "digest"], name="signoff_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="signoff_version_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.unit}"


class PeriodClose(FixedModel):
    """The office closed a period: the frozen rows of this version hang on it."""

    book = models.ForeignKey(PeriodBook, models.PROTECT, related_name="closes")
    version = models.PositiveSmallIntegerField("第几次结账")
    digest = models.CharField("摘要", max_length=64, help_text="全部冻结数字的 SHA-256")
    shares_digest = models.CharField(
        "分布的摘要",
        max_length=64,
        blank=True,
        default="",
        help_text="按工作组、干警、产业、月份、金额类型保存的数字的 SHA-256",
    )
    missing = models.TextField("未签字的单位", blank=True)
    missing_reason = models.TextField("未签字的原因", blank=True)
    closed_by = person("结账人")
    closed_name = models.CharField("结账人姓名", max_length=50)
    closed_at = models.DateTimeField("结账时间")

    objects = FixedOfficeRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "期间结账"
        ordering = ["book_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["book", "version"], name="close_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="close_version_positive"),
            models.CheckConstraint(condition=Q(missing="") | ~Q(missing_reason=""), name="close_missing_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.book} 第 {self.version} 次结账"


class PeriodReopening(FixedModel):
    """An admin opened a closed period again, and why; at most once for each close."""

    close = models.OneToOneField(PeriodClose, models.PROTECT, related_name="reopening")
    reason = models.TextField("重新打开的原因")
    reopened_by = person("打开人")
    reopened_name = models.CharField("打开人姓名", max_length=50)
    reopened_at = models.DateTimeField("打开时间")

    objects = FixedOfficeRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重新打开统计期"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_reason")]

    def __str__(self) -> str:
        return f"{self.close} 已重新打开"


class FrozenCell(FixedModel):
    """Where a frozen or adjusted value stands: as in `Tally`."""

    indicator = models.CharField("指标", max_length=40)
    level = models.CharField(max_length=12)
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    slot = models.CharField(max_length=40)

    class Meta:
        abstract = True


class FrozenFigure(FrozenCell):
    """One value as it was signed: figures, reconciliation and rates alike (`reports.figures.tallies.compute`)."""

    close = models.ForeignKey(PeriodClose, models.PROTECT, related_name="figures")
    value = models.BigIntegerField("数值", help_text="件数、人次等；金额为分")

    objects = FixedRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结的数字"
        ordering = ["close_id", "indicator", "slot"]
        constraints = [models.UniqueConstraint(fields=["close", "indicator", "slot"], name="frozen_figure_once")]

    def __str__(self) -> str:
        return f"{self.close} {self.indicator} {self.value}"


class FrozenDefinition(FixedModel):
    """What a frozen figure counts, in the words it was signed with."""

    close = models.ForeignKey(PeriodClose, models.PROTECT, related_name="definitions")
    order = models.PositiveSmallIntegerField()
    code = models.CharField("指标", max_length=40)
    label = models.CharField("名称", max_length=60)
    definition = models.TextField("口径")
    unit_word = models.CharField("计量单位", max_length=10)
    version = models.PositiveSmallIntegerField("口径版本")
    is_money = models.BooleanField("金额", default=False)

    objects = FixedOfficeRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结的口径"
        ordering = ["close_id", "order"]
        constraints = [models.UniqueConstraint(fields=["close", "code"], name="frozen_definition_once")]

    def __str__(self) -> str:
        return f"{self.label}（第 {self.version} 版）"


class Recount(FixedModel):
    """A closed period counted again; the corrections stated since the recount before explain what moved."""

    close = models.ForeignKey(PeriodClose, models.PROTECT, related_name="recounts")
    number = models.PositiveIntegerField("第几次")
    counted_at = models.DateTimeField("统计时间")
    corrections = models.ManyToManyField("ledger.Correction", related_name="recounts", verbose_name="更正")

    objects = FixedOfficeRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结账后重新统计"
        ordering = ["close_id", "number"]
        constraints = [models.UniqueConstraint(fields=["close", "number"], name="recount_number_once")]

    def __str__(self) -> str:
        return f"{self.close} 第 {self.number} 次重新统计"


class Adjustment(FrozenCell):
    """How far a value moved since the recount before: frozen + all adjustments = what the records give now."""

    recount = models.ForeignKey(Recount, models.PROTECT, related_name="adjustments")
    delta = models.BigIntegerField("增减", help_text="件数、人次等；金额为分")

    objects = FixedRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结账后调整"
        ordering = ["recount_id", "indicator", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["recount", "indicator", "slot"], name="adjustment_once"),
            models.CheckConstraint(condition=~Q(delta=0), name="adjustment_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.delta:+d}"
