"""The address of the records behind a figure, or behind one cell of it."""

from typing import Any

from django.urls import reverse

from common.periods import AnyPeriod


def records_url(code: str, period: AnyPeriod, **cell: Any) -> str:
    query = "".join(f"&{name}={value}" for name, value in cell.items())
    return f"{reverse('reports:records', args=[code])}?period={period.code}{query}"
