"""Which of the entries set aside are looked at again (撤单质检). Pure: the same steps give the same sample.

A step's place in its unit's draw is a hash of the period and of the step itself, so that anybody can draw the sample
again and nobody chooses it; every unit that set anything aside has at least one entry in it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import Period

WEEK = re.compile(r"(20\d\d)W(\d\d)")
MONTH = re.compile(r"20\d\dM\d\d")


@dataclass(frozen=True)
class Span:
    """A month (`2026M10`) or an ISO week (`2026W43`), both days included."""

    code: str
    starts_on: date
    ends_on: date

    @property
    def label(self) -> str:
        year, kind, number = self.code[:4], self.code[4], int(self.code[5:])
        return f"{year}年第{number}周" if kind == "W" else f"{year}年{number}月"

    def before(self) -> "Span":
        return span_of(self.starts_on - timedelta(days=1), weekly=self.code[4] == "W")


def span_of(day: date, *, weekly: bool) -> Span:
    """The month or week a day lies in."""
    if weekly:
        year, week, _ = day.isocalendar()
        monday = date.fromisocalendar(year, week, 1)
        return Span(f"{year}W{week:02d}", monday, monday + timedelta(days=6))
    month = Period(day.replace(day=1), 1)
    return Span(month.code, month.start, month.end)


def parse_span(code: str) -> Span | None:
    """The span of a code; None where it names none."""
    week = WEEK.fullmatch(code)
    try:
        if week:
            return span_of(date.fromisocalendar(int(week[1]), int(week[2]), 1), weekly=True)
        return span_of(Period.parse(code).start, weekly=False) if MONTH.fullmatch(code) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class SetAside:
    """One step by which an entry left the rates: withdrawn, rejected or merged."""

    event: int
    entry: int
    name: str  # number of the entry and of the step in it: what the draw goes by, on any machine
    unit: int


def sample(steps: Iterable[SetAside], percent: int, seed: str) -> list[SetAside]:
    """`percent` of each unit's steps, rounded up, so at least one of any unit that has one."""
    by_unit: dict[int, list[SetAside]] = defaultdict(list)
    for step in steps:
        by_unit[step.unit].append(step)
    chosen: list[SetAside] = []
    for own in by_unit.values():
        own.sort(key=lambda step: hashlib.sha256(f"{seed}:{step.name}".encode()).hexdigest())
        chosen += own[: -(-len(own) * percent // 100)]
    return sorted(chosen, key=lambda step: step.event)
