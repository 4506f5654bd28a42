"""The address of the records behind a figure, or behind one cell of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from common.periods import AnyPeriod
from reports.figures.sequels import REOPENED, REPEATED, Told


def records_url(code: str, period: AnyPeriod, **cell: Any) -> str:
    query = "".join(f"&{name}={value}" for name, value in cell.items())
    return f"{reverse('reports:records', args=[code])}?period={period.code}{query}"


def sequel_links(
    told: Told, period: AnyPeriod, cell: Mapping[str, Any] = MappingProxyType({})
) -> list[tuple[str, str]]:
    """What became of the problems a figure counts, each with the address of its records; nothing where nothing did."""
    if not told:
        return []
    repeated, reopened = str(told).split("；")
    return [
        (repeated, records_url(REPEATED.code, period, **cell)),
        (reopened, records_url(REOPENED.code, period, **cell)),
    ]
