from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from ledger.models.entries import ProblemEntry
from ledger.querysets import REOPENS, EventQuerySet
from ledger.states import Action, EntryState


class HistoryIsFixedError(TypeError):
    """Events can be neither edited nor deleted."""


class EntryEvent(models.Model):
    """One move of one entry: who, when, from, to and why. Never edited, never deleted.

    `unit` is the unit answerable after the move, so that state and unit can both be asked for any past date.
    """

    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=20, choices=Action)
    from_state = models.CharField(max_length=12, choices=EntryState, blank=True)
    to_state = models.CharField(max_length=12, choices=EntryState)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    actor_name = models.CharField("操作人姓名", max_length=50, blank=True)
    occurred_at = models.DateTimeField("时间")
    happened_on = models.DateField("业务日期", help_text="occurred_at 在上海时区的日期")
    note = models.TextField("说明", blank=True)
    data = models.JSONField("内容", default=dict, help_text="ledger.moves.facts 里的代码；2026 年 12 月以前的按名称")
    sent = models.CharField(
        "所填内容的摘要",
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="同一内容提交两次只办一次",
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    facts: list[tuple[str, str]]  # what it settled besides the words (`selectors.entry_page.story`)

    class Meta:
        verbose_name = verbose_name_plural = "台账事件"
        ordering = ["entry_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "seq"], name="event_seq_once"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="event_action_known"),
            models.CheckConstraint(condition=Q(to_state__in=EntryState.values), name="event_to_known"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_seq_positive"),
        ]
        indexes = [
            # All that figures ask of a chain, so that counting the ledger on any day reads no rows.
            models.Index(
                fields=["entry", "seq", "happened_on", "to_state", "unit", "from_state", "action"],
                name="event_chain_steps",
            ),
            models.Index(fields=["entry", "seq", "happened_on"], name="event_reopened", condition=REOPENS),
            models.Index(fields=["happened_on", "action"], name="event_day_action"),
            models.Index(fields=["happened_on", "id"], name="event_confirmed", condition=Q(action="confirm")),
        ]

    def __str__(self) -> str:
        return f"第 {self.seq} 步 {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise HistoryIsFixedError("台账事件不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise HistoryIsFixedError("台账事件不能删除")
