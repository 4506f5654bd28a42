"""The half-year tally: a handful of GROUP BY statements, one stored whole at a time, read by every page.

Values here are integers: counts, or 分 for money. `Figure` gives Decimal yuan.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Unit, User
from common.money import from_cents, to_cents
from common.periods import AnyPeriod, Period, local_date
from enterprises.models import Workstream
from ledger.models import ClosedPeriod
from reports.balance import STORED, balance
from reports.indicators import CALM, INDICATORS, Indicator
from reports.models import PeriodBook, Tally
from reports.moves import Changes
from reports.sources import CONFIRMATIONS

Place = tuple[int | None, int | None]  # workstream, unit; None where the record states none
Level = Tally.Level
UNSTATED = "未注明"


@dataclass(frozen=True, order=True)
class Cell:
    """One value of one indicator at one level, as it is stored."""

    indicator: str
    level: str
    workstream: int | None
    unit: int | None
    value: int

    @property
    def slot(self) -> str:
        return f"{self.level}:{self.workstream or ''}:{self.unit or ''}"


def compute(
    period: AnyPeriod,
    today: date,
    *,
    units: Iterable[int] | None = None,
    sources: Collection[str] | None = None,
    changes: Changes | None = None,
) -> list[Cell]:
    """Counts every indicator from the records, all units or only some: the same statements however many rows.

    The whole office's count holds the reconciliation and the rates at the period's end as well (`reports.balance`).
    `sources` names those to count; none given, all. `changes` of the ledger may be passed by who has read them.
    """
    cells: list[Cell] = []
    counted = sorted((one for one in INDICATORS.values() if one is not CALM), key=lambda one: one.source.key)
    chosen = None if units is None else sorted(units)
    for key, group in groupby(counted, key=lambda one: one.source.key):
        if sources is None or key in sources:
            cells.extend(count(list(group), period, chosen))
    if chosen is None and (sources is None or CALM.source.key in sources):
        cells.extend(calm_cells(period, today))
    if chosen is None and (sources is None or CONFIRMATIONS.key in sources):
        for code, found in balance(period, changes):
            cells.extend(levels(code, found))
    return cells


def codes_of(sources: Collection[str]) -> set[str]:
    """The indicators counted from these sources."""
    codes = {code for code, one in INDICATORS.items() if one.source.key in sources}
    return codes | set(STORED) if CONFIRMATIONS.key in sources else codes


def count(indicators: list[Indicator], period: AnyPeriod, units: list[int] | None) -> Iterator[Cell]:
    """All the indicators of one source in one statement."""
    source = indicators[0].source
    rows = source.rows(period).order_by()
    if units is not None:
        rows = rows.filter(**{f"{source.unit}__in": units})
    keys = {"of_unit": F(source.unit)}
    if source.workstream:
        keys["of_workstream"] = F(source.workstream)
    if source.item:
        keys["of_item"] = F(source.item)
    grouped = list(rows.values(**keys).annotate(**{one.code: one.aggregate(period) for one in indicators}))
    for one in indicators:
        found: dict[Place, Any] = defaultdict(set) if source.item else defaultdict(int)
        for row in grouped:
            value = row[one.code]
            if value:
                place = (row.get("of_workstream"), row["of_unit"])
                gather(found, place, row.get("of_item"), to_cents(value) if one.is_money else value)
        yield from levels(one.code, found)


def gather(found: dict[Place, Any], place: Place, item: int | None, value: int) -> None:
    """Sums add up; what is counted once is kept as a set until its level is known."""
    if item is None:
        found[place] += value
    else:
        found[place].add(item)


def levels(code: str, found: Mapping[Place, Any]) -> Iterator[Cell]:
    """Cells, and what they make by workstream, by unit and in all; something counted once is once at every level."""

    def together(values: list[Any]) -> int:
        return len(set().union(*values)) if values and isinstance(values[0], set) else sum(values)

    by_workstream: dict[int | None, list[Any]] = defaultdict(list)
    by_unit: dict[int | None, list[Any]] = defaultdict(list)
    for (workstream, unit), value in found.items():
        by_workstream[workstream].append(value)
        by_unit[unit].append(value)
        yield Cell(code, Level.CELL, workstream, unit, together([value]))
    for workstream, values in by_workstream.items():
        yield Cell(code, Level.WORKSTREAM, workstream, None, together(values))
    for unit, values in by_unit.items():
        yield Cell(code, Level.UNIT, None, unit, together(values))
    yield Cell(code, Level.ALL, None, None, together(list(found.values())))


def calm_cells(period: AnyPeriod, today: date) -> Iterator[Cell]:
    """Months of the period that are over and saw no public-security case filed in the park; of no unit."""
    park = Workstream.objects.filter(slug=CALM.home).values_list("pk", flat=True).first()
    broken = {
        Period(day.replace(day=1), 1)
        for day in CALM.rows(period).order_by().values_list("filed_on", flat=True).distinct()
    }
    months = sum(month.end < today and month not in broken for month in period.split())
    if park and months:
        yield Cell(CALM.code, Level.WORKSTREAM, park, None, months)
    yield Cell(CALM.code, Level.ALL, None, None, months)


def no_guard() -> None:
    """Nobody else can be writing on behalf of the same job."""


def hold(period: AnyPeriod) -> PeriodBook:
    """The period's book, held to the end of the transaction: storing, closing and reopening come one after another."""
    PeriodBook.objects.get_or_create(code=period.code)
    return PeriodBook.objects.select_for_update().get(code=period.code)


