"""Business dates in statements: whether one lies in a period, its month and its half-year."""

from typing import Any

from django.db.models import Case, Q, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear
from django.db.models.lookups import GreaterThan

from common.periods import AnyPeriod


def within(field: str, period: AnyPeriod) -> Q:
    """The business date `field` lies in the period."""
    return Q(**{f"{field}__gte": period.start, f"{field}__lt": period.next_start})


def month_of(field: str) -> Any:
    """The month of a business date as a number: 202306."""
    return ExtractYear(field) * 100 + ExtractMonth(field)


def half_of(day: Any) -> Any:
    """The half-year of a date as a number that grows: 4046 and 4047 for those of 2023."""
    second = Case(When(GreaterThan(ExtractMonth(day), 6), then=Value(1)), default=Value(0))
    return ExtractYear(day) * 2 + second
