"""Lists that filter, search and sort by what the address says (django-filter)."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, Generic, TypeVar

import django_filters
from django import forms
from django.db.models import QuerySet

from common.forms.fields import DateInput, StyledFormMixin, scope_choices
from common.rows.keysets import Order

Rows = TypeVar("Rows", bound=QuerySet)
DATES = "日期"


class FilterForm(StyledFormMixin, forms.Form):
    """`own`: the fields, made for this form alone, so that they need not be copied once more."""

    def __init__(self, *args: Any, own: dict[str, forms.Field], **kwargs: Any) -> None:
        # a page may hold another form with a field of the same name: a label must find its own
        super().__init__(*args, **{"auto_id": "filter_%s", **kwargs})
        self.fields = own
        self.style()


class Lent(dict[str, django_filters.Filter]):
    """The filters of a class as a FilterSet takes its own: by a deep copy, which would go through every choice of every
    list on every request. Only what a FilterSet writes into is copied."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, django_filters.Filter]:
        return {name: own_filter(one) for name, one in self.items()}


def own_filter(shared: django_filters.Filter) -> django_filters.Filter:
    own = copy(shared)
    vars(own).pop("_field", None)  # made once by whoever asked the class for it: its choices would be those of that day
    own.extra = dict(shared.extra)
    own.method = shared.method  # what calls it is tied to its filter
    return own


