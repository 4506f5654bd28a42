import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models

from accounts.rights.scope import ScopedQuerySet
from common.files import CheckedFile


def storage_name(kept: "DraftFile", filename: str) -> str:
    """A random name: what people call their files never reaches the disk."""
    return f"drafts/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:6]}"


class DraftFileQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "DraftFileQuerySet":
        """One's own, once one has signed in again."""
        return self.filter(owner=user, is_waiting=False) if user.is_authenticated else self.none()


class DraftFile(models.Model):
    """A file chosen for a form that is not saved yet, by form and field; only its owner ever sees it.

    `is_waiting`: it came when the session had ended, and is shown once its owner signs in in the same browser.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="draft_files")
    key = models.CharField(max_length=200)
    field = models.CharField(max_length=50)
    file = models.FileField("文件", upload_to=storage_name, max_length=200)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    is_waiting = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DraftFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "草稿附件"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["owner", "key"], name="draft_file_form"),
            models.Index(fields=["created_at"], name="draft_file_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def checked(self) -> CheckedFile:
        """The file as a form gives it to a service."""
        return CheckedFile(self.file, self.name, self.size, self.sha256, self.content_type)
