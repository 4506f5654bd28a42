"""值班表（驻点排班）: who sits at which headquarters on which half-day, who is away, who asked whom to swap."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from common.audit import track
from common.idempotence import SubmissionKeyField
from duty.querysets import LeaveQuerySet, RosterQuerySet, SwapQuerySet
from enterprises.models import Workstream

WEEKDAYS = "一二三四五六日"


class Half(models.TextChoices):
    MORNING = "am", "上午"
    AFTERNOON = "pm", "下午"


class Gap(models.TextChoices):
    """Why nobody will come though somebody is down for it."""

    LEFT = "left", "账号已停用"
    MOVED = "moved", "已调离排班的单位"
    LEAVE = "leave", "这天请假"


class DutyShift(models.Model):
    """One person's half-day at one headquarters. `unit` is the one that sends the person, as it was arranged: who has
    moved since is a gap until somebody of the unit has looked. Days gone by stay as they were arranged; who really came
    is in the activity log."""

    workstream = models.ForeignKey(Workstream, models.PROTECT, related_name="duty_shifts", verbose_name="指挥部")
    day = models.DateField("日期")
    half = models.CharField("半天", max_length=2, choices=Half)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duty_shifts", verbose_name="值班人"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_shifts", verbose_name="派出单位")
    told_gap = models.CharField(max_length=5, blank=True, default="", editable=False)  # the gap that was told of
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="排班人", editable=False
    )
    made_at = models.DateTimeField("排班时间", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RosterQuerySet.as_manager()

    gap: str  # `RosterQuerySet.with_gap`

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        ordering = ["day", "half", "id"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "day", "half"], name="duty_one_place_a_half_day"),
            models.CheckConstraint(condition=Q(half__in=Half.values), name="duty_half_known"),
        ]
        indexes = [
            models.Index(fields=["day", "workstream"], name="duty_day"),
            models.Index(fields=["unit", "day"], name="duty_unit_day"),
        ]

    def __str__(self) -> str:
        return f"{day_words(self.day)}{self.get_half_display()} {self.workstream} {self.officer}"

    @property
    def gap_words(self) -> str:
        """Why the person will not come; of a row with its gap."""
        return Gap(self.gap).label if self.gap else ""

    @property
    def words(self) -> str:
        """When and where: “12月2日（周三）上午 津市港指挥部”."""
        return f"{day_words(self.day)}{self.get_half_display()} {hq_words(self.workstream)}"


class SwapState(models.TextChoices):
    ASKED = "asked", "等答复"
    ACCEPTED = "accepted", "已同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"

    @property
    def colour(self) -> str:
        return {"asked": "yellow", "accepted": "green"}.get(str(self), "secondary")


class DutySwap(models.Model):
    """One person asks another to take a shift, in return for one of the other's or for nothing; nothing changes until
    the other, or a coordinator of the other, agrees. `words` keep what was asked when the shifts are gone."""

    shift = models.ForeignKey(DutyShift, models.SET_NULL, null=True, related_name="swaps", verbose_name="要换的班")
    other = models.ForeignKey(
        DutyShift, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="换来的班"
    )
    is_exchange = models.BooleanField("互换", default=False, editable=False)
    words = models.CharField("换班内容", max_length=200, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人", editable=False
    )
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="接班人")
    asked_at = models.DateTimeField("申请时间", editable=False)
    reason = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("进展", max_length=10, choices=SwapState, default=SwapState.ASKED)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "换班"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SwapState.values), name="duty_swap_state_known"),
            models.CheckConstraint(condition=~Q(asked_by=F("asked_of")), name="duty_swap_between_two"),
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state=SwapState.ASKED), name="duty_swap_one_open_a_shift"
            ),
        ]
        indexes = [models.Index(fields=["asked_of", "state"], name="duty_swap_waiting")]

    def __str__(self) -> str:
        return self.words

    @property
    def state_colour(self) -> str:
        return SwapState(self.state).colour


class DutyLeave(models.Model):
    """请假: from a day to a day, both included; shifts in it are gaps."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duty_leaves", verbose_name="请假人"
    )
    starts_on = models.DateField("从")
    ends_on = models.DateField("到")
    reason = models.CharField("说明", max_length=100, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )
    made_at = models.DateTimeField("登记时间", editable=False)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="duty_leave_ends_after_start")
        ]
        indexes = [models.Index(fields=["officer", "starts_on"], name="duty_leave_of")]

    def __str__(self) -> str:
        return f"{self.officer} {day_words(self.starts_on)}至{day_words(self.ends_on)}"


def day_words(day: date) -> str:
    """“12月2日（周三）”."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def hq_words(hq: Workstream) -> str:
    """What people call the headquarters of a matter."""
    return hq.hq_name or f"{hq.name}指挥部"


track(DutyShift, leave_out={"told_gap"})
track(DutySwap)
track(DutyLeave)
