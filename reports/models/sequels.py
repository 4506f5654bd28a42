from typing import Self

from django.db import models

from accounts.models import Unit
from accounts.rights.scope import ScopedQuerySet
from enterprises.models import Workstream
from reports.models.tallies import Tally


class SequelQuerySet(ScopedQuerySet):
    """Seen as the figure is that it stands beside."""

    def of(self, period: str) -> Self:
        return self.filter(period=period)


class Sequel(models.Model):
    """What became of the problems that a period counts as resolved: how many were resolved once more, how many are
    open again, as last computed with the tally.

    No part of what a closed period is signed with: it is counted anew however long the period has been closed.
    """

    class Kind(models.TextChoices):
        REPEATED = "resolved_again", "重新化解"
        REOPENED = "open_again", "其后又重新打开"

    period = models.CharField("统计期", max_length=24)
    kind = models.CharField("种类", max_length=20, choices=Kind)
    level = models.CharField(max_length=12, choices=Tally.Level)
    workstream = models.ForeignKey(Workstream, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    slot = models.CharField(max_length=40, help_text="level:workstream:unit, as in the tally")
    value = models.BigIntegerField("件数")
    computed_at = models.DateTimeField("计算时间")

    objects = SequelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "化解以后"
        ordering = ["period", "kind", "level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "kind", "slot"], name="sequel_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["resolved_again", "open_again"]), name="sequel_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["cell", "workstream", "unit", "all"]), name="sequel_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.kind} {self.slot} {self.value}"