class ListFilter(django_filters.FilterSet, Generic[Rows]):
    """A FilterSet that starts from the rows its user may see; `Rows` is the queryset of its model.

    Subclasses set `Meta.model`, `Meta.fields = []` and `Meta.form = FilterForm`, declare filters, and list in
    `sorts` the columns people may sort by: `{"deadline": "deadline"}`; the primary key always breaks ties.
    A column that is worked out has its expression in `expressions`, which joins the rows when they are sorted by it.
    `main` names the filters that stay in sight, the search and at most four; the rest go under 更多筛选, in `groups`:
    heading → names. Dates need no group: those named nowhere stand in the last, 日期.
    """

    q = django_filters.CharFilter(label="搜索", method="search", widget=forms.SearchInput)
    sorts: dict[str, str] = {}
    expressions: dict[str, Any] = {}
    default_sort: tuple[str, ...] = ("-pk",)
    main: tuple[str, ...] = ("q",)
    groups: dict[str, tuple[str, ...]] = {}

    def __init__(self, data: Any, queryset: Any, *, user: Any) -> None:
        self.user = user
        column = self.sorts.get(str((data or {}).get("sort", "")).lstrip("-"), "")
        if column in self.expressions:
            queryset = queryset.annotate(**{column: self.expressions[column]})
        vars(self)["base_filters"] = Lent(type(self).base_filters)
        super().__init__(data or {}, queryset=queryset.visible_to(user))
        scope_choices(self.form.fields, user)
        for form_field in self.form.fields.values():
            if isinstance(form_field.widget, forms.Select) and hasattr(form_field, "empty_label"):
                name_empty_choice(form_field)
            form_field.widget.attrs.setdefault("aria-label", form_field.label)
            form_field.widget.attrs.setdefault("placeholder", form_field.label)

    def get_form_class(self) -> Callable[..., FilterForm]:
        own = {name: one.field for name, one in self.filters.items()}
        return partial(self._meta.form, own=own)

    def search(self, queryset: Any, name: str, words: str) -> Any:
        return queryset.search(words.strip()[:100]) if words.strip() else queryset

    @property
    def order(self) -> Order:
        """The order asked for, as one column and the primary key, for paging by key."""
        wanted = str(self.data.get("sort", ""))
        if wanted.lstrip("-") not in self.sorts:
            wanted, column = self.default_sort[0], self.default_sort[0].lstrip("-")
        else:
            column = self.sorts[wanted.lstrip("-")]
        return Order(column, descending=wanted.startswith("-"))

    @property
    def keyed(self) -> QuerySet:
        """The filtered rows in that order, all of them."""
        return self.order.sorted(self.qs)

    @property
    def rows(self) -> Rows:
        """The filtered rows in the order asked for; a filter that makes no sense shows all, and says so."""
        wanted = str(self.data.get("sort", ""))
        column = self.sorts.get(wanted.lstrip("-"))
        if not column:
            return self.qs.order_by(*self.default_sort)
        sign = "-" if wanted.startswith("-") else ""
        return self.qs.order_by(f"{sign}{column}", f"{sign}pk")

    @property
    def in_force(self) -> dict[str, Any]:
        """What the rows are filtered by: a filter that makes no sense is left out, the others hold."""
        self.form.is_valid()
        return getattr(self.form, "cleaned_data", {})

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force, as (name, label, words), for removal one by one."""
        shown, given = [], self.in_force
        for name, form_field in self.form.fields.items():
            value = given.get(name)
            if value in (None, "", []):
                continue
            choices = dict(getattr(form_field, "choices", []) or []) if isinstance(value, str) else {}
            shown.append({"name": name, "label": form_field.label or "", "words": str(choices.get(value, value))})
        return shown

    @property
    def words(self) -> str:
        """The same in one line, for the export and its log: “状态：办理中；搜索：拖欠”."""
        return "；".join(f"{chip['label']}：{chip['words']}" for chip in self.chips)

    @property
    def search_field(self) -> Any:
        return self.form["q"]

    @property
    def main_fields(self) -> list[Any]:
        return [self.form[name] for name in self.main if name != "q"]

    @property
    def more_groups(self) -> list[tuple[str, list[Any]]]:
        """The filters under 更多筛选, as (heading, fields)."""
        grouped = [(heading, [self.form[name] for name in names]) for heading, names in self.groups.items()]
        named = {name for names in (self.main, *self.groups.values()) for name in names}
        left = [self.form[name] for name in self.form.fields if name not in named]
        return [*grouped, *([(DATES, visible)] if (visible := [one for one in left if not one.is_hidden]) else [])]

    @property
    def hidden_fields(self) -> list[Any]:
        """What a link narrows the list to, taken off by its chip; nobody chooses it here."""
        return [bound for bound in self.form if bound.is_hidden]

    @property
    def sheet_in_force(self) -> int:
        """How many filters are in force beside the search, as the phone's button says."""
        return sum(chip["name"] != "q" for chip in self.chips)

    @property
    def more_in_force(self) -> list[tuple[str, str]]:
        """The filters under 更多筛选 that the address sets, as they stand there."""
        names = [name for name in self.form.fields if name not in self.main]
        return [(name, self.data[name]) for name in names if self.data.get(name)]


Filters = TypeVar("Filters", bound=ListFilter)


def name_empty_choice(form_field: Any) -> None:
    """“All of them” carries the filter's own name, so that the bar needs no labels."""
    form_field.empty_label = form_field.label
    if not isinstance(form_field, forms.ModelChoiceField):
        # a copied field's choices still ask the field they were copied from for its empty label
        form_field.choices = [choice for choice in form_field.choices if choice[0] != ""]


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


def day_filter(lookup: str, label: str) -> django_filters.DateFilter:
    """A date bound, e.g. `day_filter("happened_on__gte", "从")`."""
    field_name, expr = lookup.rsplit("__", 1)
    return django_filters.DateFilter(field_name=field_name, lookup_expr=expr, label=label, widget=DateInput)


def between(field: str, day: str = "") -> Callable[[type[Filters]], type[Filters]]:
    """Adds the bounds `from` and `to` of a date; `from` is a keyword, so no class attribute can be called that.

    `day` names the date where the list has bounds of others too: 登记不早于.
    """

    def add(filters: type[Filters]) -> type[Filters]:
        filters.base_filters["from"] = day_filter(f"{field}__gte", f"{day}不早于" if day else "起始日期")
        filters.base_filters["to"] = day_filter(f"{field}__lte", f"{day}不晚于" if day else "截止日期")
        return filters

    return add
