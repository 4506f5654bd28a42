"""The office's half-years: which was its first, and what can be compared with one before."""

from common.periods import AnyPeriod, Period

FIRST = Period.parse("2023H1")


def has_before(period: AnyPeriod) -> bool:
    """Whether the office was at work in the period before: its first one has nothing to be compared with."""
    return period.previous().start >= FIRST.start
