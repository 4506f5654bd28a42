from django.db import models

from accounts.scope import OfficeWideQuerySet


class NumberSequence(models.Model):
    """The last number given out in a series and year; numbers are never reused."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编号序列"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_sequence_a_year")]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"
