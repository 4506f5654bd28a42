from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.choices import BaseChoiceIterator
from django.utils.text import format_lazy

from common.clock import today
from common.fields import RemoteSelect
from common.filters import FilterForm, ListFilter, between
from enterprises.models import Enterprise, KeyProject
from ledger.forms.fields import RemoteChoiceField
from ledger.models import EntrySource, Priority, ProblemEntry
from ledger.selectors.entries import QUEUES, due_q, list_choices, queue_q
from ledger.states import EntryState

STATES = [("open", "未化解（全部）"), ("resolved", "已化解（全部）"), *EntryState.choices]
GROUPS = {"open": EntryState.OPEN, "resolved": EntryState.RESOLVED}
DUES = [
    ("1", "已逾期"),
    ("soon", "3 个工作日内到期"),
    ("none", "未定期限"),
    ("unanswered", "待电话回访（5 个工作日未答复）"),
]
MINE = [("1", "我经办的"), ("registered", "我登记的")]


def choices_url(kind: str) -> Any:
    return format_lazy("{}?kind={}", reverse_lazy("enterprises:choices"), kind)


class RemoteFilter(django_filters.Filter):
    """One of many enterprises or projects; the page carries only the chosen one."""

    field_class = RemoteChoiceField


def choice(label: str, choices: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=label, **kwargs)


class Listed(BaseChoiceIterator):
    """The choices of a kind, asked for when the form is shown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from list_choices()[self.kind]

    def __len__(self) -> int:
        return len(list_choices()[self.kind])


@between("registered_on")
class EntryFilter(ListFilter):
    """The ledger's filters; each is a parameter of the address, so that any page can link to its rows."""

    state = choice("状态", STATES, method="by_state")
    workstream = choice("所属大事", Listed("workstream"))
    lead_unit = choice("牵头单位", Listed("unit"))
    overdue = choice("时限", DUES, method="by_due")
    category = choice("类别", Listed("category"))
    source = choice("来源", EntrySource.choices)
    priority = choice("缓急", Priority.choices)
    unit = choice("登记单位", Listed("unit"))
    enterprise = RemoteFilter(
        label="企业",
        queryset=Enterprise.objects.all(),
        widget=RemoteSelect(url=choices_url("enterprise")),
    )
    project = RemoteFilter(
        label="重点项目",
        queryset=KeyProject.objects.all(),
        widget=RemoteSelect(url=choices_url("project")),
    )
    handler = django_filters.CharFilter(label="经办人姓名", method="by_handler")
    mine = choice("与我有关", MINE, method="by_mine")
    queue = choice("待办", list(QUEUES.items()), method="by_queue")

    sorts = {
        "number": "number",
        "registered": "registered_on",
        "deadline": "deadline",
        "state": "state",
        "enterprise": "enterprise__name",
    }
    default_sort = ("-registered_on", "-pk")
    main = ("q", "state", "workstream", "lead_unit", "overdue")

    class Meta:
        model = ProblemEntry
        fields: list[str] = []
        form = FilterForm

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state__in=GROUPS.get(value, {value}))

    def by_due(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(due_q(value, today()))

    def by_handler(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(handler__name__icontains=words) | Q(handler__pinyin__contains=words.casefold()))

    def by_mine(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(handler=self.user) if value == "1" else Q(registered_by=self.user))

    def by_queue(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(queue_q(value, self.user))
