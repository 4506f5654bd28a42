import uuid
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import LegalCase
from ledger.models.activities import ServiceActivity
from ledger.models.checking.supervision import OrderReply
from ledger.models.entries import ProblemEntry
from ledger.models.events import EntryEvent
from ledger.querysets import AttachmentQuerySet


def storage_name(attachment: "Attachment", filename: str) -> str:
    """A random name: what people call their files never reaches the disk."""
    return f"attachments/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:6]}"


def one_of(*subjects: str) -> Q:
    """Exactly one of them; an event goes with an entry only."""
    rules = []
    for one in subjects:
        nulls = {f"{other}__isnull": other != one for other in subjects}
        rules.append(Q(**nulls) if one == "entry" else Q(**nulls, event__isnull=True))
    return reduce(or_, rules)


class Attachment(models.Model):
    """A file of an entry (and the event it came with), an activity, a case or an answer to an order; read through a
    view that checks scope."""

    file = models.FileField("文件", upload_to=storage_name, max_length=200)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    entry = models.ForeignKey(ProblemEntry, models.CASCADE, null=True, blank=True, related_name="attachments")
    event = models.ForeignKey(EntryEvent, models.CASCADE, null=True, blank=True, related_name="attachments")
    activity = models.ForeignKey(ServiceActivity, models.CASCADE, null=True, blank=True, related_name="attachments")
    case = models.ForeignKey(LegalCase, models.CASCADE, null=True, blank=True, related_name="attachments")
    order_reply = models.ForeignKey(OrderReply, models.CASCADE, null=True, blank=True, related_name="attachments")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=one_of("entry", "activity", "case", "order_reply"),
                name="attachment_exactly_one_subject",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    def subject(self) -> Any:
        return self.entry or self.activity or self.case or self.order_reply
