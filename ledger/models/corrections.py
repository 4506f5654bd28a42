"""A write dated in a closed period: what was put right, why, by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import ScopedQuerySet
from common.rows.fixed import FixedModel, FixedQuerySetMixin


class CorrectionQuerySet(FixedQuerySetMixin, ScopedQuerySet):
    """Seen by the unit whose record it is, and by the one it was taken from."""

    unit_lookups = ("unit", "other_unit")


class Correction(FixedModel):
    """One change of a record whose business date lies in a closed period, with the reason given; a fact for good.

    `model` and `record` say which record (it may be gone), `label` what it was called, `words` what changed.
    """

    period = models.CharField("统计期", max_length=10, db_index=True)
    model = models.CharField("记录种类", max_length=60, help_text="例如 ledger.serviceactivity")
    record = models.BigIntegerField("记录号")
    label = models.CharField("记录", max_length=200)
    words = models.TextField("更正内容")
    reason = models.TextField("更正原因")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    other_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="原单位")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="更正人"
    )
    made_by_name = models.CharField("更正人姓名", max_length=50)
    made_at = models.DateTimeField("更正时间", auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结账后更正"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason")]

    def __str__(self) -> str:
        return f"{self.label}：{self.words}"
