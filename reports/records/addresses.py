"""The addresses of the records behind a figure, or behind one cell of it."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from common.periods import AnyPeriod


def records_url(code: str, period: AnyPeriod | str, **cell: Any) -> str:
    """Of a figure in a period; parts of the cell that are None are left out, 0 asks for what states none."""
    query = "".join(f"&{name}={value}" for name, value in cell.items() if value is not None)
    told = period if isinstance(period, str) else period.code
    return f"{reverse('reports:records', args=[code])}?period={told}{query}"


def entries_url(**query: Any) -> str:
    """The ledger's own list, filtered."""
    return f"{reverse('ledger:entry-list')}?{urlencode(query)}"
