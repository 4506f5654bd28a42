from typing import Any

import django_filters
from django import forms

from accounts.models import User
from accounts.units.unit_lists import UnitFilter, UnitListFilter
from cases.models import Campaign
from common.forms.fields import PersonSelect
from common.forms.filters import FilterForm, between
from enterprises.filters import FollowsMerges
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.models import ActivityKind, ServiceActivity


@between("happened_on")
class ActivityFilter(FollowsMerges, UnitListFilter):
    kind = django_filters.ChoiceFilter(label="活动类型", choices=ActivityKind.choices, empty_label="活动类型")
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    unit = UnitFilter("单位")
    officer = django_filters.ModelChoiceFilter(
        label="经办干警", queryset=User.objects.select_related("unit"), widget=PersonSelect
    )
    campaign = django_filters.ModelChoiceFilter(label="专项行动", queryset=Campaign.objects.all())
    enterprise = django_filters.ModelChoiceFilter(
        label="企业", queryset=Enterprise.objects.all(), widget=forms.HiddenInput
    )
    project = django_filters.ModelChoiceFilter(
        label="重点项目", queryset=KeyProject.objects.all(), widget=forms.HiddenInput
    )
    mine = django_filters.ChoiceFilter(
        label="谁经办的", choices=[("1", "只看我的")], empty_label="谁经办的", method="only_mine"
    )

    main = ("q", "kind", "workstream", "unit", "mine")
    groups = {"单位和人": ("only", "officer"), "活动": ("campaign",)}
    sorts = {"happened_on": "happened_on"}  # the other columns have filters, and a list of millions has one order
    default_sort = ("-happened_on", "-pk")

    class Meta:
        model = ServiceActivity
        fields: list[str] = []
        form = FilterForm

    def only_mine(self, queryset: Any, name: str, wanted: str) -> Any:
        return queryset.filter(officer=self.user) if wanted else queryset