def is_frozen(period: AnyPeriod) -> bool:
    """A closed half-year keeps the figures it was signed with."""
    return ClosedPeriod.objects.filter(code=period.code).exists() and Tally.objects.of(period.code).exists()


def store(
    period: AnyPeriod,
    cells: Iterable[Cell],
    now: datetime,
    guard: Callable[[], None] = no_guard,
    codes: Collection[str] | None = None,
    marks: dict[str, Any] | None = None,
) -> bool:
    """Replaces the period's figures, or those of some indicators, in one short transaction; False if they are frozen.

    Readers see the old figures until the new are whole. Rows are written in a fixed order and the leftovers of
    earlier runs removed by time, so that two runs at once leave one of them, whole. `guard` is called first and
    raises when this run may no longer write. `marks` are what the figures have seen: without, all is counted anew
    the next time.
    """
    rows = [
        Tally(
            period=period.code,
            indicator=cell.indicator,
            level=cell.level,
            workstream_id=cell.workstream,
            unit_id=cell.unit,
            slot=cell.slot,
            value=cell.value,
            computed_at=now,
        )
        for cell in sorted(cells, key=lambda cell: (cell.indicator, cell.slot))
    ]
    with transaction.atomic():
        guard()
        book = hold(period)
        if is_frozen(period):
            return False
        PeriodBook.objects.filter(pk=book.pk).update(marks=marks or {})
        Tally.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["period", "indicator", "slot"],
            update_fields=["level", "workstream", "unit", "value", "computed_at"],
        )
        older = Tally.objects.of(period.code).exclude(computed_at=now)
        (older if codes is None else older.filter(indicator__in=codes)).delete()
        older.update(computed_at=now)  # the records behind these have not changed since
    return True


@dataclass(frozen=True)
class Figure:
    """An indicator's value as people read it: Decimal yuan for money, int otherwise; shares by name, in order."""

    indicator: Indicator
    value: int | Decimal
    by_workstream: dict[str, int | Decimal] = field(default_factory=dict)
    by_unit: dict[str, int | Decimal] = field(default_factory=dict)
    home: str | None = None  # name of the workstream it is published for; None: all
    computed_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def label(self) -> str:
        return self.indicator.label

    @property
    def published(self) -> int | Decimal:
        """The value the office publishes: of the indicator's own workstream where it has one."""
        return self.value if self.home is None else self.by_workstream.get(self.home, 0)

    @property
    def text(self) -> str:
        """The published value as the briefing's prose prints it."""
        return self.indicator.text(self.published)

    @property
    def exact(self) -> str:
        """As tables print it."""
        return self.indicator.exact(self.value)


