"""Filters of the register's lists; all live in the address."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import F, QuerySet

from accounts.models import Unit, WorkGroup
from common.forms.fields import DateInput
from common.forms.filters import FilterForm, ListFilter
from common.periods import Period
from common.sent.numbers import whole_number
from enterprises.models import Enterprise, EnterpriseKind, Industry, KeyProject, Pairing, Workstream


class FollowsMerges:
    """Of a list that is narrowed to one firm: an address of before may name one that was merged since."""

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        key = whole_number((data or {}).get("enterprise"))
        firm = None if key is None else Enterprise.every.select_related("merged_into").filter(pk=key).first()
        if firm is not None and firm.merged_into:
            data = data.copy()
            data["enterprise"] = str(firm.standing().pk)
        super().__init__(data, *args, **kwargs)  # type: ignore[call-arg]  # of the filter beside it


YES, NO = "1", "0"
FIRST_HALF = Period.parse("2023H1")


def either(label: str, yes: str, no: str, **how: str) -> django_filters.ChoiceFilter:
    """Two answers in words, e.g. 有结对 / 无结对."""
    return django_filters.ChoiceFilter(label=label, choices=[(YES, yes), (NO, no)], **how)


class TodayFilter(ListFilter):
    """A list whose filters ask about a day: pairings in force, visits since."""

    searched = "名称或拼音首字母"

    def __init__(self, data: Any, queryset: QuerySet, *, user: Any, today: date) -> None:
        self.today = today
        super().__init__(data, queryset, user=user)
        self.form.fields["q"].widget.attrs["placeholder"] = self.searched

    @property
    def rows(self) -> QuerySet:
        """What has no date or amount counts as the smallest, on every database: never visited comes first."""
        wanted = str(self.data.get("sort", ""))
        column = self.sorts.get(wanted.lstrip("-"))
        if not column:
            return super().rows
        if wanted.startswith("-"):
            return self.qs.order_by(F(column).desc(nulls_last=True), "-pk")
        return self.qs.order_by(F(column).asc(nulls_first=True), "pk")

    def by_pairing(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.paired(self.today, value == YES)

    def by_visit(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.not_visited_since(value, self.user)

    def by_flag(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(**{name: value == YES})

    def by_unit(self, queryset: Any, name: str, value: Unit) -> Any:
        return queryset.served_by_unit(value, self.today)


class EnterpriseFilter(TodayFilter):
    searched = "名称、拼音首字母或信用代码"

    kind = django_filters.ChoiceFilter(label="类型", choices=EnterpriseKind.choices)
    industry = django_filters.ModelChoiceFilter(label="产业", queryset=Industry.objects.all())
    workstream = django_filters.ModelChoiceFilter(label="六件大事", queryset=Workstream.objects.all())
    above_scale = either("规模", "规模以上", "规模以下", field_name="is_above_scale", method="by_flag")
    paired = either("结对", "有结对干警", "没有结对干警", method="by_pairing")
    unit = django_filters.ModelChoiceFilter(label="结对单位", queryset=Unit.objects.all(), method="by_unit")
    verified = either("核实", "已核实", "未核实", field_name="is_verified", method="by_flag")
    coded = either("信用代码", "有信用代码", "缺信用代码", method="by_code")
    active = either("在册", "在册", "已注销或迁出", field_name="is_active", method="by_flag")
    unvisited_since = django_filters.DateFilter(label="此日以来未走访", method="by_visit", widget=DateInput)

    sorts = {"name": "name", "capital": "registered_capital", "registered": "registered_on", "visit": "last_visit"}
    default_sort = ("name", "pk")
    main = ("q", "kind", "industry", "workstream", "above_scale")
    groups = {"结对和走访": ("paired", "unit", "unvisited_since"), "登记情况": ("verified", "coded", "active")}

    class Meta:
        model = Enterprise
        fields: list[str] = []
        form = FilterForm

    def by_code(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(uscc__isnull=value == NO)


class ProjectFilter(TodayFilter):
    workstream = django_filters.ModelChoiceFilter(label="六件大事", queryset=Workstream.objects.all())
    lead_unit = django_filters.ModelChoiceFilter(label="责任单位", queryset=Unit.objects.all())
    paired = either("结对", "有结对干警", "没有结对干警", method="by_pairing")
    active = either("在建", "在建", "已完工", field_name="is_active", method="by_flag")
    unvisited_since = django_filters.DateFilter(label="此日以来未走访", method="by_visit", widget=DateInput)

    sorts = {
        "name": "name",
        "investment": "investment",
        "started": "started_on",
        "due": "due_on",
        "visit": "last_visit",
    }
    default_sort = ("name", "pk")
    main = ("q", "workstream", "lead_unit", "paired", "active")
    groups = {"走访": ("unvisited_since",)}

    class Meta:
        model = KeyProject
        fields: list[str] = []
        form = FilterForm


class PairingFilter(TodayFilter):
    searched = "干警、企业或项目，可用拼音首字母"

    unit = django_filters.ModelChoiceFilter(label="干警单位", queryset=Unit.objects.all(), method="by_officer_unit")
    group = django_filters.ModelChoiceFilter(
        label="派驻工作组", queryset=WorkGroup.objects.all(), field_name="officer__work_group"
    )
    target = django_filters.ChoiceFilter(
        label="结对对象", choices=[("enterprise", "企业"), ("project", "重点项目")], method="by_target"
    )
    force = either("状态", "在结对", "已结束", method="by_force")

    sorts = {"officer": "officer__name", "starts": "starts_on", "ends": "ends_on"}
    default_sort = ("-starts_on", "-pk")
    main = ("q", "unit", "target", "force", "group")

    class Meta:
        model = Pairing
        fields: list[str] = []
        form = FilterForm

    def by_officer_unit(self, queryset: Any, name: str, value: Unit) -> Any:
        return queryset.filter(officer__unit__path__startswith=value.path)

    def by_target(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(**{f"{value}__isnull": False})

    def by_force(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.on(self.today) if value == YES else queryset.ended(self.today)


GROUPS = [*EnterpriseKind.choices, ("project", "重点项目")]
CHOSEN = ("period", "group", "shown")
SHOWN = [("unvisited", "未走访"), ("visited", "已走访"), ("all", "全部")]


def half_years(today: date) -> list[tuple[str, str]]:
    """The half-years one may choose, newest first; the work began in 2023."""
    half, found = Period.half_of(today), []
    while half >= FIRST_HALF:
        found.append((half.code, half.label))
        half = half.previous()
    return found


class CoverageFilter(TodayFilter):
    """The register against a half-year. `period`, `group` and `shown` say what is looked at; the rest narrows it."""

    period = django_filters.ChoiceFilter(label="统计期", method="unchanged")
    group = django_filters.ChoiceFilter(label="对象", choices=GROUPS, method="unchanged")
    shown = django_filters.ChoiceFilter(label="走访情况", choices=SHOWN, method="unchanged")
    workstream = django_filters.ModelChoiceFilter(label="六件大事", queryset=Workstream.objects.all())
    industry = django_filters.ModelChoiceFilter(label="产业", queryset=Industry.objects.all(), method="by_industry")
    unit = django_filters.ModelChoiceFilter(label="结对单位", queryset=Unit.objects.all(), method="by_unit")

    main = ("q", "period", "shown", "workstream", "unit")
    groups = {"走访对象": ("group", "industry")}

    class Meta:
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: Any, queryset: QuerySet, *, user: Any, today: date) -> None:
        super().__init__(data, queryset, user=user, today=today)
        offered = {"period": half_years(today), "group": GROUPS, "shown": SHOWN}
        for name in CHOSEN:  # the first choice holds when the address names none
            self.form.fields[name].empty_label = None
            self.form.fields[name].choices = offered[name]
        self.form.full_clean()  # styling has looked for errors already, before the periods were known

    @property
    def chips(self) -> list[dict[str, str]]:
        """Only what narrows the list: there is always one period, one group, one view of it."""
        return [chip for chip in super().chips if chip["name"] not in CHOSEN]

    def unchanged(self, queryset: Any, name: str, value: str) -> Any:
        return queryset

    def by_industry(self, queryset: Any, name: str, value: Industry) -> Any:
        path = "industry" if queryset.model is Enterprise else "enterprise__industry"
        return queryset.filter(**{path: value})

    def said(self, name: str, otherwise: str) -> str:
        return (self.form.cleaned_data.get(name) if self.form.is_valid() else "") or otherwise
