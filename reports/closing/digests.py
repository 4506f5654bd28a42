"""What a period stores, and the digest of it that is signed and frozen."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from common.periods import AnyPeriod, Period
from reports.figures import balance
from reports.figures.registry.indicators import INDICATORS
from reports.figures.shares import FIELDS as SHARE
from reports.figures.shares import ShareCell
from reports.figures.tallies import Cell
from reports.models import FrozenDefinition, PeriodClose, Share, Tally

CELL = ("indicator", "level", "workstream_id", "unit_id", "value")


def stored_cells(period: AnyPeriod) -> list[Cell]:
    return [Cell(*row) for row in Tally.objects.of(period.code).order_by().values_list(*CELL)]


def part_cells(period: Period, unit: int) -> list[Cell]:
    """What a unit signs for: its values, in all and by matter."""
    rows = Tally.objects.of(period.code).filter(unit=unit).order_by()
    return [cell for row in rows.values_list(*CELL) if (cell := Cell(*row)).value]


def part_digest(period: Period, unit: int) -> str:
    """What the page puts beside the button: the digest of the part as it is shown."""
    return digest_of(period, part_cells(period, unit), unit)


Versions = Mapping[str, int]  # of definitions, by code


def digest_of(
    period: AnyPeriod, cells: Iterable[Cell], unit: int | None = None, versions: Versions = MappingProxyType({})
) -> str:
    """SHA-256 of a unit's part (or the whole): every value in its place, and the version of its definition.

    Of a closed period `versions` are those it was signed with (`defined`); of an open one they are today's.
    """
    told = sorted(
        f"{cell.indicator}/{versions.get(cell.indicator) or version_of(cell.indicator)} {cell.slot} {cell.value}"
        for cell in cells
        if cell.value and (unit is None or cell.unit == unit)
    )
    return hashlib.sha256("\n".join([period.code, *told]).encode()).hexdigest()


def stored_shares(period: AnyPeriod) -> list[ShareCell]:
    return [ShareCell(*row) for row in Share.objects.of(period.code).order_by().values_list(*SHARE)]


def digest_of_shares(period: AnyPeriod, cells: Iterable[ShareCell], versions: Versions = MappingProxyType({})) -> str:
    """SHA-256 of what every work group, officer, industry, month and kind has of the figures."""
    told = sorted(
        f"{cell.indicator}/{versions.get(cell.indicator) or version_of(cell.indicator)} {cell.slot} {cell.value}"
        for cell in cells
    )
    return hashlib.sha256("\n".join([period.code, *told]).encode()).hexdigest()


def defined(close: PeriodClose) -> dict[str, int]:
    """The versions of the definitions that a close was signed with, in the order they are printed."""
    return dict(FrozenDefinition.objects.filter(close=close).order_by("order").values_list("code", "version"))


def version_of(code: str) -> int:
    return INDICATORS[code].version if code in INDICATORS else balance.VERSION
