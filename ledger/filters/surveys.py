from typing import Any

import django_filters
from django import forms

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.forms.filters import FilterForm, between
from enterprises.filters import FollowsMerges
from enterprises.models import Enterprise, Workstream
from ledger.models import ProblemCategory, Satisfaction, SurveyForm


@between("visited_on")
class SurveyFilter(FollowsMerges, UnitListFilter):
    satisfaction = django_filters.ChoiceFilter(label="满意度", choices=Satisfaction.choices, empty_label="满意度")
    category = django_filters.ModelChoiceFilter(label="诉求类别", queryset=ProblemCategory.objects.all())
    unit = UnitFilter("走访单位")
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    appeal = django_filters.ChoiceFilter(
        label="有无诉求", choices=[("1", "有诉求"), ("0", "没有诉求")], empty_label="有无诉求", method="with_appeal"
    )
    enterprise = django_filters.ModelChoiceFilter(
        label="企业", queryset=Enterprise.objects.all(), widget=forms.HiddenInput
    )

    main = ("q", "satisfaction", "appeal", "unit", "workstream")
    groups = {"诉求": ("category",), "单位": ("only",)}
    sorts = {"visited_on": "visited_on", "enterprise": "enterprise__pinyin", "unit": "unit"}
    default_sort = ("-visited_on", "-pk")

    class Meta:
        model = SurveyForm
        fields: list[str] = []
        form = FilterForm

    def with_appeal(self, queryset: Any, name: str, wanted: str) -> Any:
        return queryset.exclude(appeal="") if wanted == "1" else queryset.filter(appeal="")
