from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.scope import ScopedQuerySet
from enterprises.models import Workstream
from ledger.models import ProblemCategory


class Standing(models.Model):
    """How the ledger stood at the end of a day: how many entries counted, were completed and resolved.

    Counted from the events with every tally, for the days the dashboard shows of a year, so that a page reads a few
    hundred rows however long the ledger is. `level` says of what; an empty workstream, unit or category beside a
    level that has one means “none stated”.
    """

    class Level(models.TextChoices):
        ALL = "all", "全部"
        UNIT = "unit", "分单位"
        WORKSTREAM = "workstream", "分大事"
        CATEGORY = "category", "分类别"
        UNIT_WORKSTREAM = "unit_workstream", "单位的大事"
        UNIT_CATEGORY = "unit_category", "单位的类别"

    year = models.PositiveSmallIntegerField("年度")
    day = models.DateField("截至")
    level = models.CharField(max_length=16, choices=Level)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    workstream = models.ForeignKey(Workstream, models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey(ProblemCategory, models.CASCADE, null=True, blank=True, related_name="+")
    slot = models.CharField(max_length=40, help_text="level:unit:workstream or category")
    total = models.IntegerField("计入")
    completed = models.IntegerField("办结")
    resolved = models.IntegerField("化解")
    computed_at = models.DateTimeField("计算时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账各日状况"
        ordering = ["year", "day", "level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "day", "slot"], name="standing_once"),
            models.CheckConstraint(
                condition=Q(level__in=["all", "unit", "workstream", "category", "unit_workstream", "unit_category"]),
                name="standing_level_known",
            ),
        ]
        indexes = [models.Index(fields=["year", "level", "day"], name="standing_level_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.slot} {self.resolved}/{self.total}"
