"""Periods: half-open spans of business dates, in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
CODE = re.compile(r"(?P<year>(?:19|20)\d\d)(?:(?P<kind>[HQM])(?P<n>\d{1,2}))?")
LENGTH = {"H": 6, "Q": 3, "M": 1, "Y": 12}
BETWEEN = ".."
EARLIEST = date(2000, 1, 1)  # no business date is before
LONGEST = 5 * 366  # days of a span


FORMS = "请写成 2023H1（上半年）、2023Q2、2023M06、2023 或 2023-01-05..2023-03-31"


class UnknownPeriodError(ValueError):
    """The text names no period; the message says which forms exist."""


def local_date(moment: datetime) -> date:
    """The business date of a moment: 2026-06-30T15:59Z is 30 June, 16:00Z is 1 July."""
    return moment.astimezone(SHANGHAI).date()


@dataclass(frozen=True, order=True)
class Period:
    """A year, half-year, quarter or month; `start` is in it, `end` is its last day."""

    start: date
    months: int

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Reads `2023H1`, `2023Q2`, `2023M06` or `2023`.

        Raises:
            UnknownPeriodError: none of these.
        """
        match = CODE.fullmatch(code.strip().upper())
        if not match:
            raise UnknownPeriodError(f"“{code}”不是统计期，{FORMS}")
        months = LENGTH[match["kind"] or "Y"]
        number = int(match["n"] or 1)
        if not 1 <= number <= 12 // months:
            raise UnknownPeriodError(f"“{code}”超出范围，一年只有 {12 // months} 个这样的统计期")
        return cls(date(int(match["year"]), (number - 1) * months + 1, 1), months)

    @classmethod
    def half_of(cls, day: date) -> "Period":
        return cls(date(day.year, 1 if day.month <= 6 else 7, 1), 6)

    @property
    def code(self) -> str:
        number = (self.start.month - 1) // self.months + 1
        kind = {6: "H", 3: "Q", 1: "M", 12: ""}[self.months]
        tail = {12: "", 1: f"{number:02d}"}.get(self.months, str(number))
        return f"{self.start.year}{kind}{tail}"

    @property
    def label(self) -> str:
        year = f"{self.start.year}年"
        number = (self.start.month - 1) // self.months + 1
        return (
            year
            + {
                12: "",
                6: "上半年" if number == 1 else "下半年",
                3: f"第{number}季度",
                1: f"{number}月",
            }[self.months]
        )

    @property
    def is_half(self) -> bool:
        """The office publishes half-years: only these are kept for good, and closed."""
        return self.months == LENGTH["H"]

    @property
    def next_start(self) -> date:
        return self.shift(1).start

    @property
    def end(self) -> date:
        return self.next_start - timedelta(days=1)

    def shift(self, steps: int) -> "Period":
        month = self.start.month - 1 + steps * self.months
        return Period(date(self.start.year + month // 12, month % 12 + 1, 1), self.months)

    def previous(self) -> "Period":
        return self.shift(-1)

    def split(self) -> list["Period"]:
        """The months of the period."""
        first = Period(self.start, 1)
        return [first.shift(n) for n in range(self.months)]

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.next_start

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, order=True)
class Span:
    """Any run of days, both ends in it; what a `Period` answers, it answers too."""

    start: date
    end: date
    is_half = False

    @property
    def code(self) -> str:
        return f"{self.start}{BETWEEN}{self.end}"

    @property
    def label(self) -> str:
        return f"{in_words(self.start)}至{in_words(self.end)}" if self.start != self.end else in_words(self.start)

    @property
    def next_start(self) -> date:
        return self.end + timedelta(days=1)

    def previous(self) -> "Span":
        """As many days, just before."""
        return Span(self.start - (self.next_start - self.start), self.start - timedelta(days=1))

    def split(self) -> list[Period]:
        """The months that lie in it from their first day to their last."""
        month, whole = Period(self.start.replace(day=1), 1), []
        while month.next_start <= self.next_start:
            if month.start >= self.start:
                whole.append(month)
            month = month.shift(1)
        return whole

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.code


AnyPeriod = Period | Span


def read_period(code: str) -> AnyPeriod:
    """The period or span a code names. Days that make a half-year are that half-year, so that it is counted once.

    Raises:
        UnknownPeriodError: it names none, or one out of bounds.
    """
    if BETWEEN not in code:
        return Period.parse(code)
    first, _, last = code.partition(BETWEEN)
    return span_of(read_day(first, "起始日期"), read_day(last, "截止日期"))


def span_of(start: date, end: date) -> AnyPeriod:
    """From a day to a day, both included.

    Raises:
        UnknownPeriodError: the days are the wrong way round, too early or too far apart.
    """
    if start < EARLIEST:
        raise UnknownPeriodError(f"起始日期不能早于 {EARLIEST}")
    if end < start:
        raise UnknownPeriodError(f"截止日期 {end} 早于起始日期 {start}")
    if (end - start).days >= LONGEST or end.year >= date.max.year:
        raise UnknownPeriodError("统计期最长五年，请把起止日期改近一些")
    for months in (1, 3, 6, 12):
        if (start.month - 1) % months == 0 and start.day == 1 and Period(start, months).end == end:
            return Period(start, months)
    return Span(start, end)


def read_day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UnknownPeriodError(f"{what}“{text.strip()}”不是日期，{FORMS}") from error


def in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
