from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.kept.models import DraftFile  # noqa: F401 -- a model of this app
from accounts.rights.permissions import Role, can
from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.audit import track
from common.sent.seeking import with_words
from common.text import pinyin_key


class UnitKind(models.TextChoices):
    COMMISSION = "commission", "政法委"
    COURT = "court", "法院"
    PROCURATORATE = "procuratorate", "检察院"
    PUBLIC_SECURITY = "public_security", "公安局"
    JUSTICE_BUREAU = "justice_bureau", "司法局"
    TRAFFIC_POLICE = "traffic_police", "交警"
    OTHER = "other", "其他"


OWN = "（本级）"


class UnitQuerySet(OfficeWideQuerySet):
    def under(self, unit: "Unit") -> "UnitQuerySet":
        """The unit and all below it."""
        return self.filter(path__startswith=unit.path)

    def tree(self, unit: int) -> "UnitQuerySet":
        """The same of a unit known by its number, for the statement that asks to find out itself."""
        return self.filter(path__startswith=Subquery(Unit.objects.filter(pk=unit).values("path")[:1]))

    def named(self, name: Any = "name") -> "UnitQuerySet":
        """With `own_name`: what a unit's own line is called beside those of the units below it, “市公安局（本级）”."""
        below = Exists(Unit.objects.filter(parent=OuterRef("pk")))
        mark = Case(When(below, then=Value(OWN)), default=Value(""), output_field=models.CharField())
        return self.annotate(own_name=Concat(name, mark, output_field=models.CharField()))

    def paths(self) -> dict[int, str]:
        """By number, where each stands in the tree."""
        return {pk: path or "" for pk, path in self.order_by().values_list("pk", "path")}

    def own_names(self) -> dict[int, str]:
        """By number, in the units' order."""
        return dict(self.named().values_list("pk", "own_name"))


