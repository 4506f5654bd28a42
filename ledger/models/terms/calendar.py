from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rights.scope import OfficeWideQuerySet


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


class CalendarYear(models.Model):
    """A year whose holidays are announced, and the notice that did it; later years are provisional."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    notice = models.CharField("文号", max_length=100, blank=True)
    issued_on = models.DateField("发布日期", null=True, blank=True)
    link = models.URLField("原文", max_length=300, blank=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度放假安排"
        ordering = ["year"]
        constraints = [models.CheckConstraint(condition=Q(year__range=(2000, 2100)), name="calendar_year_sane")]

    def __str__(self) -> str:
        return f"{self.year} 年 {self.notice}".strip()


class CalendarVersion(models.Model):
    """One change of the calendar: each gives it the next number, and deadlines keep the number they were counted by."""

    number = models.PositiveIntegerField("版本", primary_key=True)
    title = models.CharField("改了什么", max_length=100)
    source = models.CharField("依据", max_length=200, blank=True)
    changes = models.JSONField("逐日变化", default=list, help_text="[日期, 原来, 现在]")
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="修改人"
    )

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历版本"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第 {self.number} 版 {self.title}"
