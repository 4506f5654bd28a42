import django_filters
from django.db.models import QuerySet

from accounts.units.unit_lists import UnitFilter, UnitListFilter
from common.forms.filters import FilterForm, between
from ledger.models import Escalation, LadderStep
from ledger.models.numbers import in_order


@between("day")
class EscalationFilter(UnitListFilter):
    step = django_filters.ModelChoiceFilter(label="哪一级", queryset=LadderStep.objects.all())
    unit = UnitFilter("责任单位")
    outcome = django_filters.ChoiceFilter(
        label="结果", choices=[("told", "已告知"), ("order", "签发了督办单"), ("passed", "略过")], method="by_outcome"
    )

    main = ("q", "step", "unit", "outcome")
    sorts = {"day": "day", "entry": "numbered", "unit": "unit", "step": "after_days"}
    expressions = {"numbered": in_order("entry__number")}
    default_sort = ("-pk",)

    class Meta:
        model = Escalation
        fields: list[str] = []
        form = FilterForm

    def by_outcome(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "order":
            return rows.filter(order__isnull=False)
        return rows.filter(told=value == "told")
