from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from ledger.querysets import VacancyQuerySet


class VacancyKind(models.TextChoices):
    """What can be left without anybody of its own."""

    ENTRY = "entry", "经办的问题"
    CALLBACK = "callback", "登记后待回访的问题"
    PART = "part", "未反馈的协办"
    REQUEST = "request", "待批的申请"
    ORDER = "order", "待回复的督办单"
    PAIRING = "pairing", "结对"
    CASE = "case", "在办案件"
    UNIT_OFF = "unit_off", "停用的单位"
    NO_CLERK = "no_clerk", "没有联络员的单位"


class Vacancy(models.Model):
    """Something that the check of a day found without anybody of its own, and since when that is so.

    Worked out from people and records (`services.vacancies`), which stay the truth: what has been mended since is left
    out wherever these rows are shown.
    """

    kind = models.CharField("类别", max_length=10, choices=VacancyKind)
    row = models.BigIntegerField(help_text="哪一条：问题、协办、督办单、结对、案件或单位的编号")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="责任单位")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="原来是谁"
    )
    what = models.CharField("什么", max_length=200)
    why = models.CharField("为什么没有人", max_length=200)
    found_on = models.DateField("从哪天起")
    told_on = models.DateField("哪天告知的", null=True, blank=True)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "没有专人负责的事"
        ordering = ["kind", "-found_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "row"], name="vacancy_once"),
            models.CheckConstraint(condition=Q(kind__in=VacancyKind.values), name="vacancy_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}"
