from typing import Any

import django_filters

from common.filters import FilterForm, ListFilter
from ledger.models import DeadlineShift
from ledger.querysets import ShiftQuerySet


class ShiftFilter(ListFilter[ShiftQuerySet]):
    """Deadlines that a change moved, by the change (`?version=`, `?rule_change=`), the entry or the unit."""

    version = django_filters.NumberFilter(label="日历版本")
    rule_change = django_filters.NumberFilter(label="规则修改")

    sorts = {"was": "was", "now": "now", "entry": "entry__number"}
    default_sort = ("-pk",)
    main = ("q",)

    class Meta:
        model = DeadlineShift
        fields: list[str] = []
        form = FilterForm

    def search(self, queryset: ShiftQuerySet, name: str, words: str) -> Any:
        return queryset.search(words.strip()[:100])
