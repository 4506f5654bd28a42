"""What a page of records is told before its rows: the names of its place, and the stored values of it, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet, Subquery, Sum, Value

from accounts.models import Unit, User, WorkGroup
from accounts.units.trees import units_q
from common.periods import AnyPeriod, local_date
from enterprises.models import Industry, Workstream
from ledger.models import ProblemCategory, RecoveryKind
from reports.days.populations import Population
from reports.days.standings import standing
from reports.figures import balance
from reports.figures.blank import recorded
from reports.figures.levels import rows_at
from reports.figures.registry.indicators import INDICATORS
from reports.figures.sequels import BESIDE, SEQUELS
from reports.figures.sequels import Told as Sequels
from reports.models import Adjustment, FrozenDefinition, LedgerDay, LedgerMonth, PeriodClose, Sequel, Share, Tally

UNSTATED = 0  # the number that stands for “none stated on the record” in an address
NAMED: dict[str, Any] = {
    "workstream": Workstream,
    "unit": Unit,
    "category": ProblemCategory,
    "officer": User,
    "group": WorkGroup,
    "industry": Industry,
}
STANDS = {
    balance.RATED: "total",
    balance.RATED_DONE: "completed",
    balance.RATED_RESOLVED: "resolved",
    balance.YEAR: "total",
    balance.YEAR_DONE: "completed",
    balance.YEAR_RESOLVED: "resolved",
}


@dataclass(frozen=True)
class Place:
    """Which cell of a figure: a matter, a unit, a kind of money, a part or a category of a rate; empty means all.

    A matter or unit of None is all; `UNSTATED` are the records that state none. A unit is its whole tree, with `only`
    itself alone. `population` is that of a rate.
    """

    workstream: int | None = None
    unit: int | None = None
    kind: str = ""
    part: str = ""
    category: int | None = None
    officer: int | None = None
    group: int | None = None
    industry: int | None = None
    only: bool = False
    population: Population = Population.YEAR

    @property
    def of_unit(self) -> Q:
        """Stored rows of the unit's tree, or of the unit alone; all where none is asked for."""
        return Q() if self.unit is None else units_q("unit", self.unit, only=self.only)

    @property
    def cell(self) -> dict[str, int]:
        """The matter and unit asked for, as an address has them."""
        found = {"workstream": self.workstream, "unit": self.unit, "only": 1 if self.only else None}
        return {name: key for name, key in found.items() if key is not None}

    @property
    def split(self) -> dict[str, int]:
        """The dimension asked for beside matter and unit (`reports.figures.shares`)."""
        found = {"officer": self.officer, "group": self.group, "industry": self.industry}
        return {name: key for name, key in found.items() if key is not None}


class NoSuchFigureError(LookupError):
    """No figure has this code, or this person is shown no such figure."""


@dataclass(frozen=True)
class Told:
    """`values` are the stored values by code, as `moment` says; none where this place isn't stored, or not today.

    `is_counted` is False where the period was counted without this figure: nothing then says what it was.
    """

    names: list[str]
    is_closed: bool
    moment: datetime | None
    values: Mapping[str, int] | None
    is_blank: bool = False  # nothing was recorded in the period: there is no figure
    is_counted: bool = True
    sequels: Sequels = field(default_factory=Sequels)
    has_below: bool = False  # other units belong to the place's: its own level can be told apart


def facts_of(user: User, period: AnyPeriod, place: Place) -> dict[str, Any]:
    """What is known of the period, and whether other units belong to the place's own."""
    close = PeriodClose.objects.filter(book__code=period.code, reopening=None)
    below = {"has_below": Exists(Unit.objects.filter(parent=place.unit))} if place.unit else {}
    return {
        "is_closed": Exists(close),
        "counted": Exists(Tally.objects.of(period.code)),
        "recorded": recorded(period, user),
        **below,
    }


def told(user: User, period: AnyPeriod, place: Place, codes: Sequence[str], today: date, *, figure: str = "") -> Told:
    """All of it in one statement. `figure` is the published figure that the codes make, where they make one.

    Open periods are counted again every day and within a minute of any change, so that what was counted before
    today is not kept up. A closed one keeps its signed values and what moved since.

    Raises:
        NoSuchFigureError: the place names something this person is not shown.
    """
    asked: dict[str, Any] = {f"name_{name}": one for name, one in name_lookups(user, place).items()}
    rows = stored_rows(user, period, place, codes, today)
    for code, (of_code, column) in rows.items():
        asked[f"value_{code}"], asked[f"rows_{code}"] = summed(of_code, column)
    moment = counted_at(rows)
    can_move = bool(rows) and not place.split and not place.kind and place.category is None
    if can_move:
        moved = moved_since(user, period, place)
        asked |= {f"moved_{code}": summed(moved.filter(indicator=code), "delta")[0] for code in codes}
    if figure:
        asked |= known_of(figure, period)
    if figure == BESIDE.code and can_move:
        beside = of_place(Sequel.objects.of(period.code).visible_to(user), user, place)
        asked |= {f"sequel_{kind}": summed(beside.filter(kind=kind), "value")[0] for kind in SEQUELS}
    given = {**facts_of(user, period, place), **({"moment": moment} if moment else {}), **asked}
    found = User.objects.filter(pk=user.pk).values(**given).get()
    return Told(
        names_told(place, found),
        found["is_closed"],
        found.get("moment"),
        values_told(found, codes if rows else (), today, can_move=can_move),
        is_blank=found["counted"] and not found["recorded"],
        is_counted=not figure or found["has_figure"] or not found["counted"],
        sequels=Sequels.of({kind: found.get(f"sequel_{kind}") or 0 for kind in SEQUELS}),
        has_below=found.get("has_below", False),
    )


