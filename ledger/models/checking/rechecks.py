from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.sent.seeking import with_words
from ledger.models.entries import ProblemEntry
from ledger.models.events import EntryEvent
from ledger.sampling import parse_span


class RecheckEvery(models.TextChoices):
    MONTH = "month", "每月"
    WEEK = "week", "每周"


class RecheckRule(models.Model):
    """How much of what was set aside is looked at again, and how often; one row, the rule from now on."""

    percent = models.PositiveSmallIntegerField(
        "抽查比例（%）", default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    every = models.CharField("抽查周期", max_length=5, choices=RecheckEvery, default=RecheckEvery.MONTH)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "质检规则"
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="recheck_percent_sensible"),
            models.CheckConstraint(condition=Q(every__in=RecheckEvery.values), name="recheck_every_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_every_display()}抽查 {self.percent}%"


class RecheckDraw(models.Model):
    """One period's sample: by the share in force when it was first drawn, whoever draws it again."""

    period = models.CharField("抽查期", max_length=10, unique=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    percent = models.PositiveSmallIntegerField("抽查比例（%）")
    drawn_at = models.DateTimeField("抽取时间")
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽取人"
    )

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "质检抽取"
        ordering = ["-starts_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="recheck_draw_has_days")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """“2026年10月”, or “2026年第43周”."""
        span = parse_span(self.period)
        return span.label if span else self.period


class Verdict(models.TextChoices):
    UPHELD = "upheld", "属实"
    OVERTURNED = "overturned", "不属实"


class RecheckQuerySet(ScopedQuerySet):
    """A re-check belongs to the unit answerable for what was set aside."""

    def search(self, words: str) -> Self:
        return with_words(self, words, "entry__number", "entry__title", "event__note", "words")

    def waiting(self) -> Self:
        return self.filter(verdict="")

    def for_list(self) -> Self:
        return self.select_related("draw", "entry__enterprise", "event__actor", "unit", "judged_by")


class Recheck(models.Model):
    """One entry set aside (撤单、不予受理、重复) that the sample drew: somebody of the office looks whether rightly so.

    `unit` is the one answerable when it was set aside. The verdict is written once, with the move that follows from it.
    """

    draw = models.ForeignKey(RecheckDraw, models.PROTECT, related_name="rechecks", verbose_name="抽查期")
    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="rechecks", verbose_name="问题")
    event = models.OneToOneField(EntryEvent, models.PROTECT, related_name="recheck", verbose_name="被抽查的一步")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    verdict = models.CharField("结论", max_length=10, choices=Verdict, blank=True, default="")
    words = models.TextField("复核情况", blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    judged_on = models.DateField("复核日期", null=True, blank=True)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "撤单质检"
        ordering = ["-draw__starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", words="", judged_by__isnull=True, judged_on__isnull=True)
                | (Q(verdict__in=Verdict.values, judged_by__isnull=False, judged_on__isnull=False) & ~Q(words="")),
                name="recheck_verdict_whole",
            ),
        ]
        indexes = [models.Index(fields=["draw"], condition=Q(verdict=""), name="recheck_waiting")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.standing}"

    @property
    def standing(self) -> str:
        return self.get_verdict_display() or "待复核"
