from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from common.idempotence import SubmissionKeyField
from common.money import MoneyField
from enterprises.models import Enterprise, Industry, Workstream
from ledger.querysets import SurveyQuerySet


class ProblemCategory(models.Model):
    """诉求类别; the working days each may take are `DeadlineRule`s."""

    name = models.CharField("名称", max_length=50, unique=True)
    order = models.PositiveSmallIntegerField("排序", default=100)
    is_active = models.BooleanField("在用", default=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题类别"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


class SurveyForm(models.Model):
    """征求意见调查表: what one enterprise wrote on one form; each request on it is a ledger entry."""

    serial = models.CharField("序号", max_length=30, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="survey_forms", verbose_name="企业")
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属行业"
    )
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="survey_forms",
        verbose_name="所属大事",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="survey_forms", verbose_name="走访单位")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="survey_forms",
        verbose_name="走访干警",
    )
    officer_name = models.CharField("走访干警姓名", max_length=50, blank=True)
    visited_on = models.DateField("走访日期")
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True, default="")
    category = models.ForeignKey(
        ProblemCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="诉求类别",
    )
    appeal = models.TextField("问题诉求", blank=True)
    amount = MoneyField("涉及金额（元）", null=True, blank=True)
    suggestion = models.TextField("意见建议", blank=True)
    notes = models.TextField("备注", blank=True)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "征求意见调查表"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfaction__in=["", *Satisfaction.values]),
                name="survey_satisfaction_known",
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="survey_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["-visited_on", "-id"], name="survey_list"),
            models.Index(fields=["unit", "-visited_on"], name="survey_unit_day"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.visited_on}"
