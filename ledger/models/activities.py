from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from cases.models import Campaign
from common.idempotence import SubmissionKeyField
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.querysets import ActivityQuerySet, OutputQuerySet


class ActivityKind(models.TextChoices):
    VISIT = "visit", "走访企业"
    LEADER_VISIT = "leader_visit", "领导调研督导"
    DUTY = "duty", "驻点坐班"
    DEPARTMENT = "department", "部门服务"
    CONSULTATION = "consultation", "法律咨询"
    CHECKUP = "checkup", "法治体检"
    OUTREACH = "outreach", "送法进企"
    PUBLICITY = "publicity", "普法宣传"
    MOBILISATION = "mobilisation", "动员部署会"
    HAZARD = "hazard", "隐患排查"
    FLEXIBLE = "flexible", "柔性执法"
    OTHER = "other", "其他服务"


class Measure(models.TextChoices):
    ATTENDANCE = "attendance", "坐班"
    CONSULTATIONS = "consultations", "法律咨询"
    HAZARDS = "hazards", "摸排隐患"
    LEAFLETS = "leaflets", "发放资料"
    ADVICE = "advice", "咨询建议"
    VEHICLES = "vehicles", "免罚车辆"
    PARTICIPANTS = "participants", "参加人数"

    @property
    def unit_word(self) -> str:
        """计量单位."""
        return UNIT_WORDS[self]


UNIT_WORDS = {
    Measure.ATTENDANCE: "人次",
    Measure.CONSULTATIONS: "次",
    Measure.HAZARDS: "处",
    Measure.LEAFLETS: "份",
    Measure.ADVICE: "人次",
    Measure.VEHICLES: "台",
    Measure.PARTICIPANTS: "人",
}
# What the 数量 column of a kind counts, where it is not simply how many times (`ServiceActivity.times`).
MAIN_MEASURES = {
    ActivityKind.DUTY: Measure.ATTENDANCE,
    ActivityKind.CONSULTATION: Measure.CONSULTATIONS,
    ActivityKind.HAZARD: Measure.HAZARDS,
    ActivityKind.FLEXIBLE: Measure.VEHICLES,
}


class ServiceActivity(models.Model):
    """服务活动: one thing done on one day; what came of it is in its outputs."""

    kind = models.CharField("活动类型", max_length=20, choices=ActivityKind)
    happened_on = models.DateField("日期")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="activities", verbose_name="单位")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="经办干警",
    )
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="joined_activities",
        verbose_name="同行人员",
    )
    led_by = models.CharField("带队领导", max_length=50, blank=True)
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="所属大事",
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="专项行动",
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="企业",
    )
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="重点项目",
    )
    target_name = models.CharField("服务对象", max_length=200, blank=True, help_text="不在册的对象写在这里")
    place = models.CharField("地点", max_length=200, blank=True)
    met_with = models.CharField("见到的人", max_length=100, blank=True)
    times = models.PositiveSmallIntegerField("次数", default=1, validators=[MinValueValidator(1)])
    summary = models.TextField("内容摘要", blank=True)
    submission = SubmissionKeyField()
    fingerprint = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务活动"
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activity_kind_known"),
            models.CheckConstraint(condition=Q(times__gte=1), name="activity_times_positive"),
        ]
        indexes = [
            models.Index(fields=["-happened_on", "-id"], name="activity_list"),
            models.Index(fields=["unit", "-happened_on"], name="activity_unit_day"),
            models.Index(fields=["happened_on", "kind", "workstream", "unit", "times"], name="activity_tally"),
            models.Index(fields=["enterprise", "happened_on"], name="activity_enterprise"),
            models.Index(fields=["project", "happened_on"], name="activity_project"),
            # When an officer was last where: the visits of others there are not looked through.
            models.Index(
                fields=["officer", "enterprise", "happened_on"],
                name="activity_officer_enterprise",
                condition=Q(enterprise__isnull=False),
            ),
            models.Index(
                fields=["officer", "project", "happened_on"],
                name="activity_officer_project",
                condition=Q(project__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on} {self.target}"

    @property
    def target(self) -> str:
        """Who or what was served, in words; reads `enterprise` and `project`."""
        return str(self.enterprise or self.project or self.target_name or self.place)


class ActivityOutput(models.Model):
    """An output of an activity: a measure and how much of it."""

    activity = models.ForeignKey(ServiceActivity, models.CASCADE, related_name="outputs")
    measure = models.CharField("成果", max_length=20, choices=Measure)
    quantity = models.PositiveIntegerField("数量")

    objects = OutputQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动成果"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "measure"], name="one_output_a_measure"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="output_measure_known"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="output_quantity_positive"),
        ]
        indexes = [models.Index(fields=["measure", "activity"], name="output_measure")]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}{self.quantity}{Measure(self.measure).unit_word}"