class Unit(models.Model):
    """A body of the political-legal system; a tree kept as materialised paths (`0001/0007/`)."""

    name = models.CharField("单位名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=30, blank=True)
    pinyin = models.CharField(max_length=500, blank=True, editable=False)
    kind = models.CharField("类别", max_length=20, choices=UnitKind, default=UnitKind.OTHER)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    path = models.CharField(max_length=255, unique=True, editable=False, null=True)  # noqa: DJ001 -- null until the pk is known
    order = models.PositiveSmallIntegerField("排序", default=100)
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = UnitQuerySet.as_manager()

    depth: int  # in the tree as `selectors.unit_rows` lays it out, 0 at the top

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["order", "id"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = " ".join(pinyin_key(name) for name in (self.name, self.short_name) if name)
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else ''}{self.pk:04d}/"
        if path != self.path:
            self.path = path
            Unit.objects.filter(pk=self.pk).update(path=path)

    @property
    def label(self) -> str:
        return self.short_name or self.name

    def is_within(self, other: "Unit") -> bool:
        """Whether it is the other unit or somewhere below it; both are stored."""
        return bool(other.path) and str(self.path).startswith(str(other.path))

    @cached_property
    def has_below(self) -> bool:
        """Whether other units belong to it."""
        return Unit.objects.filter(parent=self).exists()


class WorkGroup(models.Model):
    """派驻工作组: serves one of the six matters (`Workstream.work_group`); members come from several units."""

    name = models.CharField("工作组名称", max_length=100, unique=True)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="组长"
    )
    duty = models.TextField("职责", blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = OfficeWideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派驻工作组"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(ScopedQuerySet):
    """People are known to their unit, and to those of their work group, who come from several units."""

    def scope_q(self, user: Any) -> Q:
        rule = super().scope_q(user)
        return rule | Q(work_group=user.work_group_id) if user.work_group_id else rule

    def search(self, words: str) -> "UserQuerySet":
        return with_words(self, words, "name", "username", "pinyin")

    def working(self) -> "UserQuerySet":
        return self.filter(is_active=True).exclude(role=Role.AUDITOR)


class UserObjects(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # a class made as it runs
    pass


class User(AbstractUser):
    """A person of the office. `username` is the staff number (工号); one account, one person, one role."""

    first_name = last_name = None  # type: ignore[assignment]  # Django's way to drop two columns
    name = models.CharField("姓名", max_length=50)
    pinyin = models.CharField(max_length=500, blank=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="单位")
    role = models.CharField("岗位", max_length=20, choices=Role, default=Role.STAFF)
    city_wide = models.BooleanField(
        "全市范围", default=False, help_text="市级领导和政法委办公室人员：看到并办理所有单位的记录"
    )
    post = models.CharField("职务", max_length=50, blank=True)
    phone = models.CharField("手机号码", max_length=20, blank=True)
    wants_digest = models.BooleanField("每天一封邮件提醒", default=True)
    wants_figures = models.BooleanField("每周一封数字邮件", default=False)
    work_group = models.ForeignKey(
        WorkGroup,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name="派驻工作组",
    )
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("上次改密码", default=timezone.now)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    REQUIRED_FIELDS = ["name", "role"]  # what `createsuperuser` asks for

    objects: ClassVar[UserObjects] = UserObjects()

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(city_wide=False) | Q(role__in=[Role.COORDINATOR, Role.LEADER, Role.ADMIN]),
                name="user_city_wide_role",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="user_unit_role")]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_key(self.name)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    @property
    def sees_business(self) -> bool:
        """The auditor reads the audit trail and nothing else."""
        return self.role != Role.AUDITOR

    @property
    def sees_all(self) -> bool:
        return self.role == Role.ADMIN or self.city_wide

    @property
    def works(self) -> bool:
        """Can be given something to do: in use, and not an auditor (`UserQuerySet.working`)."""
        return self.is_active and self.sees_business

    @cached_property
    def clerked_units(self) -> list[int]:
        """Whose work a coordinator receives: the own unit's, and that of those below without a nearer coordinator."""
        if self.role != Role.COORDINATOR or self.unit is None:
            return []
        clerk = User.objects.filter(unit=OuterRef("pk"), role=Role.COORDINATOR, is_active=True)
        below = list(Unit.objects.under(self.unit).annotate(manned=Exists(clerk)).values_list("pk", "path", "manned"))
        others = tuple(path for pk, path, manned in below if manned and pk != self.unit_id)
        return [pk for pk, path, _ in below if not path.startswith(others)]

    def scope_units(self) -> Any:
        """The units whose rows are this person's, as a subquery."""
        if self.unit is None:
            return Unit.objects.none()
        return Unit.objects.under(self.unit).values("pk")

    def can(self, action: str) -> bool:
        return can(self, action)

    @cached_property
    def masked_phone(self) -> str:
        return f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) >= 11 else self.phone

    def password_expired(self, now: Any) -> bool:
        days = settings.PASSWORD_MAX_AGE_DAYS
        return self.must_change_password or bool(days and self.password_changed_at < now - timedelta(days=days))


class DraftQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "DraftQuerySet":
        return self.filter(owner=user) if user.is_authenticated else self.none()


class Draft(models.Model):
    """What someone typed and has not saved yet, by form; only its owner ever sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.key}"


class ExportLogQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "ExportLogQuerySet":
        """One's own; the auditor reads all."""
        if not user.is_active:
            return self.none()
        return self if user.role == Role.AUDITOR else self.filter(user=user)

    def search(self, words: str) -> "ExportLogQuerySet":
        return with_words(self, words, "user__name", "user__username", "what")


class ExportLog(models.Model):
    """Who exported what: list, filter, rows, when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name="导出人")
    what = models.CharField("内容", max_length=50)
    query = models.CharField("地址参数", max_length=1000, blank=True)
    filtered = models.CharField("筛选条件", max_length=500, blank=True, help_text="筛选条件的文字，如“状态：办理中”")
    rows = models.PositiveIntegerField("行数")
    exported_at = models.DateTimeField("时间", auto_now_add=True)

    objects = ExportLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.what} {self.rows} 行"


track(Unit)
track(WorkGroup)
track(User)
