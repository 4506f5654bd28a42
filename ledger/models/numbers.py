from typing import Any

from django.db import models
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Length, Substr

from accounts.rights.scope import OfficeWideQuerySet


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


YEARLY = len("JS-2023-")


def in_order(number: str = "number") -> Any:
    """What numbers like JS-2023-0001 are sorted by: JS-2023-10000 comes after JS-2023-9999, though its text is before.

    The order is series and year, then how long the number is, then its serial. Serials are padded to four
    digits (`services.entries.numbers`), so of two in a year the longer is the later; an index holds it for entries."""
    length = Cast(Length(number), CharField(max_length=3))
    parts = [Substr(number, 1, YEARLY), length, Value("-"), Substr(number, YEARLY + 1)]
    return Concat(*parts, output_field=CharField(max_length=40))


BY_NUMBER = in_order()
