"""Business dates: when something happened, as people type it."""

from datetime import date

from django.core.exceptions import ValidationError

EARLIEST = date(2000, 1, 1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)  # what any date field takes
OUT_OF_BOUNDS = f"日期应在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间，请改正"


def within_bounds(day: date) -> None:
    """For every date field: a day next to the ends of the calendar can neither be counted on from nor put into a zone.

    Raises:
        ValidationError: before 1900 or after 2100.
    """
    if not FIRST_DAY.year <= day.year <= LAST_DAY.year:
        raise ValidationError(OUT_OF_BOUNDS, code="out_of_bounds")


def date_fault(day: date | None, today: date, label: str) -> str:
    """What is wrong with the date something happened on, in words for the person; empty when nothing is.

    Source of the rule: nothing is recorded before it happens, and records begin with the year 2000.
    """
    if day is None:
        return f"请填写{label}"
    if day > today:
        return f"{label} {day:%Y-%m-%d} 晚于今天，请改正"
    if day < EARLIEST:
        return f"{label} {day:%Y-%m-%d} 早于 2000 年，请改正"
    return ""
