from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from accounts.rights.scope import OfficeWideQuerySet
from cases.querysets import LegalCaseQuerySet, RecommendationQuerySet, TypicalCaseQuerySet
from common.audit import track
from common.idempotence import SubmissionKeyField
from enterprises.models import Enterprise, KeyProject, Workstream


class CaseKind(models.TextChoices):
    PUBLIC_INTEREST = "public_interest", "公益诉讼"
    TRADEMARK = "trademark", "商标侵权"
    THEFT = "theft", "盗窃"
    FRAUD = "fraud", "诈骗"
    OTHER_CRIMINAL = "other_criminal", "其他刑事"
    PUBLIC_SECURITY = "public_security", "治安案件"
    ENFORCEMENT = "enforcement", "执行"
    MEDIATION = "mediation", "矛盾纠纷调解"
    LEGAL_AID = "legal_aid", "法律援助代理"
    LABOUR = "labour", "劳动争议"
    SALES_CONTRACT = "sales_contract", "买卖合同纠纷"
    OTHER_CIVIL = "other_civil", "其他民事"
    ADMINISTRATIVE = "administrative", "行政案件"


CRIMINAL_KINDS = (CaseKind.THEFT, CaseKind.FRAUD, CaseKind.OTHER_CRIMINAL)
DISPUTE_KINDS = (CaseKind.MEDIATION, CaseKind.LABOUR, CaseKind.SALES_CONTRACT)


class CaseState(models.TextChoices):
    OPEN = "open", "在办"
    CLOSED = "closed", "已结"


class CaseResult(models.TextChoices):
    NONE = "", "—"
    SOLVED = "solved", "破获"
    SETTLED = "settled", "调解成功"
    JUDGED = "judged", "判决"
    ENFORCED = "enforced", "执行完毕"
    WITHDRAWN = "withdrawn", "撤回"
    OTHER = "other", "其他"


# A dispute is over by these; without a result nothing says that it was settled.
SETTLING_RESULTS = (CaseResult.SETTLED, CaseResult.JUDGED, CaseResult.ENFORCED)


class Campaign(models.Model):
    """专项行动, e.g. 湘执利剑2023."""

    name = models.CharField("名称", max_length=100, unique=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name="牵头单位",
    )
    summary = models.TextField("说明", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfficeWideQuerySet.as_manager()

    # in the list of campaigns, of the cases its reader may see (`selectors.campaign_rows`); yuan
    cases_count: int
    closed_count: int
    detained: int
    money: Decimal

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="campaign_end_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LegalCase(models.Model):
    """涉企案件. `number` is the 案号; business dates are `filed_on` (立案) and `closed_on` (结案)."""

    number = models.CharField(
        "案号",
        max_length=60,
        unique=True,
        error_messages={"unique": "这个案号已经登记过，请搜索后打开"},
    )
    title = models.CharField("案由", max_length=200, blank=True)
    kind = models.CharField("案件类型", max_length=20, choices=CaseKind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name="承办单位")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="承办人",
    )
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="所属大事",
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="专项行动",
    )
    enterprises = models.ManyToManyField(Enterprise, blank=True, related_name="cases", verbose_name="涉案企业")
    party_names = models.CharField("涉案企业原文", max_length=300, blank=True, help_text="不在册的企业写在这里")
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="重点项目",
    )
    filed_on = models.DateField("立案日期")
    closed_on = models.DateField("结案日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CaseState, default=CaseState.OPEN)
    result = models.CharField("结果", max_length=12, choices=CaseResult, blank=True, default="")
    detained_persons = models.PositiveSmallIntegerField("拘留被执行人（名）", default=0)
    detained_on = models.DateField("拘留日期", null=True, blank=True)
    summary = models.TextField("办理情况", blank=True)
    notes = models.TextField("备注", blank=True)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = LegalCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "涉企案件"
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(condition=Q(result__in=CaseResult.values), name="case_result_known"),
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, closed_on__isnull=True)
                | Q(state=CaseState.CLOSED, closed_on__isnull=False),
                name="case_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("filed_on")),
                name="case_closed_after_filed",
            ),
            models.CheckConstraint(
                condition=Q(detained_persons=0) | Q(detained_on__isnull=False),
                name="case_detention_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["-filed_on", "-id"], name="case_list"),
            models.Index(fields=["unit", "-filed_on"], name="case_unit_filed"),
            models.Index(fields=["kind", "filed_on"], name="case_kind_filed"),
            models.Index(fields=["kind", "closed_on"], name="case_kind_closed"),
        ]

    def __str__(self) -> str:
        return self.number


class ProcuratorialRecommendation(models.Model):
    """检察建议, issued with a public-interest case."""

    number = models.CharField("文号", max_length=60, unique=True)
    case = models.ForeignKey(
        LegalCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name="所涉案件",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recommendations", verbose_name="制发单位")
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name="所属大事",
    )
    addressee = models.CharField("发送对象", max_length=200, blank=True)
    subject = models.CharField("事由", max_length=300, blank=True)
    issued_on = models.DateField("制发日期")
    replied_on = models.DateField("回复日期", null=True, blank=True)
    is_adopted = models.BooleanField("已采纳", null=True, blank=True)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检察建议"
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True) | Q(replied_on__gte=F("issued_on")),
                name="recommendation_reply_after_issue",
            )
        ]
        indexes = [models.Index(fields=["issued_on"], name="recommendation_issued")]

    def __str__(self) -> str:
        return self.number


class TypicalCase(models.Model):
    """典型案例, with the channel that published it."""

    title = models.CharField("标题", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="typical_cases", verbose_name="报送单位")
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="typical_cases",
        verbose_name="所属大事",
    )
    case = models.ForeignKey(
        LegalCase,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="typical_cases",
        verbose_name="所涉案件",
    )
    published_on = models.DateField("发布日期")
    channel = models.CharField("发布渠道", max_length=200)
    url = models.URLField("链接", max_length=500, blank=True)
    summary = models.TextField("摘要", blank=True)
    submission = SubmissionKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TypicalCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "典型案例"
        ordering = ["-published_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["title", "published_on"], name="typical_case_once")]
        indexes = [models.Index(fields=["published_on"], name="typical_published")]

    def __str__(self) -> str:
        return self.title


track(Campaign)
track(LegalCase, m2m={"enterprises"})
track(ProcuratorialRecommendation)
track(TypicalCase)
