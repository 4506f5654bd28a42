"""The half-year tally: a handful of GROUP BY statements, one stored whole at a time, read by every page.

Values here are integers: counts, or 分 for money. `reports.figures.values` tells them as people read them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F

from common.money import to_cents
from common.periods import AnyPeriod, Period
from enterprises.models import Workstream
from jobs.guards import no_guard
from ledger.models import ClosedPeriod
from reports.days.changes import Changes
from reports.figures.balance import STORED, balance
from reports.figures.registry.indicators import CALM, INDICATORS, Indicator
from reports.figures.registry.sources import CONFIRMATIONS
from reports.models import PeriodBook, Tally

Place = tuple[int | None, int | None]  # workstream, unit; None where the record states none
Level = Tally.Level


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

    The whole office's count holds the reconciliation and the rates at the period's end as well
    (`reports.figures.balance`).
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
    if not source.applies(period):
        return
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


def hold(period: AnyPeriod) -> PeriodBook:
    """The period's book, held to the end of the transaction: storing, closing and reopening come one after another."""
    PeriodBook.objects.get_or_create(code=period.code)
    return PeriodBook.objects.select_for_update().get(code=period.code)


def is_frozen(period: AnyPeriod) -> bool:
    """A closed half-year keeps the figures it was signed with."""
    return ClosedPeriod.objects.filter(code=period.code).exists() and Tally.objects.of(period.code).exists()


def rows_of(period: AnyPeriod, cells: Iterable[Cell], now: datetime) -> list[Tally]:
    return [
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
    rows = rows_of(period, cells, now)
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
