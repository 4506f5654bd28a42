"""The headline figures as cards: this half-year beside the one before, and the months as a hairline."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Value
from django.db.models.functions import Cast

from accounts.rights.scope import Audience
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
from reports.figures.registry.half_years import has_before
from reports.figures.registry.indicators import INDICATORS
from reports.figures.sequels import BESIDE, Told
from reports.figures.words import NOT_COUNTED, UNKNOWN, remark, spoken, value_and_unit
from reports.models import FrozenDefinition, Sequel, Tally
from reports.records.addresses import records_url, sequel_links

FIRST_WORDS = "首个统计期，没有上期可比"
NOTHING_RECORDED = "没有记录，不作比较"
SEQUEL, VERSION = "sequel", "version"  # what a row of the one statement is, beside a level or a dimension


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
    remark: str = ""  # not counted then, or by an earlier definition
    sequels: list[tuple[str, str]] = field(default_factory=list)  # what became of what is counted, and its records


@dataclass(frozen=True)
class Headline:
    """A headline figure of the period and of the one before; None where it was not counted then."""

    value: int | None
    before: int | None
    signed_version: int | None = None  # of the definition a closed period was signed with, where it is another by now


@dataclass(frozen=True)
class Headlines:
    """The headline figures, their months, what became of resolved problems, and when they were counted."""

    values: dict[str, Headline]
    months: Months
    sequels: Told
    computed_at: datetime | None


@dataclass
class Stored:
    """What one statement finds: values and versions by period and figure, the months of the first period."""

    values: dict[tuple[str, str], int] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    sequels: dict[str, int] = field(default_factory=dict)
    months: list[Drawn] = field(default_factory=list)
    counted: dict[str, datetime] = field(default_factory=dict)  # when each period was counted

    def of(self, code: str, period: AnyPeriod, before: AnyPeriod | None) -> Headline:
        version = self.versions.get((period.code, code))
        return Headline(
            self.values.get((period.code, code)),
            self.values.get((before.code, code)) if before else None,
            version if version != INDICATORS[code].version else None,
        )


def headlines(user: Audience, period: AnyPeriod, now: datetime) -> Headlines:
    """What is stored of the headline figures, in one statement; what never was counted is counted first.

    All three add up over units, so that those of someone's units may be summed.
    """
    before = period.previous() if has_before(period) else None
    pair = [one for one in (period, before) if one]
    found = stored(user, pair)
    for one in pair:
        if one.code not in found.counted:
            recount(one, now)  # what never was
    if len(found.counted) < len(pair):
        found = stored(user, pair)
    values = {code: found.of(code, period, before) for code in HEADLINES}
    months = monthly(period, user, found.months, total=sum(one.value or 0 for one in values.values()))
    return Headlines(values, months, Told.of(found.sequels), found.counted.get(period.code))


def stored(user: Audience, periods: Sequence[AnyPeriod]) -> Stored:
    """The figures this person may see, of the first period with its months; that and when a figure was counted,
    everyone may know."""
    codes = [period.code for period in periods]
    wanted = Tally.objects.filter(period__in=codes, indicator__in=HEADLINES)
    shown = Tally.Level.ALL if user.sees_all else Tally.Level.UNIT
    mine = wanted.filter(level=shown) & Tally.objects.visible_to(user)
    none = Value(None, BigIntegerField())
    cells = (mine | wanted.filter(level=Tally.Level.ALL)).order_by()
    after = Sequel.objects.of(codes[0]).visible_to(user).filter(level=shown).order_by()
    signed = FrozenDefinition.objects.filter(close__book__code__in=codes, close__reopening=None, code__in=HEADLINES)
    version = Cast("version", BigIntegerField())
    rows = cells.values_list("period", "indicator", "level", none, "value", "computed_at").union(
        drawn(periods[0], user).values_list("period", "indicator", "dimension", "key", "value", "computed_at"),
        after.values_list("period", "kind", Value(SEQUEL), none, "value", "computed_at"),
        signed.order_by().values_list("close__book__code", "code", Value(VERSION), none, version, "close__closed_at"),
        all=True,
    )
    found = Stored()
    for row in rows:
        put(found, row, shown)
    return found


def put(found: Stored, row: tuple[Any, ...], shown: str) -> None:
    """One row into its place."""
    period, code, what, key, value, moment = row
    if what in DRAWN and key is not None:
        found.months.append((code, what, key, value))
    elif what == SEQUEL:
        found.sequels[code] = found.sequels.get(code, 0) + value
    elif what == VERSION:
        found.versions[period, code] = value
    else:
        found.counted[period] = moment
        before = found.values.get((period, code), 0)
        found.values[period, code] = before + value if what == shown else before


def card(code: str, told: Headlines, ground: Basis, moved: str = "") -> Card:
    one, found, period = INDICATORS[code], told.values[code], ground.period
    value = found.value
    if ground.is_blank:
        return Card(one.label, NO_DATA, "", without_before(ground), records_url(code, period), "", NO_LINE, moved)
    months = [] if value is None else told.months.by_code[code]
    text, unit = (NOT_COUNTED, "") if value is None else value_and_unit(one.is_money, value, one.unit_word)
    past = [month for month in months_of(period) if month.start <= ground.day]
    most = max(months[: len(past)], default=0)
    words = [spoken(one.is_money, number, one.unit_word) for number in months[: len(past)]]
    return Card(
        label=one.label,
        value=text,
        unit=unit,
        change=without_before(ground) or change_text(one.is_money, found, one.unit_word, period),
        url=records_url(code, period),
        months="，".join(f"{month.start.month}月 {text}" for month, text in zip(past, words, strict=False)),
        line=hairline(months[: len(past)], most, spoken(one.is_money, most, one.unit_word)),
        moved=moved,
        remark=remark(value, found.signed_version),
        sequels=sequel_links(told.sequels, period) if code == BESIDE.code else [],
    )


def without_before(ground: Basis) -> str:
    """Why a period is compared with none; empty where it is."""
    if not has_before(ground.period):
        return FIRST_WORDS
    if ground.is_blank:
        return NOTHING_RECORDED
    return f"{ground.period.previous().label}没有记录，没有上期可比" if ground.is_before_blank else ""


def change_text(is_money: bool, found: Headline, unit_word: str, period: AnyPeriod) -> str:
    """“比2026年上半年少 39 次”; of what was not counted, now or then, no change is told."""
    value, before = found.value, found.before
    if value is None:
        return ""
    if before is None:
        return f"{period.previous().label}{UNKNOWN}"
    words = spoken(is_money, abs(value - before), unit_word)
    way = f"多 {words}" if value > before else f"少 {words}" if value < before else "持平"
    return f"{'与' if value == before else '比'}{period.previous().label}{way}"
