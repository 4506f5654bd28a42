from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from ledger.models.entries import Priority, ProblemEntry
from ledger.models.events import EntryEvent
from ledger.models.surveys import ProblemCategory
from ledger.models.terms.calendar import CalendarVersion
from ledger.querysets import ShiftQuerySet, WithEntryQuerySet


class DeadlineRule(models.Model):
    """The working days a problem may take, by category and by how hard or urgent it is; either may be left open."""

    category = models.ForeignKey(
        ProblemCategory, models.CASCADE, null=True, blank=True, related_name="rules", verbose_name="类别"
    )
    priority = models.CharField("缓急", max_length=10, choices=Priority, blank=True, default="")
    working_days = models.PositiveSmallIntegerField("办理时限（工作日）")
    least_days = models.PositiveSmallIntegerField(
        "再次办理至少（工作日）",
        default=3,
        db_default=3,
        help_text="退回重办、重新打开、恢复受理、退单后重新交办的；只看“全部类别、不分缓急”这一条",
    )

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理时限规则"
        ordering = ["category__order", "priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["category", "priority"], name="rule_once"),
            models.UniqueConstraint(
                fields=["priority"], condition=Q(category__isnull=True), name="rule_of_any_category_once"
            ),
            models.CheckConstraint(condition=Q(working_days__range=(1, 250)), name="rule_days_sane"),
            models.CheckConstraint(condition=Q(least_days__range=(1, 60)), name="rule_least_days_sane"),
            models.CheckConstraint(condition=Q(priority__in=["", *Priority.values]), name="rule_priority_known"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.category or '全部类别'}·{self.get_priority_display() or '不分缓急'}：{self.working_days} 个工作日"
        )


class RuleChange(models.Model):
    """One change of the rules, with what each was and became."""

    changes = models.JSONField("逐条变化", default=list, help_text="[哪一条, 原来, 现在]")
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="修改人"
    )

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时限规则修改"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"时限规则第 {self.pk} 次修改"


class DeadlineShift(models.Model):
    """A deadline that a change of the calendar or of the rules moved: which, from when to when."""

    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="shifts", verbose_name="问题")
    event = models.OneToOneField(EntryEvent, models.PROTECT, related_name="shift")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="当时的责任单位")
    was = models.DateField("原期限")
    now = models.DateField("新期限")
    version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name="日历版本"
    )
    rule_change = models.ForeignKey(
        RuleChange, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name="规则修改"
    )

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "期限重算"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("now")), name="shift_moves"),
            models.CheckConstraint(
                condition=Q(version__isnull=True, rule_change__isnull=False)
                | Q(version__isnull=False, rule_change__isnull=True),
                name="shift_has_one_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}：{self.was} → {self.now}"

    @property
    def cause(self) -> CalendarVersion | RuleChange | None:
        return self.version or self.rule_change


class EntryPause(models.Model):
    """The clock of an entry standing while the enterprise is waited for; `ended_on` is empty while it stands."""

    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="pauses", verbose_name="问题")
    waiting_for = models.TextField("等企业做什么")
    started_on = models.DateField("暂停日期")
    ended_on = models.DateField("继续日期", null=True, blank=True)

    objects = WithEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "等待企业"
        ordering = ["entry_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(ended_on__isnull=True), name="one_pause_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="pause_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}：{self.started_on} 起等待企业"
