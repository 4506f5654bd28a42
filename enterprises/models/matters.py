from django.db import models

from accounts.models import WorkGroup
from accounts.rights.scope import OfficeWideQuerySet
from common.audit import track


class Workstream(models.Model):
    """One of the six big matters (六件大事), with its command headquarters (指挥部)."""

    name = models.CharField("名称", max_length=50, unique=True)
    slug = models.SlugField("标识", max_length=50, unique=True)
    order = models.PositiveSmallIntegerField("排序", default=100)
    hq_name = models.CharField("指挥部", max_length=100, blank=True)
    hq_address = models.CharField("指挥部地址", max_length=200, blank=True)
    leader = models.CharField("牵头领导", max_length=50, blank=True)
    work_group = models.OneToOneField(
        WorkGroup,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="workstream",
        verbose_name="派驻工作组",
    )
    summary = models.TextField("概况", blank=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "六件大事"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """One of the five industries (五大产业)."""

    name = models.CharField("名称", max_length=50, unique=True)
    order = models.PositiveSmallIntegerField("排序", default=100)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "产业"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


track(Workstream)
track(Industry)
