"""Lists filtered by unit: a unit brings those below it along, unless 仅本级 is asked for."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.models import Unit
from accounts.units.trees import units_q
from common.forms.filters import ListFilter, Rows


class UnitFilter(django_filters.ModelChoiceFilter):
    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, **{"queryset": Unit.objects.all(), **kwargs})

    def filter(self, rows: QuerySet, value: Unit | None) -> QuerySet:
        if not value:
            return rows
        only = bool(self.parent.form.cleaned_data.get("only"))
        return rows.filter(units_q(self.field_name, value.pk, only=only))


class UnitListFilter(ListFilter[Rows]):
    """`only` is for every filter of the list that names a unit."""

    only = django_filters.ChoiceFilter(
        label="所选单位含下级", choices=[("1", "仅本级")], empty_label="所选单位含下级", method="by_only"
    )

    groups = {"单位": ("only",)}

    def by_only(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows  # the filters by unit ask for it
