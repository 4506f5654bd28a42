"""Reading which days are off or worked from a notice of the State Council's General Office, or from a list of days.

The notice may be pasted as published: “一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。”
A list has a day a line: “2027-01-01 放假 元旦”.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar.constants

from common.text import half_width

LONGEST = 31  # days off in a row
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
BRACKETS = re.compile(r"\([^()]*\)")
LISTED = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\s,;]*(.*)$")
KINDS = re.compile(r"^(放假|休息|休|调休上班|上班|班)[\s,;]*(.*)$")
HEADING = re.compile(r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d+[、.])?\s*([^:,。]{2,20}):(.*)$")
SPAN = re.compile(
    r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:\s*(?:至|到|-|—|~)\s*(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日)?"
)
TOTAL = re.compile(r"共(\d{1,2})天")


class NoticeError(Exception):
    """The text cannot be understood; the message says which part."""


@dataclass(frozen=True)
class NoticeDay:
    """A day the notice names."""

    day: date
    is_working: bool
    name: str


def read_notice(text: str, year: int) -> list[NoticeDay]:
    """The days of a notice or list about a year, in order.

    Raises:
        NoticeError: no day is found, one is of another year, or a sentence is not understood.
    """
    found: dict[date, NoticeDay] = {}
    for line in half_width(text).splitlines():
        for one in read_line(line.strip(), year):
            earlier = found.get(one.day)
            if earlier and earlier.is_working != one.is_working:
                raise NoticeError(f"{one.day:%Y-%m-%d} 既写了放假又写了上班，请核对")
            found[one.day] = earlier or one
    if not found:
        raise NoticeError("没有找到放假或上班的日期；可以粘贴通知原文，或每行写一天：2027-01-01 放假 元旦")
    for day in found:
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise NoticeError(f"{day:%Y-%m-%d} 不在 {year} 年，请核对年份")
    return [found[day] for day in sorted(found)]


def read_line(line: str, year: int) -> Iterator[NoticeDay]:
    listed = LISTED.match(line)
    if listed:
        kind = KINDS.match(listed[4])
        if kind:
            yield NoticeDay(day_of(int(listed[1]), listed[2], listed[3], line), "班" in kind[1], kind[2].strip())
            return
    heading = HEADING.match(line)
    if heading and SPAN.search(heading[2]):
        for sentence in re.split(r"[。;]", BRACKETS.sub("", heading[2])):
            yield from read_sentence(sentence, heading[1].strip(), year)


def read_sentence(sentence: str, name: str, year: int) -> Iterator[NoticeDay]:
    """“1月1日至3日放假调休，共3天” or “1月4日、2月14日上班”."""
    days: list[NoticeDay] = []
    for clause in sentence.split(","):
        spans = list(SPAN.finditer(clause))
        if not spans:
            continue
        works = "上班" in clause
        if not works and not re.search("放假|休", clause):
            raise NoticeError(f"看不懂“{clause.strip()}”是放假还是上班，请改写")
        label = f"{name}调休上班" if works else name
        days += [NoticeDay(day, works, label) for span in spans for day in span_days(span, year)]
    total = TOTAL.search(sentence)
    if total and int(total[1]) != len(days):
        raise NoticeError(f"“{sentence.strip()}”写的是 {total[1]} 天，读出来是 {len(days)} 天，请核对")
    yield from days


def span_days(span: re.Match[str], year: int) -> Iterator[date]:
    first_year, month, day, last_year, last_month, last_day = span.groups()
    first = day_of(int(first_year or year), month, day, span[0])
    last = first
    if last_day:
        last = day_of(int(last_year or first.year), last_month or month, last_day, span[0])
        if last < first and not last_year:
            last = day_of(first.year + 1, last_month or month, last_day, span[0])
    if not 0 <= (last - first).days < LONGEST:
        raise NoticeError(f"“{span[0]}”的起止不对，请核对")
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def day_of(year: int, month: str, day: str, where: str) -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError as error:
        raise NoticeError(f"“{where}”里没有这一天，请核对") from error


def packaged(year: int) -> list[NoticeDay]:
    """The year's days as the chinesecalendar package has them; none when it does not know the year yet."""
    tables = chinese_calendar.constants
    off = [NoticeDay(day, False, NAMES.get(name, name)) for day, name in tables.holidays.items() if day.year == year]
    on = [
        NoticeDay(day, True, f"{NAMES.get(name, name)}调休上班")
        for day, name in tables.workdays.items()
        if day.year == year
    ]
    return sorted(off + on, key=lambda one: one.day)


def as_list(days: list[NoticeDay]) -> str:
    """The same as a list that can be read again."""
    return "\n".join(f"{one.day:%Y-%m-%d} {'上班' if one.is_working else '放假'} {one.name}".strip() for one in days)
