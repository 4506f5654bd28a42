from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from common.periods import Period, UnknownPeriodError


class ActionPlan(models.Model):
    """工作方案 of a year: its goals, key tasks, phases, and the resolution target."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    title = models.CharField("名称", max_length=200)
    discussed_at = models.CharField("研究会议", max_length=200, blank=True)
    discussed_on = models.DateField("研究日期", null=True, blank=True)
    target_percent = models.PositiveSmallIntegerField("化解率目标（%）", default=85)
    target_on = models.DateField("目标日期")
    concentrated_from = models.DateField("集中化解起始日")

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作方案"
        ordering = ["-year"]
        constraints = [models.CheckConstraint(condition=Q(target_percent__lte=100), name="plan_target_percent")]

    def __str__(self) -> str:
        return self.title


class PlanGoal(models.Model):
    """目标."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="goals")
    order = models.PositiveSmallIntegerField("序号")
    name = models.CharField("目标", max_length=100)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["plan_id", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="goal_order_once")]

    def __str__(self) -> str:
        return self.name


class PlanPhase(models.Model):
    """阶段, e.g. 行动攻坚 June–October."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="phases")
    order = models.PositiveSmallIntegerField("序号")
    name = models.CharField("阶段", max_length=50)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["plan_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="phase_order_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="phase_end_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class KeyTask(models.Model):
    """重点工作: one of the plan's key tasks, with the unit that answers for it and how far it is."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="tasks")
    goal = models.ForeignKey(PlanGoal, models.PROTECT, related_name="tasks", verbose_name="目标")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("任务", max_length=200)
    content = models.TextField("内容", blank=True)
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_tasks",
        verbose_name="牵头单位",
    )
    supporting_units = models.ManyToManyField(Unit, blank=True, related_name="supported_tasks", verbose_name="责任单位")
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    progress_note = models.TextField("进展", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重点工作"
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="task_number_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_percent"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="task_end_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class ClosedPeriod(models.Model):
    """A half-year that the office has signed: its records can no longer be changed or removed."""

    code = models.CharField("统计期", max_length=10, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_at = models.DateTimeField("结账时间")
    closed_by = models.CharField("结账人", max_length=50)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "已结账统计期"
        ordering = ["-starts_on"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="closed_period_span")]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """“2023年上半年”; one closed by hand under another name goes by that."""
        try:
            return Period.parse(self.code).label
        except UnknownPeriodError:
            return self.code
