"""One page of the records behind a figure, with the figure again at their head."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from common.rows.keysets import CappedCount, Counting, KeysetPage, keyset_page
from reports.closing.notes import HERE, Where, frozen_note, rate_note
from reports.figures.blank import NO_DATA
from reports.figures.sequels import SEQUELS
from reports.figures.words import NOT_COUNTED, UNKNOWN
from reports.records.addresses import sequel_links
from reports.records.lists import RecordList
from reports.records.numbers import Number, few

COUNTED = "counted"


@dataclass(frozen=True)
class Cell:
    label: str
    text: str
    is_number: bool
    is_answer: bool = False  # 是 or 否, which say nothing without the label


@dataclass(frozen=True)
class Line:
    url: str | None
    cells: list[Cell]


@dataclass(frozen=True)
class RecordPage:
    """What the page shows. `kept` says, where the number was not counted from the rows, as of when it stands.
    `elsewhere` is how many records the number counts that another unit has taken over since."""

    found: RecordList
    page: KeysetPage
    lines: list[Line]
    number: Number
    kept: str
    elsewhere: int
    note: str  # of a closed period: what it was signed with, and what moved since
    sequels: list[tuple[str, str]] = field(default_factory=list)  # what became of what is counted, and its records

    @property
    def figure(self) -> str:
        return NO_DATA if self.found.is_blank else self.number.words

    @property
    def heading(self) -> str:
        """“化解困难 · 2023年上半年 · 五好园区 · 31 个”"""
        found = self.found
        return " · ".join([found.label, found.period.label, *found.told.names, *found.narrowed, self.figure])


def record_page(found: RecordList, params: Mapping[str, str]) -> RecordPage:
    """The page an address asks for: three statements, however many records there are.

    What was told, the keys with the count and the sum of no more than `few()` rows, the rows of the page.
    """
    kept, head = found.told.values, found.head
    is_long = kept is not None and head.is_long(kept)
    length = head.length(kept) if kept is not None and is_long else None
    known = None if length is None else min(length, few() + 1)
    page = keyset_page(
        params, found.rows, found.order, counting=Counting(few(), known, {} if is_long else totals_of(found))
    )
    counted = len_counted(found, page)
    if not found.is_counted:
        number, stands = Number(0, NOT_COUNTED), UNKNOWN
    elif not is_long and counted <= few():
        number, stands = head.counted(found.counted, counted, page.totals), ""
    elif kept is not None:
        number, stands = head.kept(kept), as_of(found)
    else:
        number, stands = head.in_full(found.counted), ""
    elsewhere = 0 if is_long or counted > few() or found.is_blank else counted - page.count
    return RecordPage(
        found,
        page,
        lines(found, page.object_list),
        number,
        stands,
        elsewhere,
        note(found, number),
        sequel_links(found.told.sequels, found.period, found.place.cell),
    )


def totals_of(found: RecordList) -> dict[str, Any]:
    """What rides on the statement of the keys; how many the number counts where the list may show fewer."""
    apart = {} if found.user.sees_all else {COUNTED: CappedCount(found.counted, few())}
    return found.head.totals(found.counted) | apart


def len_counted(found: RecordList, page: KeysetPage) -> int:
    """How many records the number counts, no further than the list does."""
    if found.user.sees_all or COUNTED in page.totals or page.object_list:
        return page.totals.get(COUNTED, page.count)
    return found.counted.order_by()[: few() + 1].count()  # an empty list carries no totals


def as_of(found: RecordList) -> str:
    """A closed period's value is the signed one and what moved since; an open one's was counted today."""
    if found.told.is_closed:
        return "按结账时的数字和此后的调整"
    return f"截至 {timezone.localtime(found.told.moment):%H:%M} 统计"


def note(found: RecordList, number: Number) -> str:
    """What a closed period was signed with here, and what moved since."""
    if not found.told.is_closed:
        return ""
    if not found.is_counted:
        return f"{UNKNOWN}，{HERE}"
    if found.code in SEQUELS:
        return ""  # not signed
    where = Where.of(found.place)
    if number.counts:
        return rate_note(found.code, found.period, found.user, where, number.counts)
    return frozen_note(found.code, found.period, found.user, where, number.value)


def lines(found: RecordList, keys: Sequence[Any]) -> list[Line]:
    """The rows of these keys, in their order."""
    rows = found.every.filter(pk__in=keys).select_related(*found.listing.related) if keys else ()
    by_key = {row.pk: row for row in rows}
    return told(found, (by_key[key] for key in keys if key in by_key))


def told(found: RecordList, rows: Iterable[Any]) -> list[Line]:
    """Rows as the page prints them."""
    listing = found.listing
    return [Line(listing.url(row), [cell(one.label, one.value(row)) for one in listing.columns]) for row in rows]


def cell(label: str, value: Any) -> Cell:
    """A value as the page prints it; the Excel takes the value itself."""
    match value:
        case None | "":
            return Cell(label, "—", False)
        case bool():
            return Cell(label, "是" if value else "否", False, True)
        case date():
            return Cell(label, date_format(value, "Y年n月j日"), False)
        case Decimal():
            return Cell(label, f"{value:,.2f}", True)
        case int():
            return Cell(label, str(value), True)
        case _:
            return Cell(label, str(value), False)
