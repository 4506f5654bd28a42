"""Paging by key: each page begins where the last one ended, so the deepest costs what the first does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateField, F, Func, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from common.sent.numbers import whole_number
from common.web.pages import PAGE_SIZE

END = "end"
GAP = "~"
PLACES = frozenset({"page", "after", "before", "at"})  # the parameters of an address that say where one is in a list


class CappedCount(Subquery):
    """How many rows there are, counting no further than one beyond the limit; rides on another statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet, limit: int) -> None:
        super().__init__(rows.order_by().values("pk")[: limit + 1])


class CappedSum(Subquery):
    """The sum of a column over no more rows than one beyond the limit."""

    template = "(SELECT SUM(summed.value) FROM (%(subquery)s) AS summed)"

    def __init__(self, rows: QuerySet, column: str, limit: int) -> None:
        field = rows.model._meta.get_field(column)
        super().__init__(rows.order_by().values(value=F(column))[: limit + 1], output_field=field)


def leading(rows: QuerySet, number: int, *order: Any) -> QuerySet:
    """The first rows in an order, found by an index alone before they are read whole."""
    first = rows.order_by(*order).values("pk")[:number]
    return rows.model._default_manager.filter(pk__in=first).order_by(*order)


def count_text(count: int, limit: int) -> str:
    return f"{limit}+" if count > limit else str(count)


class Beyond(Func):
    """Whether a row stands after (or before) a place in the order: one comparison of rows, so that an index serves."""

    output_field = BooleanField()
    function = ""
    template = "(%(expressions)s)"

    def __init__(self, key: Any, pk: Any, *place: Any, sign: str) -> None:
        super().__init__(key, pk, *place)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> Any:
        parts = [compiler.compile(one) for one in self.source_expressions]
        key, pk, value, number = (sql for sql, _ in parts)
        return f"({key}, {pk}) {self.sign} ({value}, {number})", [one for _, params in parts for one in params]


@dataclass(frozen=True)
class Order:
    """One column, then the primary key, both in one direction; what has no date comes after every date."""

    column: str
    descending: bool

    def key(self, rows: QuerySet) -> Any:
        annotated = rows.query.annotations.get(self.column)
        if annotated is not None:
            return F(self.column)
        model: Any = rows.model
        nullable, one = False, None
        for name in self.column.split("__"):
            one = model._meta.pk if name == "pk" else model._meta.get_field(name)
            nullable, model = nullable or one.null, one.related_model
        if not nullable:
            return F(self.column)
        return Coalesce(self.column, Value(date.max if isinstance(one, DateField) else "", output_field=one))

    def sorted(self, rows: QuerySet, *, backwards: bool = False) -> QuerySet:
        """The rows in this order, or its reverse."""
        sign = "-" if self.descending != backwards else ""
        return rows.annotate(sort_key=self.key(rows)).order_by(f"{sign}sort_key", f"{sign}pk")

    def beyond(self, rows: QuerySet, place: str, *, backwards: bool) -> QuerySet:
        """Those after a place of an address, or before it.

        Raises:
            ValueError: it is no place of this order.
        """
        text, gap, pk = place.rpartition(GAP)
        number = whole_number(pk)
        if not gap or number is None:
            raise ValueError(place)
        field = rows.query.annotations["sort_key"].output_field
        value = Value(field.to_python(text), output_field=field)
        sign = "<" if self.descending != backwards else ">"
        return rows.filter(Beyond("sort_key", "pk", value, Value(number), sign=sign))


@dataclass(frozen=True)
class Counting:
    """How far a list is counted (`limit`), how many rows it is `known` to have, and what else is counted beside it:
    `totals` are subqueries that ride on the statement of the page."""

    limit: int | None = None
    known: int | None = None
    totals: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class KeysetPage:
    """One page; `object_list` holds the keys, which the caller may replace by what it shows of them."""

    object_list: Sequence[Any]
    count: int
    limit: int
    first: int | None  # the number of the first row, where it is known
    before: str = ""  # where the previous page ends; empty on the first page
    after: str = ""  # where the next page begins; empty on the last page
    totals: Mapping[str, Any] = field(default_factory=dict)  # what was asked for beside the count; none of no rows

    is_keyset = True

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    @property
    def paginator(self) -> "KeysetPage":
        return self

    @property
    def count_text(self) -> str:
        return count_text(self.count, self.limit)

    @cached_property
    def size(self) -> int:
        return len(self.object_list)

    @property
    def last(self) -> int | None:
        return self.first + self.size - 1 if self.first else None

    @property
    def next_at(self) -> int | None:
        return self.first + self.size if self.first else None

    @property
    def previous_at(self) -> int | None:
        return max(self.first - PAGE_SIZE, 1) if self.first else None


COUNT_ONLY = Counting()


def keyset_page(
    params: Mapping[str, str],
    rows: QuerySet,
    order: Order,
    *,
    size: int = PAGE_SIZE,
    counting: Counting = COUNT_ONLY,
) -> KeysetPage:
    """The page that an address asks for by `after` or `before`; one that isn't there is the first.

    One narrow statement: the keys of the page, and the count as far as the list counts, unless the caller knows it.
    """
    limit = settings.LIST_COUNT_LIMIT if counting.limit is None else counting.limit
    asked = {**({"in_all": CappedCount(rows, limit)} if counting.known is None else {}), **counting.totals}
    after, before, at = (params.get(name, "") for name in ("after", "before", "at"))
    found = asked_for(rows, order, after, before, size, asked)
    if not found and (after or before):
        after = before = at = ""
        found = asked_for(rows, order, after, before, size, asked)
    more, keys = len(found) > size, found[:size]
    if before:
        keys.reverse()
    is_first, is_last = (not more, before == END) if before else (not after, not more)
    told = dict(zip(asked, keys[0][2:], strict=True)) if keys else {}
    count = told.pop("in_all", 0) if counting.known is None else counting.known
    first = 1 if is_first else whole_number(at)
    if before == END and count <= limit:
        first = count - len(keys) + 1
    return KeysetPage(
        [key[1] for key in keys],
        count,
        limit,
        first if keys else None,
        "" if is_first or not keys else place_of(keys[0]),
        "" if is_last or not keys else place_of(keys[-1]),
        told,
    )


def asked_for(
    rows: QuerySet, order: Order, after: str, before: str, size: int, asked: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """One key more than the page holds, in the direction asked for; none for a place of another order."""
    found = order.sorted(rows, backwards=bool(before))
    try:
        if after or before not in ("", END):
            found = order.beyond(found, after or before, backwards=bool(before))
    except (ValueError, ValidationError):
        return []
    return list(found.values_list("sort_key", "pk").annotate(**asked)[: size + 1])


def place_of(key: tuple[Any, ...]) -> str:
    return f"{key[0]}{GAP}{key[1]}"
