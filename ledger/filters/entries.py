from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse_lazy
from django.utils.choices import BaseChoiceIterator
from django.utils.text import format_lazy

from accounts.models import Unit
from accounts.units.trees import units_q
from common.clock import today
from common.forms.fields import DateInput, RemoteSelect
from common.forms.filters import FilterForm, ListFilter, WholeNumberFilter, between, day_filter
from common.money import MAX_YUAN
from common.rows.keysets import Order
from common.sent.seeking import with_words
from enterprises.filters import FollowsMerges
from enterprises.models import Enterprise, KeyProject
from ledger.answering import ANSWERS, OURS, ours_q
from ledger.forms.fields import RemoteChoiceField
from ledger.lights import PRESSING, Colour
from ledger.models import Attachment, BulkRun, EntryEvent, EntrySource, Priority, ProblemEntry, Rating, SupportingUnit
from ledger.models.numbers import BY_NUMBER
from ledger.querysets import EntryQuerySet
from ledger.selectors.entries.lists import by_colour, due_q, list_choices
from ledger.selectors.entries.queues import QUEUES, queue_q
from ledger.states import Action, EntryState

STATES = [("open", "未化解（全部）"), ("resolved", "已化解（全部）"), *EntryState.choices]
GROUPS = {"open": EntryState.OPEN, "resolved": EntryState.RESOLVED}
LEDGERS = [("year", "本年度台账"), ("new", "本年登记"), ("carried", "历年结转")]
DUES = [
    ("1", "已逾期"),
    ("soon", "3 个工作日内到期"),
    ("long", "等待企业过久"),
    ("none", "未定期限"),
    ("unanswered", "待电话回访"),
]
MINE = [("1", "我经办的"), ("registered", "我登记的")]
YES_NO = [("1", "有"), ("0", "没有")]
MOST_DAYS = 36_500
SEARCH_COUNT = 1000


def choices_url(kind: str) -> Any:
    return format_lazy("{}?kind={}", reverse_lazy("enterprises:choices"), kind)


class RemoteFilter(django_filters.Filter):
    """One of many enterprises or projects; the page carries only the chosen one."""

    field_class = RemoteChoiceField


def choice(label: str, choices: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    words = {"invalid_choice": f"“{label}”里选的已经没有了，没有按它筛选"}
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=label, error_messages=words, **kwargs)


def at_least(label: str, field: str, lookup: str) -> django_filters.NumberFilter:
    """A bound in yuan."""
    widget = forms.NumberInput(attrs={"min": 0, "step": "any", "inputmode": "decimal"})
    bounds = {"min_value": 0, "max_value": MAX_YUAN, "decimal_places": 2}  # what the column itself can hold
    return django_filters.NumberFilter(label=label, field_name=field, lookup_expr=lookup, widget=widget, **bounds)


def days(label: str, method: str) -> WholeNumberFilter:
    return WholeNumberFilter(label=label, method=method, min_value=0, max_value=MOST_DAYS)


