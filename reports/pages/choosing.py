"""Which period a page was asked for: a half-year, quarter, month, year, or any days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from common.periods import BETWEEN, AnyPeriod, Period, UnknownPeriodError, read_period
from reports.figures.half_years import FIRST, has_before


@dataclass(frozen=True)
class Asked:
    """`fault` says in words why the period asked for is not the one shown."""

    period: AnyPeriod
    fault: str = ""


def asked_period(ask: Mapping[str, str], today: date) -> Asked:
    """The period of an address (`period`, or `from` and `to`); the current half-year where it names none."""
    current = Period.half_of(today)
    first, last = ask.get("from", ""), ask.get("to", "")
    code = f"{first}{BETWEEN}{last}" if first or last else ask.get("period", "")
    if not code:
        return Asked(current)
    try:
        period = read_period(code)
    except UnknownPeriodError as error:
        return Asked(current, str(error))
    if period.start > today:
        return Asked(current, f"{period.label}还没有开始")
    return Asked(period)


def periods_to_choose(today: date) -> list[Period]:
    """The office's half-years, newest first."""
    periods = [Period.half_of(today)]
    while has_before(periods[-1]):
        periods.append(periods[-1].previous())
    return periods


def periods_by_year(today: date) -> list[tuple[str, list[Period]]]:
    """What there is to choose from, newest year first: the year, its halves, quarters and months that have begun."""
    found = []
    for year in range(today.year, FIRST.start.year - 1, -1):
        whole = Period(date(year, 1, 1), 12)
        parts = [Period(date(year, month, 1), months) for months in (6, 3, 1) for month in range(1, 13, months)]
        found.append((whole.label, [one for one in [*parts[:2], whole, *parts[2:]] if one.start <= today]))
    return found
