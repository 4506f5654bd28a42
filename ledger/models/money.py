from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from cases.models import LegalCase
from common.idempotence import SubmissionKeyField
from common.money import WAN, MoneyField, spelt
from common.sent.amounts import ASK_FROM
from enterprises.models import Workstream
from ledger.models.activities import ServiceActivity
from ledger.models.entries import ProblemEntry
from ledger.querysets import RecoveryQuerySet

TOO_SMALL = "至少 1 万元：再小，几乎每一笔都要问"


class MoneyRule(models.Model):
    """From which amount on whoever records one is asked whether it is right; one row, the rule from now on."""

    ask_from = MoneyField("达到多少元，保存前先问", default=ASK_FROM)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "金额规则"
        constraints = [
            models.CheckConstraint(
                condition=Q(ask_from__gte=WAN), name="money_rule_sensible", violation_error_message=TOO_SMALL
            )
        ]

    def __str__(self) -> str:
        return f"达到 {spelt(self.ask_from)} 先问"


class RecoveryKind(models.TextChoices):
    RECOVERED = "recovered", "追回"
    AVOIDED = "avoided", "避免"
    SAVED = "saved", "减免"


class Recovery(models.Model):
    """挽回和避免损失: money recovered, avoided or saved, tied to exactly one case, problem or activity.

    `unit` and `workstream` are those of what it is tied to, kept here so that sums need no joins.
    """

    kind = models.CharField("类型", max_length=10, choices=RecoveryKind)
    amount = MoneyField("金额（元）")
    basis = models.CharField("依据", max_length=300, help_text="判决书、调解协议、返还清单等")
    happened_on = models.DateField("日期")
    case = models.ForeignKey(
        LegalCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recoveries",
        verbose_name="案件",
    )
    entry = models.ForeignKey(
        ProblemEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recoveries",
        verbose_name="问题",
    )
    activity = models.ForeignKey(
        ServiceActivity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recoveries",
        verbose_name="服务活动",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recoveries", verbose_name="单位", editable=False)
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recoveries",
        verbose_name="所属大事",
        editable=False,
    )
    apart_from = models.ManyToManyField(
        "self", blank=True, editable=False, verbose_name="已说明是另一笔的", help_text="同类同额，有人核对过不是同一笔"
    )
    submission = SubmissionKeyField()
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

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "挽回和避免损失"
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RecoveryKind.values), name="recovery_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="recovery_amount_positive"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, entry__isnull=True, activity__isnull=True)
                | Q(case__isnull=True, entry__isnull=False, activity__isnull=True)
                | Q(case__isnull=True, entry__isnull=True, activity__isnull=False),
                name="recovery_exactly_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["-happened_on", "-id"], name="recovery_list"),
            models.Index(fields=["amount", "id"], name="recovery_amount"),
            models.Index(
                fields=["happened_on", "kind", "workstream", "unit", "amount"],
                name="recovery_tally",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {Decimal(self.amount):,.2f} 元"

    @property
    def subject(self) -> LegalCase | ProblemEntry | ServiceActivity:
        return self.case or self.entry or self.activity  # type: ignore[return-value]  # a constraint: one of them
