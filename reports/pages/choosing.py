"""Which span or day a page was asked for. What cannot be shown is refused in words: no page, export or command shows
another one in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from common.periods import BETWEEN, AnyPeriod, Period, UnknownPeriodError, in_words, read_period
from reports.figures.registry.half_years import FIRST, has_before

WEEK = timedelta(days=7)


class Kind(StrEnum):
    """What is to be chosen: the form that is shown again goes by it."""

    PERIOD = "period"
    HALF = "half"
    WEEK = "week"
    DAY = "on"

    @property
    def word(self) -> str:
        return {"period": "统计期", "half": "半年", "week": "周", "on": "日期"}[self.value]


@dataclass(frozen=True)
class Typed:
    """What was asked for, as it was typed."""

    kind: Kind
    text: str
    first: str = ""  # of a span, instead of `text`
    last: str = ""


class WrongAskError(ValueError):
    """What is asked for names no span or day, or one that has not come or was before the office; in Chinese."""

    def __init__(self, message: str, typed: Typed) -> None:
        super().__init__(message)
        self.typed = typed


def fault_of(start: date, label: str, today: date) -> str:
    """Why a span or day that starts then cannot be shown; empty where it can."""
    if start > today:
        return f"{label}还没有到，今天是{in_words(today)}"
    if start < FIRST.start:
        return f"{label}早于派驻服务开始的{in_words(FIRST.start)}，没有数字"
    return ""


def checked_period(code: str, today: date) -> AnyPeriod:
    """The period a code names, which has begun.

    Raises:
        UnknownPeriodError: it names none, one that has not begun, or one that began before the office.
    """
    period = read_period(code)
    if fault := fault_of(period.start, period.label, today):
        raise UnknownPeriodError(fault)
    return period


def asked_period(ask: Mapping[str, str], today: date) -> AnyPeriod:
    """The period of an address (`period`, or `from` and `to`); the current half-year where it names none.

    Raises:
        WrongAskError: it names one that cannot be shown.
    """
    first, last = ask.get("from", ""), ask.get("to", "")
    text = ask.get("period", "")
    code = f"{first}{BETWEEN}{last}" if first or last else text
    if not code:
        return Period.half_of(today)
    try:
        return checked_period(code, today)
    except UnknownPeriodError as error:
        raise WrongAskError(str(error), Typed(Kind.PERIOD, text, first, last)) from error


def asked_half(ask: Mapping[str, str], today: date) -> Period:
    """The half-year of an address: the reconciliation is of these.

    Raises:
        WrongAskError: it names none that can be shown.
    """
    return half_of_code(ask.get("period", "") or Period.half_of(today).code, today)


def half_of_code(code: str, today: date) -> Period:
    """The half-year a code names.

    Raises:
        WrongAskError: it names none that can be shown.
    """
    typed = Typed(Kind.HALF, code)
    try:
        period = checked_period(code, today)
    except UnknownPeriodError as error:
        raise WrongAskError(str(error), typed) from error
    if isinstance(period, Period) and period.is_half:
        return period
    raise WrongAskError(f"{period.label}不是半年，这里按半年看，请选上半年或下半年", typed)


def asked_day(ask: Mapping[str, str], today: date) -> date:
    """The day of an address (`on`); today where it names none.

    Raises:
        WrongAskError: it names none, or one that has not come or was before the office.
    """
    text = ask.get("on", "").strip()
    return day_of(text, today, Typed(Kind.DAY, text)) if text else today


def asked_week(ask: Mapping[str, str], today: date) -> date | None:
    """A day of the week of an address (`week`); None where it names none.

    Raises:
        WrongAskError: it names none, or one of a week that has not begun or was over before the office.
    """
    text = ask.get("week", "").strip()
    if not text:
        return None
    typed = Typed(Kind.WEEK, text)
    day = read_day(text, typed)
    monday = day - timedelta(days=day.weekday())
    has_first = monday <= FIRST.start and FIRST.start - monday < WEEK
    if fault := fault_of(FIRST.start if has_first else monday, f"{in_words(monday)}起的一周", today):
        raise WrongAskError(fault, typed)
    return day


def day_of(text: str, today: date, typed: Typed) -> date:
    """The day that is written, not after today and not before the office.

    Raises:
        WrongAskError: there is no such day, or it lies outside.
    """
    day = read_day(text, typed)
    if fault := fault_of(day, in_words(day), today):
        raise WrongAskError(fault, typed)
    return day


def read_day(text: str, typed: Typed) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongAskError(f"“{text}”不是日期，请写成 2023-06-30 这样的年月日", typed) from error


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


def mondays_to_choose(today: date, number: int) -> list[date]:
    """The last weeks by their Mondays, newest first, none of them before the office."""
    newest = today - timedelta(days=today.weekday())
    mondays = [newest - n * WEEK for n in range(number)]
    return [monday for monday in mondays if monday + WEEK > FIRST.start]
