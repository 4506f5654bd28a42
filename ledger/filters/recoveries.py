from typing import Any

import django_filters

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.forms.filters import FilterForm, between
from enterprises.models import Workstream
from ledger.models import Recovery, RecoveryKind

SUBJECTS = [("case", "案件"), ("entry", "问题"), ("activity", "服务活动")]


@between("happened_on")
class RecoveryFilter(UnitListFilter):
    kind = django_filters.ChoiceFilter(label="类型", choices=RecoveryKind.choices, empty_label="类型")
    workstream = django_filters.ModelChoiceFilter(label="所属大事", queryset=Workstream.objects.all())
    unit = UnitFilter("单位")
    subject = django_filters.ChoiceFilter(label="来自", choices=SUBJECTS, empty_label="来自", method="of_subject")

    main = ("q", "kind", "workstream", "unit", "subject")
    sorts = {"happened_on": "happened_on", "amount": "amount", "unit": "unit"}
    default_sort = ("-happened_on", "-pk")

    class Meta:
        model = Recovery
        fields: list[str] = []
        form = FilterForm

    def of_subject(self, queryset: Any, name: str, wanted: str) -> Any:
        return queryset.filter(**{f"{wanted}__isnull": False})
