from datetime import datetime, timedelta
from typing import Any

import django_filters
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from axes.models import AccessLog
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ExportLog, Unit, User, WorkGroup
from accounts.rights.permissions import Role
from common.forms.fields import DateInput
from common.forms.filters import FilterForm, ListFilter
from common.sent.seeking import with_words


class UserFilter(ListFilter):
    unit = django_filters.ModelChoiceFilter(label="单位", queryset=Unit.objects.all())
    role = django_filters.ChoiceFilter(label="岗位", choices=Role)
    state = django_filters.ChoiceFilter(
        label="状态", method="by_state", choices=[("active", "在用"), ("waiting", "未启用"), ("off", "已停用")]
    )
    work_group = django_filters.ModelChoiceFilter(label="派驻工作组", queryset=WorkGroup.objects.all())

    main = ("q", "unit", "role", "state", "work_group")
    sorts = {"name": "pinyin", "username": "username", "unit": "unit__order", "last": "last_login"}
    default_sort = ("unit__order", "username", "pk")

    class Meta:
        model = User
        fields: list[str] = []
        form = FilterForm

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """未启用 was never let in, as people from an imported roster; 已停用 has worked here before."""
        if value == "active":
            return rows.filter(is_active=True)
        return rows.filter(is_active=False, last_login__isnull=value == "waiting")


def midnight(day: Any) -> datetime:
    """The day's first moment in Asia/Shanghai, so that an index on the time is used."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 -- made aware at once


class TrailFilter(ListFilter):
    """Lists of what happened when: `moment` names the column of the time."""

    moment = "timestamp"
    since = django_filters.DateFilter(label="起始日期", method="by_start", widget=DateInput)
    until = django_filters.DateFilter(label="截止日期", method="by_end", widget=DateInput)

    def by_start(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.moment}__gte": midnight(value)})

    def by_end(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.moment}__lt": midnight(value + timedelta(days=1))})


def kinds() -> list[tuple[str, str]]:
    """What is kept in the history, by its Chinese name."""
    return sorted(
        ((model._meta.label_lower, str(model._meta.verbose_name)) for model in auditlog.get_models()),
        key=lambda pair: str(pair[1]),
    )


class AuditFilter(TrailFilter):
    person = django_filters.CharFilter(label="操作人姓名或工号", method="by_person")
    kind = django_filters.ChoiceFilter(label="对象", method="by_kind", choices=kinds())
    action = django_filters.ChoiceFilter(label="动作", choices=[("0", "新增"), ("1", "修改"), ("2", "删除")])

    main = ("q", "person", "kind", "action")
    default_sort = ("-timestamp", "-pk")

    class Meta:
        model = LogEntry
        fields: list[str] = []
        form = FilterForm

    def by_person(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "actor__name", "actor__username")

    def by_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        app, model = value.split(".")
        return rows.filter(content_type__app_label=app, content_type__model=model)


class SignInFilter(TrailFilter):
    moment = "attempt_time"
    main = ("q", "since", "until")
    default_sort = ("-attempt_time", "-pk")

    class Meta:
        model = AccessLog
        fields: list[str] = []
        form = FilterForm


class ExportFilter(TrailFilter):
    moment = "exported_at"
    main = ("q", "since", "until")
    default_sort = ("-pk",)

    class Meta:
        model = ExportLog
        fields: list[str] = []
        form = FilterForm
