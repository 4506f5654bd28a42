"""The addresses of the records behind a figure, or behind one cell of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from common.periods import AnyPeriod
from reports.figures.sequels import REOPENED, REPEATED, Told


def records_url(code: str, period: AnyPeriod | str, **cell: Any) -> str:
    """Of a figure in a period; parts of the cell that are None are left out, 0 asks for what states none."""
    query = "".join(f"&{name}={value}" for name, value in cell.items() if value is not None)
    told = period if isinstance(period, str) else period.code
    return f"{reverse('reports:records', args=[code])}?period={told}{query}"


def entries_url(**query: Any) -> str:
    """The ledger's own list, filtered."""
    return f"{reverse('ledger:entry-list')}?{urlencode(query)}"


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
