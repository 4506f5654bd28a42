from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from cases.models import LegalCase
from common.idempotence import SubmissionKeyField
from common.money import MoneyField
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.lights import BY_DEADLINE, PRESSING, Light
from ledger.models.activities import ServiceActivity
from ledger.models.numbers import BY_NUMBER
from ledger.models.surveys import ProblemCategory, SurveyForm
from ledger.models.terms.calendar import CalendarVersion
from ledger.querysets import EntryQuerySet
from ledger.states import Asked, EntryState


class EntrySource(models.TextChoices):
    VISIT = "visit", "走访"
    DUTY = "duty", "坐班"
    SURVEY = "survey", "调查表"
    INSPECTION = "inspection", "领导督导"
    HOTLINE = "hotline", "热线"
    ENTERPRISE = "enterprise", "企业反映"
    OTHER = "other", "其他"


class Priority(models.TextChoices):
    NORMAL = "normal", "一般"
    HARD = "hard", "疑难"
    URGENT = "urgent", "紧急"


class DeadlineBasis(models.TextChoices):
    RULE = "rule", "按规则"  # recounted when the calendar or the rules change
    HAND = "hand", "另行确定"  # a date somebody chose: nothing but a move changes it


class Rating(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


WHOSE = ("unit", "lead_unit", "handler", "registered_by")  # whose an entry is, as indexes hold it


class ProblemEntry(models.Model):
    """An entry of the ledger (问题台账). Only `services.entries.advance_entry` moves it."""

    number = models.CharField("编号", max_length=20, unique=True, editable=False)
    title = models.CharField("问题", max_length=200)
    content = models.TextField("具体情况", blank=True)
    category = models.ForeignKey(ProblemCategory, models.PROTECT, related_name="entries", verbose_name="类别")
    priority = models.CharField("缓急", max_length=10, choices=Priority, default=Priority.NORMAL)
    source = models.CharField("来源", max_length=12, choices=EntrySource, default=EntrySource.VISIT)
    source_activity = models.ForeignKey(
        ServiceActivity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="来源活动",
    )
    source_form = models.ForeignKey(
        SurveyForm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="来源调查表",
    )
    led_by = models.CharField("牵头领导", max_length=50, blank=True, help_text="领导带头化解的问题，写领导职务")
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="企业",
    )
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="重点项目",
    )
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="所属大事",
    )
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    amount = MoneyField("涉及金额（元）", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="received_entries", verbose_name="登记单位")
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_entries",
        verbose_name="牵头单位",
    )
    supporting_units = models.ManyToManyField(
        Unit,
        blank=True,
        through="SupportingUnit",
        related_name="supported_entries",
        verbose_name="协办单位",
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handled_entries",
        verbose_name="经办人",
    )
    deadline = models.DateField("办理期限", null=True, blank=True)
    deadline_basis = models.CharField(
        "期限依据", max_length=4, choices=DeadlineBasis, blank=True, default="", editable=False
    )
    deadline_reason = models.CharField("期限晚于规则的理由", max_length=200, blank=True, default="", editable=False)
    counted_from = models.DateField("期限起算日", null=True, blank=True, editable=False)
    counted_days = models.PositiveSmallIntegerField("规则给的工作日", null=True, blank=True, editable=False)
    calendar_version = models.ForeignKey(
        CalendarVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="计算期限的日历版本",
    )
    paused_on = models.DateField("等待企业起始日", null=True, blank=True, editable=False)
    paused_days = models.PositiveSmallIntegerField("已顺延的工作日", default=0, editable=False)
    yellow_reason = models.CharField("亮黄灯的原因", max_length=200, blank=True, default="", editable=False)
    case = models.ForeignKey(
        LegalCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="据以化解的案件",
    )
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name="并入",
    )
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="splits",
        editable=False,
        verbose_name="拆分自",
    )
    state = models.CharField("状态", max_length=12, choices=EntryState, default=EntryState.REGISTERED, editable=False)
    outcome = models.TextField("办理结果", blank=True, editable=False)
    rating = models.CharField("企业评价", max_length=12, choices=Rating, blank=True, default="", editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="提出办结",
    )
    raised = models.PositiveSmallIntegerField(
        "提级", default=0, editable=False, help_text="企业不满意一次提一级：1 单位领导，2 市级领导；确认后归零"
    )
    asked = models.CharField("待批申请", max_length=12, choices=Asked, blank=True, default="", editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="申请人",
    )
    asked_until = models.DateField("申请到", null=True, blank=True, editable=False)
    reopen_count = models.PositiveSmallIntegerField("重开次数", default=0, editable=False)
    extension_count = models.PositiveSmallIntegerField("延期次数", default=0, editable=False)
    return_count = models.PositiveSmallIntegerField("退单次数", default=0, editable=False)
    registered_on = models.DateField("登记日期")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registered_entries",
        editable=False,
        verbose_name="登记人",
    )
    completed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    confirmed_on = models.DateField("确认日期", null=True, blank=True, editable=False)
    closed_on = models.DateField("销号日期", null=True, blank=True, editable=False)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    # What pages add: `with_lights`, `list_page`; as of a past day `as_of`, `show_changes`; `related_entries`.
    light: Light | None
    picks: str  # what many may have done at once, of that what this one may (`selectors.entries.picks`)
    provisional: bool
    stood: EntryState
    unit_stood: str
    url: str
    since: list[str]
    is_open_to: bool
    kinship: str

    class Meta:
        verbose_name = verbose_name_plural = "问题台账"
        ordering = ["-registered_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="entry_state_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="entry_priority_known"),
            models.CheckConstraint(condition=Q(source__in=EntrySource.values), name="entry_source_known"),
            models.CheckConstraint(condition=Q(rating__in=["", *Rating.values]), name="entry_rating_known"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(deadline_basis__in=["", "hand"])
                | Q(
                    deadline__isnull=False,
                    counted_from__isnull=False,
                    counted_days__isnull=False,
                    calendar_version__isnull=False,
                    deadline_basis="rule",
                ),
                name="entry_rule_deadline_can_be_recounted",
            ),
            models.CheckConstraint(condition=~Q(duplicate_of=F("id")), name="entry_not_its_own_duplicate"),
            models.CheckConstraint(
                condition=~Q(state__in=list(EntryState.LED)) | Q(lead_unit__isnull=False, deadline__isnull=False),
                name="entry_assigned_has_lead",
            ),
            models.CheckConstraint(
                condition=Q(asked="", asked_by__isnull=True, asked_until__isnull=True)
                | Q(asked__in=Asked.values, asked_by__isnull=False, asked_until__isnull=False),
                name="entry_request_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-registered_on", "-id"], name="entry_list"),
            models.Index(fields=["unit", "-registered_on", "-id"], name="entry_unit_list"),
            models.Index(fields=["lead_unit", "-registered_on", "-id"], name="entry_lead_list"),
            # What waits for a step, the most pressing first, with all that says for whom (`selectors.entries.queues`).
            models.Index(
                fields=["state", "deadline", "id", *WHOSE, "claimed_by", "return_count"],
                name="entry_state_whose",
            ),
            models.Index(BY_DEADLINE, "id", name="entry_by_deadline"),
            models.Index(PRESSING, "id", name="entry_by_light"),
            models.Index(BY_NUMBER, "id", name="entry_by_number"),
            models.Index(fields=["handler", "state", "deadline", "id"], name="entry_handler_due"),
            # Those whose clock runs, the most pressing first, with whose they are.
            models.Index(
                fields=["deadline", "id", *WHOSE, "yellow_reason"],
                name="entry_running",
                condition=Q(state__in=sorted(EntryState.WORKING), deadline__isnull=False, paused_on__isnull=True),
            ),
            models.Index(
                fields=["paused_on", "state", "deadline", "id", *WHOSE],
                name="entry_paused",
                condition=Q(paused_on__isnull=False),
            ),
            models.Index(fields=["asked"], name="entry_asked", condition=~Q(asked="")),
            models.Index(fields=["enterprise", "-registered_on"], name="entry_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def standing(self) -> EntryState:
        """The state with its words and colour."""
        return EntryState(self.state)

    @property
    def responsible_unit_id(self) -> int:
        return self.lead_unit_id or self.unit_id