def figures(period: AnyPeriod, user: User | None = None, *, now: datetime) -> list[Figure]:
    """Every figure of the period from the stored tally, counted first if it never was.

    Without a user, or for someone who sees everything, the whole office's; otherwise those of the person's units
    only, without what is of no unit. Things counted once do not add up, so for someone with several units all is
    counted again over these.
    """
    if not Tally.objects.of(period.code).exists():
        store(period, compute(period, local_date(now)), now)
    tallies = Tally.objects.of(period.code)
    if user is not None and not user.sees_all:
        tallies = tallies.visible_to(user).filter(level__in=[Level.CELL, Level.UNIT])
    fields = ("indicator", "level", "workstream_id", "unit_id", "value")
    cells = [Cell(*row) for row in tallies.order_by().values_list(*fields)]
    if user is not None and not user.sees_all:
        cells = own_cells(cells, period, user, local_date(now))
    moment = tallies.values_list("computed_at", flat=True).first()
    return assemble(cells, moment, whole=user is None or user.sees_all)


def own_cells(cells: list[Cell], period: AnyPeriod, user: User, today: date) -> list[Cell]:
    """A unit's cells with the totals as that unit is shown them."""
    units = list(user.scope_units().values_list("pk", flat=True))
    if len(units) > 1:
        return of_several_units(cells, period, units, today)
    totals = {Level.UNIT: Level.ALL, Level.CELL: Level.WORKSTREAM}
    return cells + [replace(cell, level=totals[Level(cell.level)], unit=None) for cell in cells]


def of_several_units(cells: list[Cell], period: AnyPeriod, units: list[int], today: date) -> list[Cell]:
    """Counted again over the units; of a closed period, the signed values added up wherever they do add up."""
    counted = compute(period, today, units=units)
    if not is_frozen(period):
        return counted
    sums = {code for code, one in INDICATORS.items() if one.adds_up}
    kept = [cell for cell in cells if cell.indicator in sums]
    found: dict[tuple[str, str, int | None], int] = defaultdict(int)
    for cell in kept:
        level = Level.ALL if cell.level == Level.UNIT else Level.WORKSTREAM
        found[cell.indicator, level, cell.workstream] += cell.value
    totals = [Cell(code, level, matter, None, value) for (code, level, matter), value in found.items()]
    return [*kept, *totals, *(cell for cell in counted if cell.indicator not in sums)]


def assemble(cells: Iterable[Cell], moment: datetime | None, *, whole: bool) -> list[Figure]:
    """Cells to figures, in the registry's order, shares in the order of matters and units."""
    streams = list(Workstream.objects.values_list("pk", "name", "slug"))
    workstreams, homes = {pk: name for pk, name, _ in streams}, {slug: name for _, name, slug in streams}
    units = dict(Unit.objects.values_list("pk", "name"))
    found: dict[tuple[str, str], dict[int | None, int]] = defaultdict(dict)
    for cell in cells:
        found[cell.indicator, cell.level][cell.unit if cell.level == Level.UNIT else cell.workstream] = cell.value
    return [
        Figure(
            indicator=one,
            value=shown(one, found[code, Level.ALL].get(None, 0)),
            by_workstream=named(one, found[code, Level.WORKSTREAM], workstreams),
            by_unit=named(one, found[code, Level.UNIT], units),
            home=homes.get(one.home),
            computed_at=moment,
        )
        for code, one in INDICATORS.items()
        if whole or one is not CALM
    ]


def named(one: Indicator, values: dict[int | None, int], names: dict[int, str]) -> dict[str, int | Decimal]:
    """Shares by name; what states no name comes last."""
    order = {key: place for place, key in enumerate([*names, None])}
    known = sorted((key for key in values if key in order), key=lambda key: order[key])
    return {names.get(key, UNSTATED) if key else UNSTATED: shown(one, values[key]) for key in known}


def shown(one: Indicator, value: int) -> int | Decimal:
    return from_cents(value) if one.is_money else value
