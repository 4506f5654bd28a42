import django_filters
from django.db.models import QuerySet
from django.urls import reverse_lazy

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from cases.models import (
    Campaign,
    CaseKind,
    CaseResult,
    CaseState,
    LegalCase,
    ProcuratorialRecommendation,
    TypicalCase,
)
from common.forms.fields import RemoteSelect
from common.forms.filters import FilterForm, day_filter
from enterprises.filters import FollowsMerges
from enterprises.models import Enterprise, Workstream

chooser = RemoteSelect(url=reverse_lazy("enterprises:choices"))


class CaseFilter(FollowsMerges, UnitListFilter):
    kind = django_filters.ChoiceFilter(label="案件类型", choices=CaseKind)
    state = django_filters.ChoiceFilter(label="状态", choices=CaseState)
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    unit = UnitFilter("承办单位")
    campaign = django_filters.ModelChoiceFilter(label="专项行动", queryset=Campaign.objects.all())
    enterprise = django_filters.ModelChoiceFilter(
        label="涉案企业", field_name="enterprises", queryset=Enterprise.objects.all(), widget=chooser
    )
    result = django_filters.ChoiceFilter(label="结果", choices=[pair for pair in CaseResult.choices if pair[0]])
    filed_from = day_filter("filed_on__gte", "立案从")
    filed_to = day_filter("filed_on__lte", "立案到")
    closed_from = day_filter("closed_on__gte", "结案从")
    closed_to = day_filter("closed_on__lte", "结案到")

    main = ("q", "kind", "state", "workstream", "unit")
    groups = {"案件": ("result", "campaign", "enterprise"), "单位": ("only",)}
    sorts = {"number": "number", "filed": "filed_on", "closed": "closed_on", "money": "money"}
    default_sort = ("-filed_on", "-pk")

    class Meta:
        model = LegalCase
        fields: list[str] = []
        form = FilterForm


class RecommendationFilter(UnitListFilter):
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    unit = UnitFilter("制发单位")
    adopted = django_filters.ChoiceFilter(
        label="采纳", method="by_adoption", choices=[("yes", "已采纳"), ("no", "未采纳"), ("none", "未回复")]
    )
    issued_from = day_filter("issued_on__gte", "制发从")
    issued_to = day_filter("issued_on__lte", "制发到")

    main = ("q", "workstream", "adopted", "unit")
    sorts = {"number": "number", "issued": "issued_on", "replied": "replied_on"}
    default_sort = ("-issued_on", "-pk")

    class Meta:
        model = ProcuratorialRecommendation
        fields: list[str] = []
        form = FilterForm

    def by_adoption(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "none":
            return queryset.filter(replied_on__isnull=True)
        return queryset.filter(is_adopted=value == "yes")


class TypicalFilter(UnitListFilter):
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    unit = UnitFilter("报送单位")
    published_from = day_filter("published_on__gte", "发布从")
    published_to = day_filter("published_on__lte", "发布到")

    main = ("q", "workstream", "unit")
    sorts = {"title": "title", "published": "published_on"}
    default_sort = ("-published_on", "-pk")

    class Meta:
        model = TypicalCase
        fields: list[str] = []
        form = FilterForm
