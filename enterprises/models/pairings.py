from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.audit import track
from enterprises.models.register import Enterprise, KeyProject
from enterprises.querysets import PairingQuerySet


class Pairing(models.Model):
    """结对联系: one officer serves one enterprise or one project from a day to a day."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pairings", verbose_name="结对干警"
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pairings",
        verbose_name="企业",
    )
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pairings",
        verbose_name="重点项目",
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    notes = models.CharField("备注", max_length=200, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结对联系"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, project__isnull=True)
                | Q(enterprise__isnull=True, project__isnull=False),
                name="pairing_enterprise_or_project",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="pairing_end_after_start",
            ),
            models.UniqueConstraint(fields=["officer", "enterprise", "starts_on"], name="pairing_enterprise_once"),
            models.UniqueConstraint(fields=["officer", "project", "starts_on"], name="pairing_project_once"),
            models.UniqueConstraint(
                fields=["officer", "enterprise"],
                condition=Q(ends_on__isnull=True),
                name="pairing_enterprise_open",
            ),
            models.UniqueConstraint(
                fields=["officer", "project"],
                condition=Q(ends_on__isnull=True),
                name="pairing_project_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} — {self.enterprise or self.project}"


track(Pairing)
