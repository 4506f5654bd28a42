from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from common.idempotence import SubmissionKeyField
from ledger.querysets import SavedViewQuerySet


class Audience(models.TextChoices):
    OWN = "own", "只有我"
    UNIT = "unit", "本单位"
    ALL = "all", "所有人"


class SavedView(models.Model):
    """A way of looking at the ledger, kept by name: filter and order as an address has them, and columns."""

    name = models.CharField("名称", max_length=30)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", editable=False, verbose_name="保存人"
    )
    audience = models.CharField("谁能用", max_length=4, choices=Audience, default=Audience.OWN)
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", editable=False, verbose_name="单位"
    )
    query = models.CharField("筛选和排序", max_length=1000, blank=True)
    columns = models.JSONField("列", default=list, blank=True, help_text="列名；空着是常用的列")
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SavedViewQuerySet.as_manager()

    changeable: bool  # by who reads the list of them

    class Meta:
        verbose_name = verbose_name_plural = "台账视图"
        ordering = ["audience", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="view_audience_known"),
            models.CheckConstraint(condition=~Q(audience="unit") | Q(unit__isnull=False), name="view_of_a_unit_has_it"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The query of the list that shows it."""
        return f"?{self.query}{'&' if self.query else ''}view={self.pk}"
