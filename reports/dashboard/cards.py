"""The headline figures as cards: this half-year beside the one before, and the months as a hairline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Value

from accounts.models import User
from common.periods import AnyPeriod
from reports.dashboard.months import (
    DRAWN,
    HEADLINES,
    NO_LINE,
    Drawn,
    Hairline,
    Months,
    drawn,
    hairline,
    monthly,
    months_of,
)
from reports.dashboard.overview import Basis
from reports.figures.blank import NO_DATA
from reports.figures.counting import recount
from reports.figures.half_years import has_before
from reports.figures.indicators import INDICATORS
from reports.figures.words import spoken, value_and_unit
from reports.models import Tally
from reports.records.addresses import records_url

FIRST_WORDS = "首个统计期，没有上期可比"
NOTHING_RECORDED = "没有记录，不作比较"


@dataclass(frozen=True)
class Card:
    """A headline figure: its value in words, what it was the period before, its months as a hairline."""

    label: str
    value: str
    unit: str
    change: str
    url: str
    months: str
    line: Hairline
    moved: str = ""  # since the period was closed: “+3，因…”


@dataclass(frozen=True)
class Headlines:
    """Each headline figure of the period and of the one before, its months, and when they were counted."""

    values: dict[str, tuple[int, int | None]]
    months: Months
    computed_at: datetime | None


def headlines(user: User, period: AnyPeriod, now: datetime) -> Headlines:
    """What is stored of the headline figures, in one statement; what never was counted is counted first.

    All three add up over units, so that those of someone's units may be summed.
    """
    pair = (period, period.previous()) if has_before(period) else (period,)
    found, drawn_cells, counted = stored(user, pair)
    for one in pair:
        if one.code not in counted:
            recount(one, now)  # what never was
    if len(counted) < len(pair):
        found, drawn_cells, counted = stored(user, pair)
    values = {
        code: (found.get((period.code, code), 0), found.get((pair[1].code, code), 0) if has_before(period) else None)
        for code in HEADLINES
    }
    months = monthly(period, user, drawn_cells, total=sum(value for value, _ in values.values()))
    return Headlines(values, months, counted.get(period.code))


def stored(
    user: User, periods: Sequence[AnyPeriod]
) -> tuple[dict[tuple[str, str], int], list[Drawn], dict[str, datetime]]:
    """The figures this person may see, the months of the first period, and when each period was counted, which
    everyone may know."""
    wanted = Tally.objects.filter(period__in=[period.code for period in periods], indicator__in=HEADLINES)
    shown = Tally.Level.ALL if user.sees_all else Tally.Level.UNIT
    mine = wanted.filter(level=shown) & Tally.objects.visible_to(user)
    none = Value(None, BigIntegerField())
    cells = (mine | wanted.filter(level=Tally.Level.ALL)).order_by()
    rows = cells.values_list("period", "indicator", "level", none, "value", "computed_at")
    months = drawn(periods[0], user).values_list("period", "indicator", "dimension", "key", "value", "computed_at")
    found: dict[tuple[str, str], int] = {}
    drawn_cells: list[Drawn] = []
    counted: dict[str, datetime] = {}
    for period, code, what, key, value, moment in rows.union(months, all=True):
        if what in DRAWN:
            drawn_cells.append((code, what, key, value))
            continue
        counted[period] = moment
        if what == shown:
            found[period, code] = found.get((period, code), 0) + value
    return found, drawn_cells, counted


def card(code: str, told: Headlines, ground: Basis, moved: str = "") -> Card:
    one, period, months = INDICATORS[code], ground.period, told.months.by_code[code]
    value, before = told.values[code]
    if ground.is_blank:
        return Card(one.label, NO_DATA, "", without_before(ground), records_url(code, period), "", NO_LINE, moved)
    text, unit = value_and_unit(one.is_money, value, one.unit_word)
    past = [month for month in months_of(period) if month.start <= ground.day]
    most = max(months[: len(past)], default=0)
    words = [spoken(one.is_money, number, one.unit_word) for number in months[: len(past)]]
    return Card(
        label=one.label,
        value=text,
        unit=unit,
        change=without_before(ground) or change_text(one.is_money, value, before or 0, one.unit_word, period),
        url=records_url(code, period),
        months="，".join(f"{month.start.month}月 {text}" for month, text in zip(past, words, strict=True)),
        line=hairline(months[: len(past)], most, spoken(one.is_money, most, one.unit_word)),
        moved=moved,
    )


def without_before(ground: Basis) -> str:
    """Why a period is compared with none; empty where it is."""
    if not has_before(ground.period):
        return FIRST_WORDS
    if ground.is_blank:
        return NOTHING_RECORDED
    return f"{ground.period.previous().label}没有记录，没有上期可比" if ground.is_before_blank else ""


def change_text(is_money: bool, value: int, before: int, unit_word: str, period: AnyPeriod) -> str:
    """“比2026年上半年少 39 次”."""
    words = spoken(is_money, abs(value - before), unit_word)
    way = f"多 {words}" if value > before else f"少 {words}" if value < before else "持平"
    return f"{'与' if value == before else '比'}{period.previous().label}{way}"