class Listed(BaseChoiceIterator):
    """The choices of a kind, asked for when the form is shown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from list_choices()[self.kind]

    def __len__(self) -> int:
        return len(list_choices()[self.kind])


@between("registered_on", "登记")
class EntryFilter(FollowsMerges, ListFilter[EntryQuerySet]):
    """The ledger's filters; each is a parameter of the address, so that any page can link to its rows."""

    state = choice("状态", STATES, method="by_state")
    workstream = choice("所属大事", Listed("workstream"))
    lead_unit = choice("牵头单位", Listed("unit"), method="by_unit")
    overdue = choice("时限", DUES, method="by_due")
    light = choice("灯色", Colour.choices, method="by_light")
    asof = django_filters.DateFilter(label="看哪天的台账", method="by_day", widget=DateInput)
    book = choice("年度台账", LEDGERS, method="by_ledger")
    category = choice("类别", Listed("category"))
    source = choice("来源", EntrySource.choices)
    priority = choice("缓急", Priority.choices)
    unit = choice("登记单位", Listed("unit"), method="by_unit")
    support = choice("协办单位", Listed("unit"), method="by_support")
    answerable = choice("责任单位", Listed("unit"), method="by_answerable")
    ours = choice("与本单位", OURS, method="by_ours")
    run = WholeNumberFilter(label="哪次批量办理（编号）", method="by_run", min_value=1)
    only = choice("所选单位含下级", [("1", "仅本级")], method="by_only")
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
    handler = django_filters.CharFilter(label="经办人姓名", method="by_person")
    registered_by = django_filters.CharFilter(label="登记人姓名", method="by_person")
    mine = choice("与我有关", MINE, method="by_mine")
    queue = choice("待办", list(QUEUES.items()), method="by_queue")
    happened = choice("办过的步骤", Action.choices, method="by_event")
    rating = choice("企业评价", Rating.choices)
    files = choice("附件", YES_NO, method="by_files")
    reopened = choice("重新打开过", YES_NO, method="by_reopened")
    amount_from = at_least("金额不少于（元）", "amount", "gte")
    amount_to = at_least("金额不多于（元）", "amount", "lte")
    age_from = days("登记满多少天", "older")
    age_to = days("登记不超过多少天", "younger")
    deadline_from = day_filter("deadline__gte", "期限不早于")
    deadline_to = day_filter("deadline__lte", "期限不晚于")
    completed_from = day_filter("completed_on__gte", "办结不早于")
    completed_to = day_filter("completed_on__lte", "办结不晚于")
    closed_from = day_filter("closed_on__gte", "销号不早于")
    closed_to = day_filter("closed_on__lte", "销号不晚于")

    sorts = {
        "number": "numbered",
        "registered": "registered_on",
        "deadline": "deadline",
        "light": "pressing",
        "state": "state",
    }
    expressions = {"numbered": BY_NUMBER, "pressing": PRESSING}
    default_sort = ("-registered_on", "-pk")
    day: Any = None
    main = ("q", "state", "workstream", "lead_unit", "overdue")
    groups = {
        "进展": ("light", "priority", "queue", "happened", "reopened", "rating", "files"),
        "单位和人": ("answerable", "unit", "support", "ours", "only", "mine", "handler", "registered_by"),
        "问题": ("enterprise", "project", "category", "source"),
        "金额和天数": ("amount_from", "amount_to", "age_from", "age_to"),
        "台账": ("book", "asof", "run"),
        "日期": (
            *("from", "to", "deadline_from", "deadline_to"),
            *("completed_from", "completed_to", "closed_from", "closed_to"),
        ),
    }

    class Meta:
        model = ProblemEntry
        fields: list[str] = []
        form = FilterForm

    @property
    def order(self) -> Order:
        """What is overdue comes with the latest first, unless another order is asked for."""
        unasked = str(self.data.get("sort", "")).lstrip("-") not in self.sorts
        return Order("deadline", descending=False) if unasked and self.data.get("overdue") == "1" else super().order

    @property
    def count_limit(self) -> int:
        """How far the list counts; what is found by words takes longer to count."""
        words = self.form.cleaned_data.get("q") if self.form.is_valid() else ""
        return min(settings.LIST_COUNT_LIMIT, SEARCH_COUNT) if words else settings.LIST_COUNT_LIMIT

    def filter_queryset(self, queryset: EntryQuerySet) -> EntryQuerySet:
        """With `asof`, the ledger as it stood at the end of that day: state and unit are those of then.

        The rows are those that the list without a day shows; who comes from the rates of that day has chosen what the
        unit answered for then (`ours`).
        """
        self.day = self.form.cleaned_data.get("asof")
        if self.day:
            queryset = queryset.as_of(self.day)
        return super().filter_queryset(queryset)

    def by_day(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows  # filter_queryset has seen to it, before the state is asked for

    def by_ledger(self, rows: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return rows.in_ledger_of(self.day or today(), value)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(**{f"{'state_then' if self.day else 'state'}__in": GROUPS.get(value, {value})})

    def by_run(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """The entries that one bulk operation did something with, as far as one sees them; of reminders those that
        reached this person, where some did."""
        made = BulkRun.objects.filter(pk=value).first()
        done = made.done if made else []
        mine = [line for line in done if self.user.pk in line.get("told", [])]
        return rows.filter(pk__in=[line["entry"] for line in mine or done])

    def by_only(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows  # the filters by unit ask for it

    def of_unit(self, field: str, value: str) -> Q:
        """A unit with those below it, or alone where `only` asks for that."""
        return units_q(field, int(value), only=bool(self.form.cleaned_data.get("only")))

    def by_unit(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(self.of_unit(name, value))

    def by_answerable(self, rows: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        if self.day:
            return rows.filter(self.of_unit("unit_then", value))
        return rows.answered_by(Unit.objects.filter(self.of_unit("pk", value)).values("pk"))

    def by_ours(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Whoever sees everything answers for all, as on the pages that link here; with `asof` only what a unit
        answered for then is known."""
        if self.user.sees_all:
            return rows if value == ANSWERS else rows.none()
        if self.day:
            return rows.filter(unit_then__in=self.user.scope_units()) if value == ANSWERS else rows.none()
        return rows.filter(ours_q(value, self.user.scope_units()))

    def by_support(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        parts = SupportingUnit.objects.filter(self.of_unit("unit", value), entry=OuterRef("pk"))
        return rows.filter(Exists(parts))

    def by_event(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Exists(EntryEvent.objects.filter(entry=OuterRef("pk"), action=value)))

    def by_files(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        has = Exists(Attachment.objects.filter(entry=OuterRef("pk")))
        return rows.filter(has if value == "1" else ~has)

    def by_reopened(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(reopen_count__gt=0) if value == "1" else rows.filter(reopen_count=0)

    def older(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        return rows.filter(registered_on__lte=today() - timedelta(days=int(value)))

    def younger(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        return rows.filter(registered_on__gte=today() - timedelta(days=int(value)))

    def by_due(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(due_q(value, today()))

    def by_light(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(by_colour(value, today()))

    def by_person(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, f"{name}__name", f"{name}__pinyin")

    def by_mine(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(handler=self.user) if value == "1" else Q(registered_by=self.user))

    def by_queue(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(queue_q(value, self.user, today()))
