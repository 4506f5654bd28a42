from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from common.idempotence import SubmissionKeyField
from ledger.models.entries import ProblemEntry
from ledger.querysets import SupervisionQuerySet


class SupervisionOrder(models.Model):
    """督办单: numbered, with a deadline, must be acknowledged and answered.

    Issued by a leader, or by the ladder of overdue entries, which then is nobody's name. What was issued stays as it
    was: there is no editing, and `reply` is written once. One that lost its object unanswered is ended by the step that
    took it away (`ledger.moves.orders`).
    """

    number = models.CharField("文号", max_length=30, unique=True)
    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="supervision_orders", verbose_name="问题")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="supervision_orders", verbose_name="被督办单位")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发领导"
    )
    issued_on = models.DateField("签发日期")
    deadline = models.DateField("回复期限")
    demand = models.TextField("督办要求")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )
    acknowledged_on = models.DateField("签收日期", null=True, blank=True)
    reply = models.TextField("回复", blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回复人"
    )
    replied_on = models.DateField("回复日期", null=True, blank=True)
    ended_on = models.DateField("了结日期", null=True, blank=True, editable=False)
    ended_because = models.CharField(
        "为什么不必再回复", max_length=200, blank=True, default="", db_default="", editable=False
    )
    submission = SubmissionKeyField()

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(deadline__gte=F("issued_on")), name="order_deadline_after_issue"),
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True) | Q(replied_on__gte=F("issued_on")),
                name="order_reply_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True, reply="") | (Q(replied_on__isnull=False) & ~Q(reply="")),
                name="order_reply_has_words_and_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_because="")
                | (Q(ended_on__isnull=False, replied_on__isnull=True) & ~Q(ended_because="")),
                name="order_ended_unanswered_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def issuer(self) -> str:
        return self.issued_by.name if self.issued_by else "逾期自动督办"

    @property
    def standing(self) -> str:
        """Where it is: 待签收, 待回复, 已回复 or 已了结."""
        if self.ended_on:
            return "已了结"
        return "已回复" if self.replied_on else "待回复" if self.acknowledged_on else "待签收"
