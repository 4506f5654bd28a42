from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.clock import today
from common.forms.filters import FilterForm, between
from ledger.models import SupervisionOrder

WAITING = Q(replied_on=None, ended_on=None)
STANDINGS = {
    "unsigned": ("待签收", WAITING & Q(acknowledged_on=None)),
    "signed": ("待回复", WAITING & Q(acknowledged_on__isnull=False, returned_on=None)),
    "returned": ("退回重报", WAITING & Q(returned_on__isnull=False)),
    "open": ("未回复（全部）", WAITING),
    "replied": ("已回复（全部）", Q(replied_on__isnull=False)),
    "waiting": ("待认可", Q(replied_on__isnull=False, accepted_on=None)),
    "accepted": ("已认可", Q(accepted_on__isnull=False)),
    "ended": ("已了结", Q(ended_on__isnull=False)),
}


@between("issued_on")
class OrderFilter(UnitListFilter):
    standing = django_filters.ChoiceFilter(
        label="进展",
        choices=[(key, label) for key, (label, _) in STANDINGS.items()],
        empty_label="进展",
        method="by_standing",
    )
    late = django_filters.ChoiceFilter(
        label="时限",
        choices=[("1", "逾期未回复"), ("0", "没有逾期"), ("was", "逾期回复")],
        empty_label="时限",
        method="by_late",
    )
    unit = UnitFilter("被督办单位")

    main = ("q", "standing", "late", "unit")
    sorts = {"number": "pk", "issued": "issued_on", "deadline": "deadline", "unit": "unit"}
    default_sort = ("-issued_on", "-pk")

    class Meta:
        model = SupervisionOrder
        fields: list[str] = []
        form = FilterForm

    def by_standing(self, rows: QuerySet, name: str, value: str) -> Any:
        return rows.filter(STANDINGS[value][1])

    def by_late(self, rows: QuerySet, name: str, value: str) -> Any:
        if value == "was":
            return rows.filter(replied_on__gt=F("deadline"))
        late = WAITING & Q(deadline__lt=today())
        return rows.filter(late) if value == "1" else rows.exclude(late | Q(replied_on__gt=F("deadline")))
