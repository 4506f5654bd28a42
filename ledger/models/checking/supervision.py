from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from common.idempotence import SubmissionKeyField
from ledger.models.entries import ProblemEntry
from ledger.querysets import OrderReplyQuerySet, SupervisionQuerySet


class SupervisionOrder(models.Model):
    """督办单: numbered, with a deadline, must be acknowledged and answered, and its answer accepted.

    Issued by a leader, or by the ladder of overdue entries, which then is nobody's name. What was issued stays as it
    was: there is no editing. `reply` is the answer that stands; one that was sent back stands no more, and is kept with
    all others in `OrderReply`. One that lost its object unanswered is ended by the step that took it away
    (`ledger.moves.orders`).
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
    accepted_on = models.DateField("认可日期", null=True, blank=True)
    returned_on = models.DateField("退回重报日期", null=True, blank=True)  # of the last answer, until there is another
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
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(replied_on__isnull=False, returned_on__isnull=True),
                name="order_accepted_with_a_reply",
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(replied_on__isnull=True), name="order_returned_has_no_reply"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def issuer(self) -> str:
        return self.issued_by.name if self.issued_by else "逾期自动督办"

    @property
    def standing(self) -> str:
        """Where it is: 待签收, 待回复, 待认可, 退回重报, 已认可 or 已了结."""
        if self.ended_on:
            return "已了结"
        if self.replied_on:
            return "已认可" if self.accepted_on else "待认可"
        return "退回重报" if self.returned_on else "待回复" if self.acknowledged_on else "待签收"


class ReplyVerdict(models.TextChoices):
    WAITING = "waiting", "待认可"
    ACCEPTED = "accepted", "已认可"
    RETURNED = "returned", "退回重报"


class OrderReply(models.Model):
    """One answer of a unit, with its files, and what the leader said to it; the last one not sent back stands."""

    order = models.ForeignKey(SupervisionOrder, models.CASCADE, related_name="replies", verbose_name="督办单")
    number = models.PositiveSmallIntegerField("第几次回复")
    words = models.TextField("回复")
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="回复人")
    replied_on = models.DateField("回复日期")
    due_on = models.DateField("当时的回复期限")
    verdict = models.CharField("领导意见", max_length=10, choices=ReplyVerdict, default=ReplyVerdict.WAITING)
    verdict_words = models.TextField("意见", blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审阅领导"
    )
    verdict_on = models.DateField("审阅日期", null=True, blank=True)

    objects = OrderReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办回复"
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_reply_number_once"),
            models.CheckConstraint(condition=Q(verdict__in=ReplyVerdict.values), name="order_reply_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict=ReplyVerdict.WAITING, verdict_by__isnull=True, verdict_on__isnull=True)
                | (~Q(verdict=ReplyVerdict.WAITING) & Q(verdict_by__isnull=False, verdict_on__isnull=False)),
                name="order_reply_verdict_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=ReplyVerdict.RETURNED) | ~Q(verdict_words=""),
                name="order_reply_returned_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} 第 {self.number} 次回复"

    @property
    def was_late(self) -> bool:
        return self.replied_on > self.due_on
