"""The records behind a figure: which rows, of which place, and how they are listed."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format

from accounts.models import User
from accounts.units.trees import units_q
from common.periods import AnyPeriod
from common.rows.keysets import Order
from ledger.models import ProblemEntry, RecoveryKind
from ledger.states import EntryState
from reports.days.populations import Population
from reports.figures import balance
from reports.figures.registry.indicators import CALM, INDICATORS
from reports.figures.sequels import SEQUELS
from reports.records.balance_entries import OPENED, RESOLVED_THEN, entries_behind
from reports.records.listings import LISTINGS, RATED, Listing
from reports.records.numbers import RATE_CODES, CalmHead, FigureHead, Head, PartHead, RateHead
from reports.records.stored import NoSuchFigureError, Place, Told, told

__all__ = ["RATES", "RATE_RULE", "NoSuchFigureError", "Place", "RecordList", "records"]

RATES = {"resolution_rate": "化解率", "completion_rate": "办结率"}
RATE_RULE = (
    "不予受理和重复的不计。办结率：已办结、已确认、已销号的占比；"
    "化解率：已确认、已销号的占比，企业确认才算化解。状态取自当日的台账事件，单位按当日责任单位"
)
PARTS = {
    "resolved": ("已化解", Q(state_then__in=EntryState.RESOLVED)),
    "completed": ("已办结", Q(state_then__in=EntryState.DONE)),
    "waiting": ("待企业确认", Q(state_then=EntryState.COMPLETED)),
    "open": ("办理中", ~Q(state_then__in=EntryState.DONE)),
    "unresolved": ("未化解", ~Q(state_then__in=EntryState.RESOLVED)),
}


@dataclass(frozen=True)
class RecordList:
    """Which records, of what. `counted` are those that make the number: a unit's figure of a past day also counts
    what another unit has taken over since, and the list doesn't show. `every` are all there are of their kind, as
    the list shows them: a page's rows are read from it by their keys, which are chosen among `rows`."""

    code: str
    label: str
    period: AnyPeriod
    user: User
    place: Place
    told: Told
    definition: str
    counted: QuerySet[Any]
    every: QuerySet[Any]
    listing: Listing
    head: Head
    narrowed: tuple[str, ...] = ()  # in words, beside the names of the place
    applies: bool = True  # whether there is such a figure in the period at all

    @property
    def is_blank(self) -> bool:
        """Whether nothing was recorded in the period: there is no figure. What was carried over is in the books."""
        return self.told.is_blank and self.code not in OPENED

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Those this person may open."""
        counted: Any = self.counted  # of whichever of our models the list is
        return counted.none() if self.is_blank else counted.visible_to(self.user)

    @property
    def is_counted(self) -> bool:
        """Whether the figure was counted when the period was; if not, nothing says what it was."""
        return self.applies and self.told.is_counted

    @property
    def order(self) -> Order:
        wanted = self.listing.order[0]
        return Order(wanted.lstrip("-"), descending=wanted.startswith("-"))

    @property
    def in_order(self) -> QuerySet[Any]:
        """All of them as the Excel lists them."""
        return self.rows.select_related(*self.listing.related).order_by(*self.listing.order)


def records(code: str, period: AnyPeriod, user: User, place: Place, today: date) -> RecordList:
    """The records behind a figure or one cell of it.

    Raises:
        NoSuchFigureError: an unknown code, a place this person is not shown, or a figure that is of no unit asked
            for by someone who sees one only.
    """
    if code in RATES:
        return rated_list(code, period, user, place, today)
    if code in OPENED:
        return balance_list(code, period, user, place, today)
    one = INDICATORS.get(code) or SEQUELS.get(code)
    if one is None or (one is CALM and not user.sees_all):
        raise NoSuchFigureError(code)
    rows = one.counted(period, user, workstream=place.workstream, unit=place.unit, only=place.only, split=place.split)
    is_kind = place.kind in RecoveryKind.values and one.source.page == "recoveries"
    place = place if is_kind else replace(place, kind="")
    head: Head = CalmHead(one, period, today) if one is CALM else FigureHead(one)
    return RecordList(
        code=code,
        label=one.label,
        period=period,
        user=user,
        place=place,
        told=told(
            user,
            period,
            place,
            () if code in SEQUELS else head.codes,
            today,
            figure=code if code in INDICATORS else "",
        ),
        applies=one.source.applies(period),
        definition=one.definition,
        counted=rows.filter(kind=place.kind) if is_kind else rows,
        every=rows.model.objects.all(),
        listing=LISTINGS[one.source.page],
        head=head,
        narrowed=(RecoveryKind(place.kind).label,) if is_kind else (),
    )


def balance_list(code: str, period: AnyPeriod, user: User, place: Place, today: date) -> RecordList:
    """The entries behind a number of the reconciliation."""
    units = None if place.unit is None else partial(units_q, unit=place.unit, only=place.only)
    rows, every = entries_behind(code, period, user, workstream=place.workstream, units=units)
    head = PartHead(code, shown_units(user, place))
    return RecordList(
        code=code,
        label=f"期间对账 · {balance.LABELS[code]}",
        period=period,
        user=user,
        place=place,
        told=told(user, period, place, head.codes, today),
        definition=balance.MEANINGS.get(code, balance.LABELS[code]),
        counted=rows,
        every=every,
        listing=RATED,
        head=head,
    )


def shown_units(user: User, place: Place) -> Q | None:
    """The units among whose entries a number is told; None for all."""
    if user.sees_all and place.unit is None:
        return None
    asked = Q() if place.unit is None else units_q("pk", place.unit, only=place.only)
    return asked if user.sees_all else asked & Q(pk__in=user.scope_units())


def rated_list(code: str, period: AnyPeriod, user: User, place: Place, today: date) -> RecordList:
    """The entries in the rates' denominator at the period's end (or today), with their state then."""
    day = min(period.end, today)
    every = ProblemEntry.objects.as_of(day)
    rows = every.exclude(state_then__in=EntryState.EXCLUDED)
    whole = place.population
    if whole == Population.YEAR:
        rows = rows.in_ledger_of(day)
    if not user.sees_all:
        rows = rows.filter(unit_then__in=user.scope_units())
    if place.workstream is not None:
        rows = rows.filter(workstream=place.workstream or None)
    if place.unit is not None:
        rows = rows.filter(units_q("unit_then", place.unit, only=place.only))
    if place.category is not None:
        rows = rows.filter(category=place.category)
    word, rule = PARTS.get(place.part, ("", Q()))
    head = RateHead(code == "resolution_rate", rows, place.part, RATE_CODES[place.population])
    return RecordList(
        code=code,
        label=RATES[code],
        period=period,
        user=user,
        place=place,
        told=told(user, period, place, head.codes, today),
        definition=f"{whole.label}，截至 {date_format(day, 'Y年n月j日')}：{whole.meaning}。{RATE_RULE}",
        counted=rows.filter(rule).annotate(was_resolved=RESOLVED_THEN),
        every=every.annotate(was_resolved=RESOLVED_THEN),
        listing=RATED,
        head=head,
        narrowed=(place.population.label, word) if word else (place.population.label,),
    )
