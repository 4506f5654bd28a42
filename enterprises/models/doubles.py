"""Firms that turned out to be one: what was likely, what somebody decided, and each merge with all that it touched."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.rights.scope import OfficeWideQuerySet
from common.audit import track
from common.idempotence import SubmissionKeyField
from common.text import clean, name_key, pinyin_key
from enterprises.models.register import Enterprise
from enterprises.names import core_key


class LikelyDouble(models.Model):
    """Two firms that may be one, as they were when all were last compared (`doubles.finding`); `points` rank them."""

    one = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    other = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    points = models.PositiveSmallIntegerField()

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "可能重复的企业"
        ordering = ["-points", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="likely_double_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="likely_double_in_order"),
        ]
        indexes = [models.Index(fields=["-points", "id"], name="likely_double_list")]

    def __str__(self) -> str:
        return f"{self.one}、{self.other}"


class NotDoubles(models.Model):
    """Somebody looked at two firms and said that they are two."""

    one = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", verbose_name="一家")
    other = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", verbose_name="另一家")
    reason = models.CharField("为什么不是同一家", max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="谁定的"
    )
    decided_by_name = models.CharField("谁定的（姓名）", max_length=50)
    decided_at = models.DateTimeField("何时定的")

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不是同一家的企业"
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_doubles_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_doubles_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one}、{self.other}"


class EnterpriseMerge(models.Model):
    """One firm's records brought under another's; what is left of it is a trace that names the other."""

    survivor = models.ForeignKey(Enterprise, models.PROTECT, related_name="merges", verbose_name="保留的企业")
    merged = models.ForeignKey(Enterprise, models.PROTECT, related_name="merged_by", verbose_name="并入的企业")
    reason = models.CharField("为什么是同一家", max_length=300)
    # of the survivor: column → [before, after], as text the way the column reads it
    taken = models.JSONField("取用的内容", default=dict)
    # by relation the newest row there was: what the survivor has beyond it was added since
    newest = models.JSONField("当时最新的记录", default=dict)
    code = models.CharField("并入企业的信用代码", max_length=18, blank=True)
    made_at = models.DateTimeField("合并时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="谁合并的"
    )
    made_by_name = models.CharField("谁合并的（姓名）", max_length=50)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="谁撤销的"
    )
    undone_by_name = models.CharField("谁撤销的（姓名）", max_length=50, blank=True)
    undo_reason = models.CharField("撤销原因", max_length=300, blank=True)
    undo_words = models.JSONField("撤销时留下的", default=list)
    submission = SubmissionKeyField()

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业合并"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_of_two"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.survivor}"


class RowFate(models.TextChoices):
    MOVED = "moved", "改到保留的企业"
    CHANGED = "changed", "与保留企业的合为一条"
    REMOVED = "removed", "与保留企业的重复，去掉"


class MergedRow(models.Model):
    """What a merge did to one row that pointed at the firm: enough to take it back."""

    merge = models.ForeignKey(EnterpriseMerge, models.CASCADE, related_name="rows", verbose_name="合并")
    relation = models.CharField("哪种记录", max_length=80)  # app.model.field, as in `doubles.relations`
    key = models.BigIntegerField("记录")
    fate = models.CharField("怎么处理", max_length=10, choices=RowFate)
    before = models.JSONField("原来", default=dict)
    after = models.JSONField("后来", default=dict)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "合并改动的记录"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["merge", "relation", "key"], name="merged_row_once")]

    def __str__(self) -> str:
        return f"{self.relation} {self.key}"


class NameOrigin(models.TextChoices):
    RENAMED = "renamed", "在系统里改名"
    IMPORTED = "imported", "导入名录时改名"
    MERGED = "merged", "由合并带来"
    TYPED = "typed", "补记"


class FormerName(models.Model):
    """曾用名: a name, and after a merge the credit code with it, by which a firm is still found."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="former_names", verbose_name="企业")
    name = models.CharField("曾用名", max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    core_key = models.CharField(max_length=200, editable=False, db_index=True)
    pinyin = models.CharField(max_length=500, editable=False, blank=True)
    uscc = models.CharField("当时的信用代码", max_length=18, blank=True, db_index=True)
    used_from = models.DateField("从哪天起", null=True, blank=True)
    used_until = models.DateField("到哪天止", null=True, blank=True)
    origin = models.CharField("怎么来的", max_length=10, choices=NameOrigin)
    merge = models.ForeignKey(EnterpriseMerge, models.CASCADE, null=True, blank=True, related_name="names")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="谁记的"
    )
    noted_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ["-used_until", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=NameOrigin.values), name="former_name_origin_known"),
            models.CheckConstraint(
                condition=Q(used_from=None) | Q(used_until=None) | Q(used_until__gte=F("used_from")),
                name="former_name_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self) -> None:
        """Bulk writers call this themselves: bulk_create skips save()."""
        self.name = clean(self.name)
        self.name_key, self.core_key, self.pinyin = name_key(self.name), core_key(self.name), pinyin_key(self.name)


track(NotDoubles)
track(EnterpriseMerge)
track(FormerName)
