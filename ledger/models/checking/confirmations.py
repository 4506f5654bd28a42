import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.rights.scope import ScopedQuerySet
from ledger.models.entries import ProblemEntry, Rating
from ledger.models.events import EntryEvent


class ConfirmationLinkQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "ConfirmationLinkQuerySet":
        return self.filter(entry__in=ProblemEntry.objects.visible_to(user))

    def live(self, at: datetime | None = None) -> "ConfirmationLinkQuerySet":
        """Those that can still be answered."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=at or timezone.now())


class ConfirmationLink(models.Model):
    """One question to one enterprise: is this claim of having resolved your problem true? Answered once, or never.

    It asks about one claim (the event of 办结), so that an answer can never be taken for that to another one.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="confirmation_links", verbose_name="问题")
    claim = models.ForeignKey(EntryEvent, models.PROTECT, related_name="+", verbose_name="所问的办结")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人")
    created_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    rating = models.CharField("评价", max_length=12, choices=Rating, blank=True, default="")
    words = models.TextField("企业的话", blank=True)
    answered_by = models.CharField("答复人", max_length=50, blank=True)

    objects = ConfirmationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业确认链接"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(revoked_at=None), name="one_confirmation_link_a_claim"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="confirmation_expires_later"),
            models.CheckConstraint(condition=Q(rating__in=["", *Rating.values]), name="confirmation_rating_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None, rating="") | (Q(answered_at__isnull=False) & ~Q(rating="")),
                name="confirmation_answer_has_rating",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry.number} 的确认链接"
