from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from common.audit import track
from common.money import MoneyField
from common.text import clean, name_key, pinyin_key
from enterprises.models.matters import Industry, Workstream
from enterprises.names import address_key, core_key, phone_key
from enterprises.querysets import EnterpriseQuerySet, KeyProjectQuerySet
from enterprises.uscc import validate_uscc

PHONE = RegexValidator(r"^[\d\-+ ]{7,20}$", "电话只能有数字和短横")


class EnterpriseKind(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    ASSOCIATION = "association", "协会"
    SELF_EMPLOYED = "self_employed", "个体工商户"


class Named(models.Model):
    """Something searched by name, name key and pinyin."""

    name = models.CharField("名称", max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    pinyin = models.CharField(max_length=500, editable=False, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self) -> None:
        """Bulk writers call this themselves: bulk_create skips save()."""
        self.name = clean(self.name)
        self.name_key = name_key(self.name)
        self.pinyin = pinyin_key(self.name)


class RegisteredManager(models.Manager.from_queryset(EnterpriseQuerySet)):  # type: ignore[misc]  # made at run time
    """The firms on the register, without those that were merged into another."""

    def get_queryset(self) -> EnterpriseQuerySet:
        rows: EnterpriseQuerySet = super().get_queryset()
        return rows.filter(merged_into__isnull=True)


class Enterprise(Named):
    """A market entity (市场主体): enterprise, association or self-employed."""

    uscc = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_uscc],
        error_messages={"unique": "这个统一社会信用代码已经登记过，请搜索后直接使用"},
    )
    kind = models.CharField("市场主体类型", max_length=20, choices=EnterpriseKind, default=EnterpriseKind.ENTERPRISE)
    is_above_scale = models.BooleanField("规模以上", default=False)
    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprises",
        verbose_name="所属产业",
    )
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprises",
        verbose_name="所属大事",
    )
    legal_form = models.CharField("企业类型", max_length=100, blank=True)
    registered_on = models.DateField("注册日期", null=True, blank=True)
    registered_capital = MoneyField("注册资金（元）", null=True, blank=True)
    capital_text = models.CharField("注册资金原文", max_length=100, blank=True, help_text="外币或无法识别时保留原文")
    business_scope = models.TextField("经营范围", blank=True)
    region = models.CharField("地区", max_length=50, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True, validators=[PHONE])
    core_key = models.CharField(max_length=200, editable=False, db_index=True, default="")
    phone_key = models.CharField(max_length=20, editable=False, db_index=True, default="")
    address_key = models.CharField(max_length=300, editable=False, db_index=True, default="")
    is_verified = models.BooleanField("已核实", default=True, help_text="缺统一社会信用代码的记录为未核实")
    is_active = models.BooleanField("在册", default=True)
    notes = models.TextField("备注", blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="traces",
        verbose_name="并入",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    # What was merged into another is a trace: only `every` finds it, so that no list, choice or count can forget to
    # leave it out. Rows that still name one reach it as well (Django follows keys by a manager of its own).
    objects = RegisteredManager()
    every = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EnterpriseKind.values), name="enterprise_kind_known"),
            models.CheckConstraint(
                condition=Q(registered_capital__isnull=True) | Q(registered_capital__gte=0),
                name="enterprise_capital_positive",
            ),
            models.CheckConstraint(condition=~Q(uscc=""), name="enterprise_uscc_null_or_code"),
            # A merged firm's code is its survivor's to take; it stands in the merge.
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(uscc__isnull=True), name="enterprise_trace_without_uscc"
            ),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=Q(uscc__isnull=True, merged_into__isnull=True),
                name="enterprise_name_without_uscc",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "is_above_scale"], name="enterprise_kind_scale"),
            models.Index(fields=["name", "id"], name="enterprise_list"),
        ]

    def __str__(self) -> str:
        return self.name

    def standing(self) -> "Enterprise":
        """The firm on the register that it was merged into, by whatever way; itself if it was not."""
        firm = self
        while firm.merged_into is not None:
            firm = firm.merged_into
        return firm

    def fill_keys(self) -> None:
        super().fill_keys()
        self.core_key = core_key(self.name)
        self.fill_places()

    def fill_places(self) -> None:
        self.phone_key, self.address_key = phone_key(self.contact_phone), address_key(self.address)


class KeyProject(Named):
    """重点项目."""

    number = models.CharField("项目编号", max_length=30, unique=True, null=True, blank=True)
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="所属大事",
    )
    builder = models.CharField("建设单位", max_length=200, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="建设单位（在册企业）",
    )
    investment = MoneyField("总投资（元）", null=True, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    due_on = models.DateField("计划竣工", null=True, blank=True)
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_projects",
        verbose_name="责任单位",
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_projects",
        verbose_name="联系干警",
    )
    is_active = models.BooleanField("在建", default=True)
    notes = models.TextField("备注", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = KeyProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重点项目"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name_key"], name="project_name_unique"),
            models.CheckConstraint(
                condition=Q(investment__isnull=True) | Q(investment__gte=0),
                name="project_investment_positive",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(started_on__isnull=True) | Q(due_on__gte=F("started_on")),
                name="project_due_after_start",
            ),
        ]
        indexes = [models.Index(fields=["workstream", "name"], name="project_workstream")]

    def __str__(self) -> str:
        return self.name


track(Enterprise)
track(KeyProject)
