"""工作情况汇报: what an author composes, the office's own Word templates, and what was issued, byte for byte."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from accounts.units.trees import ONLY
from common.audit import track
from common.idempotence import SubmissionKeyField
from common.periods import Period
from common.rows.fixed import FixedModel, FixedQuerySetMixin
from common.sent.seeking import with_words
from enterprises.models import Workstream


class Rounding(models.TextChoices):
    PROSE = "prose", "行文取余"
    EXACT = "exact", "准确值"


class BriefingStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    ISSUED = "issued", "已签发"

    @property
    def colour(self) -> str:
        return "green" if self == BriefingStatus.ISSUED else "secondary"


class BriefingTemplate(models.Model):
    """A Word template of the office's own: checked when uploaded, kept here so that a backup has it."""

    name = models.CharField("名称", max_length=100, unique=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64, unique=True)
    uploaded_by = models.CharField("上传人", max_length=50)
    uploaded_at = models.DateTimeField("上传时间")
    is_default = models.BooleanField("默认", default=False, help_text="新起草的汇报用它")

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇报模板"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="briefing_template_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class BriefingQuerySet(ScopedQuerySet):
    """A unit's own briefings are seen by that unit, the others by those who see everything."""

    def search(self, words: str) -> Any:
        return with_words(self, words, "title", "author__name")

    def for_list(self) -> Any:
        return self.select_related("author", "unit", "workstream", "issue").defer(
            "issue__content", "issue__body", "issue__figures"
        )


class Briefing(models.Model):
    """One briefing: of a period, and of the whole office, one unit or one matter."""

    period = models.CharField("统计期", max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="briefings", verbose_name="单位")
    unit_only = models.BooleanField(
        "仅本级", default=False, db_default=False, help_text="不含下级单位；没有下级的单位不用选"
    )
    workstream = models.ForeignKey(
        Workstream, models.PROTECT, null=True, blank=True, related_name="briefings", verbose_name="所属大事"
    )
    title = models.CharField("标题", max_length=120)
    rounding = models.CharField("数字写法", max_length=10, choices=Rounding, default=Rounding.PROSE)
    with_annexes = models.BooleanField("附件表", default=True, help_text="数字明细、收支核对、未化解问题和图")
    template = models.ForeignKey(
        BriefingTemplate, models.PROTECT, null=True, blank=True, related_name="briefings", verbose_name="Word 模板"
    )
    status = models.CharField("状态", max_length=10, choices=BriefingStatus, default=BriefingStatus.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("起草时间")

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作情况汇报"
        ordering = ["-period", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(workstream__isnull=True), name="briefing_one_scope"
            ),
            models.CheckConstraint(condition=Q(rounding__in=Rounding.values), name="briefing_rounding_known"),
            models.CheckConstraint(condition=Q(status__in=BriefingStatus.values), name="briefing_status_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == BriefingStatus.DRAFT

    @property
    def period_label(self) -> str:
        return Period.parse(self.period).label

    @property
    def scope(self) -> str:
        """As its list names it."""
        return f"{self.unit or self.workstream or '全部'}{ONLY if self.unit_only else ''}"


class PartQuerySet(ScopedQuerySet):
    unit_lookups = ("briefing__unit",)


class BriefingParagraph(models.Model):
    """A paragraph: sentences around bound figures (`reports.briefing.text.language`), records picked as examples.

    `key` names the default it came from, so that it can be put back; empty for one the author wrote.
    """

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="paragraphs")
    order = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40, blank=True)
    section = models.CharField("一级标题", max_length=40, blank=True)
    lead = models.CharField("段首小标题", max_length=40, blank=True)
    text = models.TextField("正文", max_length=4000)
    picks = models.JSONField("所选记录", default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇报段落"
        ordering = ["briefing_id", "order", "id"]

    def __str__(self) -> str:
        return self.lead or self.section or self.text[:20]


class IssuedQuerySet(FixedQuerySetMixin, PartQuerySet):
    pass


class IssuedBriefing(FixedModel):
    """The document as it went out; the database itself refuses to change it (migration `0004_briefings`)."""

    briefing = models.OneToOneField(Briefing, models.PROTECT, related_name="issue")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    body = models.JSONField(help_text="正文各段，供网页显示")
    figures = models.JSONField(help_text="写入正文的数字：指标、范围、统计期、数值")
    figure_count = models.PositiveSmallIntegerField("数字个数")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签发人")
    issued_name = models.CharField("签发人姓名", max_length=50)
    issued_at = models.DateTimeField("签发时间")

    objects = IssuedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "已签发的汇报"
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.briefing)


track(BriefingTemplate, leave_out={"content"})
track(Briefing)
track(BriefingParagraph, leave_out={"briefing", "order"})
