from typing import Any

from common.forms.filters import FilterForm, ListFilter, WholeNumberFilter
from ledger.models import DeadlineShift
from ledger.models.numbers import in_order
from ledger.querysets import ShiftQuerySet


class ShiftFilter(ListFilter[ShiftQuerySet]):
    """Deadlines that a change moved, by the change (`?version=`, `?rule_change=`), the entry or the unit."""

    version = WholeNumberFilter(label="日历版本")
    rule_change = WholeNumberFilter(label="规则修改")

    sorts = {"was": "was", "now": "now", "entry": "numbered"}
    expressions = {"numbered": in_order("entry__number")}
    default_sort = ("-pk",)
    main = ("q",)
    groups = {"因何变动": ("version", "rule_change")}

    class Meta:
        model = DeadlineShift
        fields: list[str] = []
        form = FilterForm

    def search(self, queryset: ShiftQuerySet, name: str, words: str) -> Any:
        return queryset.search(words.strip()[:100])
