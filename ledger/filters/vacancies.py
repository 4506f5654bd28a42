import django_filters

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.forms.filters import FilterForm
from ledger.models import Vacancy, VacancyKind
from ledger.querysets import VacancyQuerySet


class VacancyFilter(UnitListFilter[VacancyQuerySet]):
    kind = django_filters.ChoiceFilter(label="类别", choices=VacancyKind.choices, empty_label="类别")
    unit = UnitFilter("责任单位")

    main = ("q", "kind", "unit")
    sorts = {"kind": "kind", "unit": "unit", "since": "found_on"}
    default_sort = ("kind", "-found_on", "pk")

    class Meta:
        model = Vacancy
        fields: list[str] = []
        form = FilterForm
