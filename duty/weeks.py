"""Weeks of the roster: from a Monday to a Sunday, asked for by any day of theirs."""

from datetime import date, timedelta

from common.dates import FIRST_DAY, LAST_DAY

DAYS = 7
WEEK = timedelta(days=DAYS)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_of(week: date) -> list[date]:
    return [week + timedelta(days=n) for n in range(DAYS)]


def sunday(week: date) -> date:
    return week + timedelta(days=DAYS - 1)


def asked_day(words: str) -> date | None:
    """A day of an address, “2026-12-02”; None where it is none that the roster can hold, the weeks beside it too."""
    try:
        day = date.fromisoformat(words) if len(words) == len("2026-12-02") else None
    except ValueError:
        return None
    return day if day and FIRST_DAY + WEEK <= day <= LAST_DAY - 2 * WEEK else None


def week_words(week: date) -> str:
    """“11月30日至12月6日”."""
    end = sunday(week)
    return f"{week.month}月{week.day}日至{end.month}月{end.day}日"
