"""This period beside the one before and the same half a year ago; frozen values where a period is closed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from common.books.rowsheet import Styled
from common.books.sheets import Column, Sheet
from common.money import WAN, plain, to_cents
from common.periods import Period, local_date
from reports.closing.signed import rates_of
from reports.days.populations import Population
from reports.days.rates import NO_RATE, Rates
from reports.figures.blank import NO_DATA, is_blank
from reports.figures.registry.half_years import FIRST
from reports.figures.registry.indicators import Indicator
from reports.figures.values import Figure, figures
from reports.figures.words import value_and_unit

Value = int | Decimal


@dataclass(frozen=True)
class Compared:
    """One figure of three periods; None where there was no such period, or nothing was recorded in it."""

    label: str
    unit_word: str
    value: Value | None
    before: Value | None
    last_year: Value | None
    is_money: bool = False
    is_rate: bool = False
    lacks: tuple[bool, bool, bool] = (False, False, False)  # of the three, those in which nothing was recorded
    remarks: tuple[str, str, str] = ("", "", "")  # beside each value: not counted then, or by an earlier definition

    @property
    def change(self) -> Value | None:
        return difference(self.value, self.before)

    @property
    def year_change(self) -> Value | None:
        return difference(self.value, self.last_year)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The cells, each with what has to be said beside it."""
        this, before, year = self.remarks
        return list(zip(self.cells, (this, before, "", year, ""), strict=True))

    @property
    def remark(self) -> str:
        """All of them for a workbook, by the period they are of."""
        names = ("本期", "上期", "上年同期")
        return "；".join(f"{name}{words}" for name, words in zip(names, self.remarks, strict=True) if words)

    @property
    def cells(self) -> list[str]:
        """This, before, change, a year ago, change, in words."""
        return [
            self.told_of(self.value, self.lacks[0]),
            self.told_of(self.before, self.lacks[1]),
            self.words(self.change, sign=True),
            self.told_of(self.last_year, self.lacks[2]),
            self.words(self.year_change, sign=True),
        ]

    def told_of(self, value: Value | None, lacks: bool) -> str:
        """A rate of a half-year with records may still have nothing to be a rate of: “—”."""
        return NO_DATA if lacks else self.words(value)

    def number(self, value: Value | None, change: str = "") -> Any:
        """The same for a workbook: money in 万元 however little, so that a column can be reckoned with."""
        if value is None:
            return NO_RATE
        if self.is_money:
            return Styled(value / WAN, f"wan{change}")
        return Styled(value, f"{'rate' if self.is_rate else 'number'}{change}")

    def words(self, value: Value | None, *, sign: bool = False) -> str:
        if value is None:
            return NO_RATE
        size = -value if sign and value < 0 else value
        if self.is_rate:
            text = f"{plain(Decimal(size))}{' 个百分点' if sign else '%'}"
        elif self.is_money:
            text = "".join(value_and_unit(True, to_cents(size), ""))
        else:
            text = f"{size:,}"
        if not sign:
            return text
        return "持平" if not value else f"{'+' if value > 0 else '−'}{text}"


@dataclass(frozen=True)
class Comparison:
    period: Period
    before: Period | None
    last_year: Period | None
    rows: list[Compared]


def difference(value: Value | None, other: Value | None) -> Value | None:
    return None if value is None or other is None else value - other


def comparison(period: Period, user: User, now: datetime) -> Comparison:
    """Every figure and both rates of a period beside two others, as this person is shown them."""
    others = [one if one >= FIRST else None for one in (period.previous(), period.shift(-2))]
    periods = [period, *others]
    listed = values(period, user, now)
    this, before, last_year = (one is None or is_blank(one, user, now=now) for one in periods)
    no = (this, before, last_year)
    told = [None if blank else one for blank, one in zip(no, periods, strict=True)]
    found = [listed if one == period else values(one, user, now) for one in told]
    tables = [rates_of(one, local_date(now), user) if one else None for one in told]
    rows = []
    for population in Population:
        rates = [table.over(population).all if table else None for table in tables]
        for name, part in (("化解率", "resolved"), ("办结率", "completed")):
            of_this, of_before, of_year = (tenths(one, part) for one in rates)
            label = f"{population.label}{name}"
            rows.append(Compared(label, "%", of_this, of_before, of_year, is_rate=True, lacks=no))
    rows.extend(row(one.indicator, [part.get(one.code) for part in found], no) for one in listed.values())
    return Comparison(period, others[0], others[1], rows)


def values(period: Period | None, user: User, now: datetime) -> dict[str, Figure]:
    return {one.code: one for one in figures(period, user, now=now)} if period else {}


def row(one: Indicator, found: list[Figure | None], lacks: tuple[bool, bool, bool]) -> Compared:
    value, last, last_year = (figure.value if figure else None for figure in found)
    this, before, year = (figure.remark if figure else "" for figure in found)
    return Compared(
        one.label,
        one.unit_word,
        value,
        last,
        last_year,
        is_money=one.is_money,
        lacks=lacks,
        remarks=(this, before, year),
    )


def tenths(rates: Rates | None, attribute: str) -> Decimal | None:
    """Percent with one decimal, floored, as everywhere; an empty denominator has no rate."""
    if rates is None or not rates.total:
        return None
    return Decimal(getattr(rates, attribute) * 1000 // rates.total) / 10


def sheet(found: Comparison, whose: str) -> Sheet:
    """The Excel: numbers to reckon with, money in 万元, rates in percent as on the page, each with its own decimals."""
    before, year = (f"（{one.label}）" if one else "" for one in (found.before, found.last_year))
    return Sheet(
        "比较",
        [
            Column("指标", lambda one: one.label, 28),
            Column("计量单位", lambda one: "万元" if one.is_money else one.unit_word, 10),
            Column(found.period.label, lambda one: NO_DATA if one.lacks[0] else one.number(one.value), 18),
            Column(f"上期{before}", lambda one: NO_DATA if one.lacks[1] else one.number(one.before), 22),
            Column("比上期", lambda one: one.number(one.change, "-change"), 16),
            Column(f"上年同期{year}", lambda one: NO_DATA if one.lacks[2] else one.number(one.last_year), 24),
            Column("比上年同期", lambda one: one.number(one.year_change, "-change"), 16),
            *([Column("备注", lambda one: one.remark, 30)] if any(one.remark for one in found.rows) else []),
        ],
        found.rows,
        heading=f"{found.period.label}与上期、上年同期比较",
        about=f"范围：{whose}　金额以万元计；化解率、办结率比较为百分点；已结账的统计期用结账时的数字",
    )
