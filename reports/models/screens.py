from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from common.audit import track
from common.idempotence import SubmissionKeyField


class Screen(models.Model):
    """大屏: a wall that shows figures without anybody signed in, by an address of its own.

    Only the key's hash is kept: whoever reads the database cannot open the screen. `unit` empty: the whole office's.
    """

    name = models.CharField("挂在哪里", max_length=50)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="范围", help_text="不选为全市"
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_on = models.DateField("有效期至")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人")
    created_at = models.DateTimeField("建立时间")
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="停用人"
    )
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    seen_at = models.DateTimeField("最近打开", null=True, blank=True)
    seen_from = models.CharField("打开的地址", max_length=45, blank=True)
    submission = SubmissionKeyField()

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "大屏"
        ordering = ["revoked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__gte=F("created_at")),
                name="screen_revoked_later",
            ),
        ]

    def __str__(self) -> str:
        return self.name


track(Screen, leave_out=["key_hash", "seen_at", "seen_from"])
