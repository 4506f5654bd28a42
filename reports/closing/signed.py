"""What was signed for a period, read in one place: both rates, the days a dashboard shows, one value or one share.

While a period is closed nobody overwrites its `Tally` and `Share`: what is stored there is what was signed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import Unit, User
from common.periods import AnyPeriod, Period
from enterprises.models import Workstream
from ledger.models import ClosedPeriod
from reports.closing.books import current_close
from reports.closing.reconciliation import ALL, BalanceLine, balance_cells, lines_of
from reports.days.rates import DEFAULT_TARGET, Rates, RateTable, rates_on
from reports.days.standings import Stand, Standings
from reports.figures import balance
from reports.figures.levels import own_totals
from reports.figures.tallies import Level
from reports.figures.values import UNSTATED
from reports.models import Share, Standing, Tally

# ---- both rates ----


def rates_of(period: Period, today: date, user: User | None = None) -> RateTable:
    """Both rates at the period's end (or today); of a closed period as they were signed.

    The steps that could hide something (延期, 退单 …) are always told from the events.
    """
    table = rates_on(min(period.end, today), user)
    if current_close(period) is None:
        return table
    rows = Tally.objects.of(period.code)
    cells = balance_cells(rows if user is None else rows.visible_to(user))
    if user is not None and not user.sees_all:
        cells = [cell for cell in cells if cell.level in (Level.UNIT, Level.CELL)]
        cells += own_totals(cells)
    units, matters = (dict(model.objects.values_list("pk", "name")) for model in (Unit, Workstream))
    lines = lines_of(cells)
    whole = next((one for one in lines if one.level == Level.ALL), BalanceLine(ALL, Level.ALL, None, None, {}))
    return replace(
        table,
        all=as_signed(table.all, whole),
        by_unit=by_name(table.by_unit, [one for one in lines if one.level == Level.UNIT], units, "unit"),
        by_workstream=by_name(
            table.by_workstream, [one for one in lines if one.level == Level.WORKSTREAM], matters, "workstream"
        ),
    )


def by_name(live: dict[str, Rates], lines: list[BalanceLine], names: dict[int, str], key: str) -> dict[str, Rates]:
    signed = {names.get(getattr(one, key), UNSTATED): one for one in lines}
    blank = BalanceLine("", "", None, None, {})
    none = Rates(target=next((one.target for one in live.values()), DEFAULT_TARGET))
    gone = [name for name, line in signed.items() if name not in live and line.number(balance.RATED)]
    return {name: as_signed(live.get(name, none), signed.get(name, blank)) for name in [*live, *gone]}


def as_signed(live: Rates, line: BalanceLine) -> Rates:
    rejected, duplicate = line.number(balance.RATED_REJECTED), line.number(balance.RATED_DUPLICATE)
    return replace(
        live,
        registered=line.number(balance.RATED) + rejected + duplicate,
        rejected=rejected,
        duplicate=duplicate,
        completed=line.number(balance.RATED_DONE),
        resolved=line.number(balance.RATED_RESOLVED),
        deferred=line.number(balance.RATED_DEFERRED),
    )


# ---- the days of a dashboard on which a closed half-year ended ----

PARTS = {balance.RATED: "total", balance.RATED_DONE: "completed", balance.RATED_RESOLVED: "resolved"}
STANDS_AT = {
    Level.ALL: Standing.Level.ALL,
    Level.UNIT: Standing.Level.UNIT,
    Level.WORKSTREAM: Standing.Level.WORKSTREAM,
    Level.CELL: Standing.Level.UNIT_WORKSTREAM,
}


def days_as_signed(kept: Standings, periods: Iterable[AnyPeriod], user: User) -> Standings:
    """Puts the signed rows of closed periods in the place of those counted from today's records, in one statement.

    Categories are not signed and stay as the records tell them.
    """
    ends = {period.code: period.end for period in periods if period.is_half}
    rows = signed_rows(ends, user)
    days = {row.day for row in rows} & set(kept.days)
    if not days:
        return kept
    signed = [row for row in rows if row.day in days and (user.sees_all or row.level != Standing.Level.ALL)]
    levels = set(STANDS_AT.values())
    others = [row for row in kept.rows if row.day not in days or row.level not in levels]
    return replace(kept, rows=[*others, *signed], signed=days)


def signed_rows(ends: dict[str, date], user: User) -> list[Stand]:
    """What this person is shown of the signed counts; those of the whole too, which say for everyone what is signed."""
    closed = ClosedPeriod.objects.filter(code__in=ends).values("code")
    wanted = Tally.objects.filter(period__in=closed, indicator__in=PARTS)
    whole = wanted.filter(level=Level.ALL)
    shown = [Level.UNIT, Level.WORKSTREAM if user.sees_all else Level.CELL]
    mine = wanted.filter(level__in=shown) & Tally.objects.visible_to(user)
    found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTS.values(), 0))
    fields = ("period", "level", "unit_id", "workstream_id", "indicator", "value")
    for period, level, unit, matter, code, value in (whole | mine).order_by().values_list(*fields):
        found[ends[period], STANDS_AT[Level(level)], unit, matter][PARTS[code]] = value
    return [Stand(*key, None, **numbers) for key, numbers in found.items()]


# ---- one value, one share ----


def signed_values_of(code: str, period: AnyPeriod, user: User, place: Q) -> list[int]:
    """The signed values at a place (`reports.figures.levels.rows_at`), one a unit, in 分 for money."""
    rows = Tally.objects.of(period.code).visible_to(user).filter(place, indicator__in=parts_of(code))
    return [sign_of(code, one) * value for one, value in rows.values_list("indicator", "value")]


def signed_shares_of(
    code: str, period: AnyPeriod, user: User, part: tuple[str, int | None], units: Q | None
) -> list[int]:
    """The same of an officer, group, industry or kind of money: `part` is the dimension and its key."""
    dimension, key = part
    rows = Share.objects.of(period.code).visible_to(user).filter(indicator=code, dimension=dimension, key=key)
    rows = rows.filter(whole=True) if units is None else rows.filter(units, whole=False)
    return list(rows.values_list("value", flat=True))


def parts_of(code: str) -> Collection[str]:
    """The stored values that make a number: of 调整, three."""
    return (balance.MOVED_IN, balance.REOPENED, balance.MOVED_OUT) if code == balance.ADJUSTED else (code,)


def sign_of(code: str, part: str) -> int:
    return -1 if code == balance.ADJUSTED and part == balance.MOVED_OUT else 1
