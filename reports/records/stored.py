"""What a page of records is told before its rows: the names of its place, and the stored values of it, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, QuerySet, Subquery, Sum, Value

from accounts.models import Unit, User, WorkGroup
from common.periods import AnyPeriod, local_date
from enterprises.models import Industry, Workstream
from ledger.models import ProblemCategory, RecoveryKind
from reports.figures import balance
from reports.figures.indicators import INDICATORS
from reports.figures.sequels import BESIDE, SEQUELS
from reports.figures.sequels import Told as Sequels
from reports.models import Adjustment, FrozenDefinition, PeriodClose, Sequel, Share, Standing, Tally

UNSTATED = 0  # the number that stands for “none stated on the record” in an address
NAMED: dict[str, Any] = {
    "workstream": Workstream,
    "unit": Unit,
    "category": ProblemCategory,
    "officer": User,
    "group": WorkGroup,
    "industry": Industry,
}
STANDS = {balance.RATED: "total", balance.RATED_DONE: "completed", balance.RATED_RESOLVED: "resolved"}


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
    def cell(self) -> dict[str, int]:
        """The matter and unit asked for, as an address has them."""
        found = {"workstream": self.workstream, "unit": self.unit}
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
    is_counted: bool = True
    sequels: Sequels = field(default_factory=Sequels)


def told(user: User, period: AnyPeriod, place: Place, codes: Sequence[str], today: date, *, figure: str = "") -> Told:
    """All of it in one statement. `figure` is the published figure that the codes make, where they make one.

    Open periods are counted again every day and within a minute of any change, so that what was counted before
    today is not kept up. A closed one keeps its signed values and what moved since.

    Raises:
        NoSuchFigureError: the place names something this person is not shown.
    """
    close = PeriodClose.objects.filter(book__code=period.code, reopening=None)
    asked: dict[str, Any] = {f"name_{name}": one for name, one in name_lookups(user, place).items()}
    rows = stored_rows(user, period, place, codes, today)
    for code, (of_code, column) in rows.items():
        asked[f"value_{code}"], asked[f"rows_{code}"] = summed(of_code, column)
    moment = next((first(of_code, "computed_at") for of_code, _ in rows.values()), None)
    can_move = bool(rows) and not place.split and not place.kind and place.category is None
    if can_move:
        moved = moved_since(user, period, place)
        asked |= {f"moved_{code}": summed(moved.filter(indicator=code), "delta")[0] for code in codes}
    if figure:
        asked |= known_of(figure, period)
    if figure == BESIDE.code and can_move:
        beside = of_place(Sequel.objects.of(period.code).visible_to(user), user, place)
        asked |= {f"sequel_{kind}": summed(beside.filter(kind=kind), "value")[0] for kind in SEQUELS}
    given = {"is_closed": Exists(close), **({"moment": moment} if moment else {}), **asked}
    found = User.objects.filter(pk=user.pk).values(**given).get()
    return Told(
        names_told(place, found),
        found["is_closed"],
        found.get("moment"),
        values_told(found, codes if rows else (), today, can_move=can_move),
        is_counted=not figure or found["has_figure"] or not found["was_counted"],
        sequels=Sequels.of({kind: found.get(f"sequel_{kind}") or 0 for kind in SEQUELS}),
    )


def known_of(figure: str, period: AnyPeriod) -> dict[str, Any]:
    """Whether the period was counted, with this figure among its own, and by which version it was signed."""
    kept = Tally.objects.of(period.code)
    signed = FrozenDefinition.objects.filter(close__book__code=period.code, close__reopening=None, code=figure)
    return {
        "was_counted": Exists(kept),
        "has_figure": Exists(kept.filter(level=Tally.Level.ALL, indicator=figure)),
        "signed": first(signed, "version"),
    }


def name_lookups(user: User, place: Place) -> dict[str, Subquery]:
    keys = {name: getattr(place, name) for name in NAMED if getattr(place, name)}
    return {name: first(NAMED[name].objects.visible_to(user).filter(pk=key), "name") for name, key in keys.items()}


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
    shares = of_unit(shares.filter(whole=not by_unit(user, place)), place)
    return {code: (shares.filter(indicator=code), "value") for code in codes}


def standings_of(user: User, day: date, place: Place) -> dict[str, tuple[QuerySet, str]]:
    """How the category stood; none of one matter in it are kept."""
    if place.workstream is not None:
        return {}
    level = Standing.Level.UNIT_CATEGORY if by_unit(user, place) else Standing.Level.CATEGORY
    rows = Standing.objects.visible_to(user).filter(year=day.year, day=day, level=level, category=place.category)
    return {code: (of_unit(rows, place), column) for code, column in STANDS.items()}


def of_unit(rows: QuerySet, place: Place) -> QuerySet:
    return rows if place.unit is None else rows.filter(unit=place.unit or None)


def of_place(cells: QuerySet, user: User, place: Place) -> QuerySet:
    """The tallied or adjusted cells of a matter and unit, or of all of them."""
    level = {
        (False, False): Tally.Level.ALL,
        (True, False): Tally.Level.WORKSTREAM,
        (False, True): Tally.Level.UNIT,
        (True, True): Tally.Level.CELL,
    }[place.workstream is not None, by_unit(user, place)]
    cells = of_unit(cells.filter(level=level), place)
    return cells if place.workstream is None else cells.filter(workstream=place.workstream or None)


def moved_since(user: User, period: AnyPeriod, place: Place) -> QuerySet:
    """What moved in a closed period since it was signed."""
    of_period = Adjustment.objects.visible_to(user).filter(
        recount__close__book__code=period.code, recount__close__reopening=None
    )
    return of_place(of_period, user, place)
