"""Business dates: when something happened, as people type it."""

from datetime import date

EARLIEST = date(2000, 1, 1)


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