def counted_at(rows: Mapping[str, tuple[QuerySet, str]]) -> Subquery | None:
    """When the stored rows were counted."""
    for of_code, _ in rows.values():
        return first(LedgerMonth.objects.all() if of_code.model is LedgerDay else of_code, "computed_at")
    return None


def known_of(figure: str, period: AnyPeriod) -> dict[str, Any]:
    """Whether this figure is among those the period was counted with, and by which version it was signed."""
    kept = Tally.objects.of(period.code)
    signed = FrozenDefinition.objects.filter(close__book__code=period.code, close__reopening=None, code=figure)
    return {
        "has_figure": Exists(kept.filter(level=Tally.Level.ALL, indicator=figure)),
        "signed": first(signed, "version"),
    }


def name_lookups(user: User, place: Place) -> dict[str, Subquery]:
    keys = {name: getattr(place, name) for name in NAMED if getattr(place, name)}
    rows = {name: NAMED[name].objects.visible_to(user).filter(pk=key) for name, key in keys.items()}
    own = {"unit": first(rows["unit"].named(), "own_name")} if place.only and place.unit else {}
    return {name: first(found, "name") for name, found in rows.items()} | own


def first(rows: QuerySet, column: str) -> Subquery:
    return Subquery(rows.order_by("pk").values(column)[:1])


def names_told(place: Place, found: Mapping[str, Any]) -> list[str]:
    names = []
    for name in NAMED:
        key = getattr(place, name)
        if key is None:
            continue
        if key != UNSTATED and found[f"name_{name}"] is None:
            raise NoSuchFigureError(key)
        names.append("未注明" if key == UNSTATED else found[f"name_{name}"])
    return names


def values_told(
    found: Mapping[str, Any], codes: Sequence[str], today: date, *, can_move: bool
) -> dict[str, int] | None:
    moment = found.get("moment")
    if not codes or moment is None or not found.get("has_figure", True):
        return None
    if not (can_move if found["is_closed"] else local_date(moment) == today):
        return None
    for code in codes:
        one = INDICATORS.get(code)
        if one and not one.adds_up and (found[f"rows_{code}"] or 0) > 1:
            return None  # what is counted once does not add up over someone's units
        if one and found["is_closed"] and found["signed"] != one.version:
            return None  # signed by another definition than the rows are chosen by
    return {code: (found[f"value_{code}"] or 0) + (found.get(f"moved_{code}") or 0) for code in codes}


def summed(rows: QuerySet, column: str) -> tuple[Subquery, Subquery]:
    """What the rows add up to, and how many they are."""
    together = rows.order_by().annotate(every=Value(1)).values("every")
    return Subquery(together.annotate(sum=Sum(column)).values("sum")), Subquery(
        together.annotate(number=Count("pk")).values("number")
    )


def by_unit(user: User, place: Place) -> bool:
    """Whether the values of single units make the place: asked for, or all this person is shown."""
    return place.unit is not None or not user.sees_all


def stored_rows(
    user: User, period: AnyPeriod, place: Place, codes: Sequence[str], today: date
) -> dict[str, tuple[QuerySet, str]]:
    """By code, the stored rows that make the place's value, and their column; none where nothing like it is kept."""
    if place.category is not None:
        return standings_of(user, min(period.end, today), place) if set(codes) <= STANDS.keys() else {}
    split: dict[str, int | None] = {name: key or None for name, key in place.split.items()}
    if place.kind:
        split["kind"] = RecoveryKind.values.index(place.kind)
    if not split:
        cells = of_place(Tally.objects.of(period.code).visible_to(user), user, place)
        return {code: (cells.filter(indicator=code), "value") for code in codes}
    if len(split) > 1 or place.workstream is not None:
        return {}
    [(dimension, key)] = split.items()
    shares = Share.objects.of(period.code).visible_to(user).filter(dimension=dimension, key=key)
    shares = shares.filter(place.of_unit, whole=not by_unit(user, place))
    return {code: (shares.filter(indicator=code), "value") for code in codes}


def standings_of(user: User, day: date, place: Place) -> dict[str, tuple[QuerySet, str]]:
    """How the category stood; none of one matter in it are kept."""
    if place.workstream is not None:
        return {}
    rows = standing(LedgerDay.objects.filter(split=LedgerDay.Split.CATEGORY, category=place.category), day)
    rows = rows.filter(cohort__in=place.population.cohorts)
    if not user.sees_all:
        rows = rows.filter(unit__in=user.scope_units())
    return {code: (rows.filter(place.of_unit), column) for code, column in STANDS.items()}


def of_place(cells: QuerySet, user: User, place: Place) -> QuerySet:
    """The tallied or adjusted cells of a matter and unit, or of all of them; `cells` are those this person may see."""
    return cells.filter(rows_at(place.workstream, place.of_unit if by_unit(user, place) else None))


def moved_since(user: User, period: AnyPeriod, place: Place) -> QuerySet:
    """What moved in a closed period since it was signed."""
    of_period = Adjustment.objects.visible_to(user).filter(
        recount__close__book__code=period.code, recount__close__reopening=None
    )
    return of_place(of_period, user, place)
