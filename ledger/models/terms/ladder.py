"""The ladder of overdue entries: who is told when, and what has been told."""

from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from common.rows.references import own_field
from ledger.models.checking.supervision import SupervisionOrder
from ledger.models.entries import ProblemEntry
from ledger.querysets import EscalationQuerySet

AUDIENCES = ("to_handler", "to_coordinator", "to_unit_leader", "to_city_leader", "to_office")


class LadderStep(models.Model):
    """One step: so many working days after the day an entry became overdue, these people are told."""

    after_days = models.PositiveSmallIntegerField(
        "逾期后第几个工作日", unique=True, help_text="0 是变为逾期的当天（期限后的第一个工作日）"
    )
    to_handler = models.BooleanField("经办人", default=False)
    to_coordinator = models.BooleanField("责任单位联络员", default=False)
    to_unit_leader = models.BooleanField("责任单位领导", default=False)
    to_city_leader = models.BooleanField("市级领导", default=False)
    to_office = models.BooleanField("政法委办公室", default=False)
    issues_order = models.BooleanField("自动签发督办单", default=False)
    answer_days = models.PositiveSmallIntegerField("督办单几个工作日内回复", default=5)
    is_active = models.BooleanField("启用", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "逾期提级"
        ordering = ["after_days"]
        constraints = [
            models.CheckConstraint(condition=Q(after_days__lte=60), name="ladder_days_sane"),
            models.CheckConstraint(condition=Q(answer_days__range=(1, 60)), name="ladder_answer_sane"),
            models.CheckConstraint(
                condition=Q(to_handler=True)
                | Q(to_coordinator=True)
                | Q(to_unit_leader=True)
                | Q(to_city_leader=True)
                | Q(to_office=True),
                name="ladder_tells_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"逾期后第 {self.after_days} 个工作日" if self.after_days else "变为逾期当天"

    @property
    def audiences(self) -> list[str]:
        """Whom it tells, in words."""
        return [str(own_field(type(self), name).verbose_name) for name in AUDIENCES if getattr(self, name)]


class Escalation(models.Model):
    """A step that an entry has reached under one deadline: told to people, or passed over because a higher one was
    reached on the same day. Written once for each entry, deadline and step."""

    entry = models.ForeignKey(ProblemEntry, models.CASCADE, related_name="escalations", verbose_name="问题")
    deadline = models.DateField("逾期的期限")
    step = models.ForeignKey(LadderStep, models.PROTECT, related_name="escalations", verbose_name="哪一级")
    after_days = models.PositiveSmallIntegerField("当时的工作日数")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="当时的责任单位")
    day = models.DateField("日期")
    made_at = models.DateTimeField("时间")
    told = models.BooleanField("已告知", help_text="否：同一天已到更高一级，这一级略过")
    told_to = models.CharField("告知", max_length=500, blank=True)
    order = models.OneToOneField(
        SupervisionOrder, models.PROTECT, null=True, blank=True, related_name="escalation", verbose_name="督办单"
    )

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提级记录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "deadline", "step"], name="step_once_a_deadline"),
            models.CheckConstraint(condition=Q(told=True) | Q(told_to=""), name="passed_over_tells_nobody"),
        ]
        indexes = [models.Index(fields=["day", "-id"], name="escalation_day")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.title}"

    @property
    def title(self) -> str:
        return f"逾期后第 {self.after_days} 个工作日" if self.after_days else "变为逾期当天"

    @property
    def words(self) -> str:
        """What was done: whom it was told, or that it was passed over."""
        if not self.told:
            return "略过：同一天已到更高一级"
        return f"告知{self.told_to}" if self.told_to else "没有在岗的人可告知"
