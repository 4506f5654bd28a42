"""The records behind a figure: scoped rows, and the figure again at their head, counted from these very rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When
from django.utils.formats import date_format

from accounts.models import Unit, User, WorkGroup
from common.money import in_wan
from common.periods import AnyPeriod
from enterprises.models import Industry, Workstream
from ledger.models import ProblemCategory, ProblemEntry, RecoveryKind
from ledger.states import EntryState
from reports import balance
from reports.balance_records import OPENED, entries_behind, net
from reports.closing.notes import Where, frozen_note, rate_note
from reports.indicators import CALM, INDICATORS, Indicator
from reports.listings import LISTINGS, RATED, Listing
from reports.rates import percent_text
from reports.sources import same
from reports.tallies import calm_cells

RATES = {"resolution_rate": "化解率", "completion_rate": "办结率"}
RATE_RULE = (
    "截至当日登记的问题，不予受理和重复的不计。办结率：已办结、已确认、已销号的占比；"
    "化解率：已确认、已销号的占比，企业确认才算化解。状态取自当日的台账事件，单位按当日责任单位"
)
UNSTATED = 0  # the number that stands for “none stated on the record” in an address
PARTS = {
    "resolved": ("已化解", Q(state_then__in=EntryState.RESOLVED)),
    "completed": ("已办结", Q(state_then__in=EntryState.DONE)),
    "waiting": ("待企业确认", Q(state_then=EntryState.COMPLETED)),
    "open": ("办理中", ~Q(state_then__in=EntryState.DONE)),
    "unresolved": ("未化解", ~Q(state_then__in=EntryState.RESOLVED)),
}


@dataclass(frozen=True)
class Place:
    """Which cell of a figure: a matter, a unit, a kind of money, a part or a category of a rate; empty means all.

    A matter or unit of None is all; `UNSTATED` are the records that state none.
    """

    workstream: int | None = None
    unit: int | None = None
    kind: str = ""
    part: str = ""
    category: int | None = None
    officer: int | None = None
    group: int | None = None
    industry: int | None = None

    @property
    def split(self) -> dict[str, int]:
        """The dimension asked for beside matter and unit (`reports.shares`)."""
        found = {"officer": self.officer, "group": self.group, "industry": self.industry}
        return {name: key for name, key in found.items() if key is not None}


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
class RecordList:
    """What the records page shows. `figure` is the number in words, `exact` the same to the 分 where that differs."""

    code: str
    label: str
    period: AnyPeriod
    places: list[str]
    figure: str
    exact: str
    definition: str
    rows: QuerySet[Any]
    listing: Listing
    note: str = ""  # of a closed period: what it was signed with, and what moved since

    @property
    def heading(self) -> str:
        """“化解困难 · 2023年上半年 · 五好园区 · 31 个”"""
        return " · ".join([self.label, self.period.label, *self.places, self.figure])

    def lines(self, rows: Iterable[Any]) -> list[Line]:
        return [
            Line(self.listing.url(row), [cell(one.label, one.value(row)) for one in self.listing.columns])
            for row in rows
        ]


class NoSuchFigureError(LookupError):
    """No figure has this code, or this person is shown no such figure."""


def records(code: str, period: AnyPeriod, user: User, place: Place, today: date) -> RecordList:
    """The records behind a figure or one cell of it.

    Raises:
        NoSuchFigureError: an unknown code, or a figure that is of no unit asked for by someone who sees one only.
    """
    if code in RATES:
        return rated_records(code, period, user, place, today)
    if code in OPENED:
        return balance_list(code, period, user, place)
    one = INDICATORS.get(code)
    if one is None or (one is CALM and not user.sees_all):
        raise NoSuchFigureError(code)
    rows = one.records(period, user, workstream=place.workstream, unit=place.unit, split=place.split)
    names = place_names(place, user)
    if place.kind in RecoveryKind.values and one.source.page == "recoveries":
        rows = rows.filter(kind=place.kind)
        names.append(RecoveryKind(place.kind).label)
    listing = LISTINGS[one.source.page]
    value = calm_months(period, today) if one is CALM else total(one, rows)
    figure, exact = in_words(one, value)
    return RecordList(
        code=code,
        label=one.label,
        period=period,
        places=names,
        figure=figure,
        exact=exact,
        definition=one.definition,
        rows=rows.select_related(*listing.related).order_by(*listing.order),
        listing=listing,
        note=frozen_note(code, period, user, Where.of(place), value),
    )


def balance_list(code: str, period: AnyPeriod, user: User, place: Place) -> RecordList:
    """The entries behind a number of the reconciliation."""
    rows = entries_behind(code, period, user, workstream=place.workstream, unit=place.unit)
    number, exact = rows.count(), ""
    if code == balance.ADJUSTED:
        moved_in, moved_out, reopened = net(rows, user, place.unit)
        number = moved_in + reopened - moved_out
        exact = f"转入 {moved_in}，转出 {moved_out}，重新打开 {reopened}"
    return RecordList(
        code=code,
        label=f"期间对账 · {balance.LABELS[code]}",
        period=period,
        places=place_names(place, user),
        figure=f"{number} 件",
        exact=exact,
        definition=balance.MEANINGS.get(code, balance.LABELS[code]),
        rows=rows.select_related(*RATED.related).order_by(*RATED.order),
        listing=RATED,
        note=frozen_note(code, period, user, Where.of(place), number),
    )


def total(one: Indicator, rows: QuerySet[Any]) -> int | Decimal:
    """The figure, from the records themselves."""
    plain_rows = rows.order_by()
    if one.amount and one.source.records is same:
        return plain_rows.aggregate(sum=Sum(one.amount))["sum"] or (Decimal(0) if one.is_money else 0)
    return plain_rows.count()


def calm_months(period: AnyPeriod, today: date) -> int:
    return next(cell.value for cell in calm_cells(period, today) if cell.workstream is None)


def in_words(one: Indicator, value: int | Decimal) -> tuple[str, str]:
    if one.is_money:
        return in_wan(Decimal(value)), f"¥{value:,.2f}"
    return f"{value} {one.unit_word}", ""


def place_names(place: Place, user: User) -> list[str]:
    names = []
    for model, key in (
        (Workstream, place.workstream),
        (Unit, place.unit),
        (ProblemCategory, place.category),
        (User, place.officer),
        (WorkGroup, place.group),
        (Industry, place.industry),
    ):
        if key is not None:
            found = model.objects.visible_to(user).filter(pk=key).first()
            if found is None and key != UNSTATED:
                raise NoSuchFigureError(key)
            names.append(str(found or "未注明"))
    return names


def rated_records(code: str, period: AnyPeriod, user: User, place: Place, today: date) -> RecordList:
    """The entries in the rates' denominator at the period's end (or today), with their state then."""
    day = min(period.end, today)
    rows = ProblemEntry.objects.visible_to(user).as_of(day).exclude(state_then__in=EntryState.EXCLUDED)
    if not user.sees_all:
        rows = rows.filter(unit_then__in=user.scope_units())
    if place.workstream is not None:
        rows = rows.filter(workstream=place.workstream or None)
    if place.unit is not None:
        rows = rows.filter(unit_then=place.unit)
    if place.category is not None:
        rows = rows.filter(category=place.category)
    counts = rows.order_by().aggregate(
        all=Count("pk"),
        done=Count("pk", filter=PARTS["completed"][1]),
        resolved=Count("pk", filter=PARTS["resolved"][1]),
    )
    names = place_names(place, user)
    if place.part in PARTS:
        word, rule = PARTS[place.part]
        rows = rows.filter(rule)
        names.append(word)
    number = counts["resolved" if code == "resolution_rate" else "done"]
    told = {
        balance.RATED: counts["all"],
        balance.RATED_DONE: counts["done"],
        balance.RATED_RESOLVED: counts["resolved"],
    }
    resolved = Case(When(PARTS["resolved"][1], then=Value(True)), default=Value(False), output_field=BooleanField())
    return RecordList(
        code=code,
        label=RATES[code],
        period=period,
        places=names,
        figure=percent_text(number, counts["all"]),
        exact=f"{number} / {counts['all']} 件",
        definition=f"截至 {date_format(day, 'Y年n月j日')}。{RATE_RULE}",
        rows=rows.annotate(was_resolved=resolved).select_related(*RATED.related).order_by(*RATED.order),
        listing=RATED,
        note=rate_note(code, period, user, Where.of(place), told),
    )


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
