from django.db import models

from accounts.scope import OfficeWideQuerySet


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a statutory holiday, or a make-up working day (调休上班)."""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=50, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '放假'}"
