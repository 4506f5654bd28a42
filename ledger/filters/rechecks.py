from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.forms.filters import FilterForm
from ledger.models import Recheck, RecheckDraw, Verdict
from ledger.models.numbers import in_order
from ledger.moves.table import MOVES
from ledger.selectors.rechecks import waiting_for_q
from ledger.services.checking.rechecks import SET_ASIDE_BY

STANDINGS = [("mine", "等我复核"), ("waiting", "待复核"), *Verdict.choices]


class RecheckFilter(UnitListFilter):
    draw = django_filters.ModelChoiceFilter(label="抽查期", queryset=RecheckDraw.objects.all(), to_field_name="period")
    standing = django_filters.ChoiceFilter(label="结论", choices=STANDINGS, empty_label="结论", method="by_standing")
    unit = UnitFilter("责任单位")
    kind = django_filters.ChoiceFilter(
        label="怎样撤出",
        choices=[(action.value, action.label) for action in MOVES if action in SET_ASIDE_BY],
        empty_label="怎样撤出",
        field_name="event__action",
    )

    main = ("q", "draw", "standing", "unit", "kind")
    sorts = {"number": "numbered", "unit": "unit__order", "judged": "judged_on", "draw": "draw__starts_on"}
    expressions = {"numbered": in_order("entry__number")}
    default_sort = ("-draw__starts_on", "unit__order", "pk")

    class Meta:
        model = Recheck
        fields: list[str] = []
        form = FilterForm

    def by_standing(self, rows: QuerySet, name: str, value: str) -> Any:
        if value == "mine":
            return rows.filter(waiting_for_q(self.user))
        return rows.filter(verdict="" if value == "waiting" else value)
