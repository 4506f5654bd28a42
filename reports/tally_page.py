"""半年统计: every figure as a row, by matter or by unit, each number with the address of its records."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from accounts.models import Unit, User
from common.money import plain, to_cents
from common.periods import Period
from common.sheets import Column
from enterprises.models import Workstream
from jobs.models import ACTIVE, Job
from reports.headlines import value_and_unit
from reports.rates import RateTable, rates_on
from reports.records import UNSTATED
from reports.services import KIND
from reports.tallies import UNSTATED as UNSTATED_WORD
from reports.tallies import Figure, figures


@dataclass(frozen=True)
class Number:
    """A value in words and its unit, the same to the 分 where that differs, and its records."""

    text: str
    unit: str
    exact: str
    url: str


@dataclass(frozen=True)
class TallyRow:
    figure: Figure
    total: Number
    shares: list[Number | None]


@dataclass(frozen=True)
class TallyTable:
    period: Period
    by: str
    columns: list[str]
    rows: list[TallyRow]
    rates: RateTable
    computed_at: datetime | None
    job: Job | None


def tally_table(user: User, period: Period, by: str, today: date, now: datetime) -> TallyTable:
    """The figures this person may see, with shares `by` "workstream" or "unit"."""
    found = figures(period, user, now=now)
    keys = share_keys(user, by)
    present = {name for one in found for name in shares_of(one, by)}
    columns = [name for name in keys if name in present or (by == "workstream" and name != UNSTATED_WORD)]
    return TallyTable(
        period=period,
        by=by,
        columns=columns,
        rows=[row(one, period, by, columns, keys) for one in found],
        rates=rates_on(min(period.end, today), user),
        computed_at=max((one.computed_at for one in found if one.computed_at), default=None),
        job=Job.objects.visible_to(user).filter(kind=KIND, state__in=ACTIVE, params__period=period.code).first(),
    )


def share_keys(user: User, by: str) -> dict[str, int]:
    """The names shares go by, in their order, with what stands for each in an address."""
    model = Unit if by == "unit" else Workstream
    names = model.objects.visible_to(user).values_list("name", "pk")
    return {**dict(names), UNSTATED_WORD: UNSTATED}


def shares_of(one: Figure, by: str) -> dict[str, int | Decimal]:
    return one.by_unit if by == "unit" else one.by_workstream


def row(one: Figure, period: Period, by: str, columns: list[str], keys: dict[str, int]) -> TallyRow:
    base = f"{reverse('reports:records', args=[one.code])}?period={period.code}"
    shares = shares_of(one, by)
    return TallyRow(
        figure=one,
        total=number(one, one.value, base),
        shares=[
            number(one, shares[name], f"{base}&{by}={keys[name]}") if shares.get(name) else None for name in columns
        ],
    )


def number(one: Figure, value: int | Decimal, url: str) -> Number:
    if one.indicator.is_money:
        text, unit = value_and_unit(True, to_cents(value), "")
        return Number(text, unit, f"¥{value:,.2f}", url)
    return Number(plain(Decimal(value)), one.indicator.unit_word, "", url)


def sheet_columns(user: User) -> list[Column]:
    """The Excel: value, unit of measure, then every matter and every unit, then the definition; money in yuan."""
    matters = [name for name in share_keys(user, "workstream") if name != UNSTATED_WORD]
    units = [name for name in share_keys(user, "unit") if name != UNSTATED_WORD]
    return [
        Column("指标", lambda one: one.label, 28),
        Column("数值", lambda one: one.value, 16),
        Column("计量单位", lambda one: one.indicator.unit_word, 10),
        *[Column(name, lambda one, name=name: one.by_workstream.get(name), 12) for name in matters],
        Column("未注明大事", lambda one: one.by_workstream.get(UNSTATED_WORD), 12),
        *[Column(name, lambda one, name=name: one.by_unit.get(name), 14) for name in units],
        Column("口径", lambda one: one.indicator.definition, 60),
    ]
