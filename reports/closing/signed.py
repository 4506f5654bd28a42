"""What was signed for a period, read in one place: both rates, the days a dashboard shows, one value or one share.

While a period is closed nobody overwrites its `Tally` and `Share`: what is stored there is what was signed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Q

from accounts.models import Unit, User
from accounts.rights.scope import Audience
from common.periods import AnyPeriod
from enterprises.models import Workstream
from ledger.models import ClosedPeriod
from reports.closing.books import current_close
from reports.closing.reconciliation import ALL, BalanceLine, balance_cells, lines_of
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.rates import Rates, RateTable
from reports.days.standings import SignedDay, Standings
from reports.days.stored import Sums
from reports.figures import balance
from reports.figures.levels import own_totals
from reports.figures.tallies import Level
from reports.figures.values import UNSTATED
from reports.models import Share, Tally

OF_ALL = (
    balance.RATED,
    balance.RATED_DONE,
    balance.RATED_RESOLVED,
    balance.RATED_REJECTED,
    balance.RATED_DUPLICATE,
    balance.RATED_DEFERRED,
)
OF_YEAR = (
    balance.YEAR,
    balance.YEAR_DONE,
    balance.YEAR_RESOLVED,
    balance.YEAR_REJECTED,
    balance.YEAR_DUPLICATE,
    balance.YEAR_DEFERRED,
)
Codes = tuple[str, ...]
CODES = {Population.ALL: OF_ALL, Population.YEAR: OF_YEAR}
Row = tuple[str, int | None, int | None, str, int]  # level, unit, workstream, code, value

# ---- both rates ----


def rates_of(period: AnyPeriod, today: date, user: Audience | None = None) -> RateTable:
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
    lines = lines_of(cells)
    signed = signed_table(table, lines, OF_ALL)
    if table.year and rows.filter(indicator=balance.YEAR, level=Level.ALL).exists():
        return replace(signed, year=signed_table(table.year, lines, OF_YEAR))
    return signed  # closed before this year's ledger was counted apart


def signed_table(live: RateTable, lines: list[BalanceLine], codes: Codes) -> RateTable:
    """One population's table with what was signed in the place of what the records give now."""
    units: dict[int | None, str] = dict(Unit.objects.values_list("pk", "name"))
    matters: dict[int | None, str] = dict(Workstream.objects.values_list("pk", "name"))
    whole = next((one for one in lines if one.level == Level.ALL), BalanceLine(ALL, Level.ALL, None, None, {}))
    of_units, of_matters = ([one for one in lines if one.level == level] for level in (Level.UNIT, Level.WORKSTREAM))
    return replace(
        live,
        all=as_signed(live.all, whole, codes),
        by_unit=by_name(live, live.by_unit, {units.get(one.unit, UNSTATED): one for one in of_units}, codes),
        by_workstream=by_name(
            live, live.by_workstream, {matters.get(one.workstream, UNSTATED): one for one in of_matters}, codes
        ),
    )


def by_name(table: RateTable, live: dict[str, Rates], signed: dict[str, BalanceLine], codes: Codes) -> dict[str, Rates]:
    blank = BalanceLine("", "", None, None, {})
    none = Rates(target=table.target, population=table.all.population)
    gone = [name for name, line in signed.items() if name not in live and line.number(codes[0])]
    return {name: as_signed(live.get(name, none), signed.get(name, blank), codes) for name in [*live, *gone]}


def as_signed(live: Rates, line: BalanceLine, codes: Codes) -> Rates:
    total, completed, resolved, rejected, duplicate, deferred = (line.number(code) for code in codes)
    return replace(
        live,
        registered=total + rejected + duplicate,
        rejected=rejected,
        duplicate=duplicate,
        completed=completed,
        resolved=resolved,
        deferred=deferred,
        carried=line.number(balance.YEAR_CARRIED) if codes is OF_YEAR else 0,
    )


# ---- the days of a dashboard on which a closed half-year ended ----


def days_as_signed(kept: Standings, periods: Iterable[AnyPeriod], user: User) -> Standings:
    """Puts the signed days of closed periods in the place of those counted from today's records, in one statement.

    Categories are not signed and stay as the records tell them; so does this year's ledger of a half-year that was
    closed before it was counted apart.
    """
    ends = {period.code: period.end for period in periods if period.is_half}
    signed: dict[tuple[date, Population], SignedDay] = {}
    for code, rows in signed_rows(ends, user).items():
        for population, codes in CODES.items():
            if any(row[3] == codes[0] and row[0] == Level.ALL for row in rows):
                signed[ends[code], population] = signed_day(rows, codes, user)
    return replace(kept, signed=signed)


def signed_rows(ends: dict[str, date], user: User) -> dict[str, list[Row]]:
    """By period, the signed counts: those this person may see, and those of all, which tell what is signed."""
    closed = ClosedPeriod.objects.filter(code__in=ends).values("code")
    wanted = Tally.objects.filter(period__in=closed, indicator__in=[*OF_ALL, *OF_YEAR, balance.YEAR_CARRIED])
    whole = wanted.filter(level=Level.ALL)
    shown = [Level.UNIT, Level.WORKSTREAM if user.sees_all else Level.CELL]
    mine = wanted.filter(level__in=shown) & Tally.objects.visible_to(user)
    fields = ("period", "level", "unit_id", "workstream_id", "indicator", "value")
    found: dict[str, list[Row]] = defaultdict(list)
    for period, *row in (whole | mine).order_by().values_list(*fields):
        found[period].append(tuple(row))
    return found


def signed_day(rows: Iterable[Row], codes: tuple[str, ...], user: User) -> SignedDay:
    """The day as this person is shown it: of all, or of one's own units put together."""
    whole = Level.ALL if user.sees_all else Level.UNIT
    sums: dict[str, dict[int | None, Sums]] = {"": {}, "unit": {}, "workstream": {}}
    carried = 0
    for level, unit, workstream, code, value in rows:
        if code == balance.YEAR_CARRIED:
            carried += value if level == whole and codes is OF_YEAR else 0
        elif code in codes:
            one = Sums(*(value if code == known else 0 for known in codes))
            places: list[tuple[str, int | None]] = [("", None)] if level == whole else []
            places += [("unit", unit)] if level == Level.UNIT else []
            places += [("workstream", workstream)] if level in (Level.WORKSTREAM, Level.CELL) else []
            for what, key in places:
                sums[what][key] = sums[what].get(key, Sums()).plus(one)
    by = {what: found for what, found in sums.items() if what}
    return SignedDay(sums[""].get(None, Sums()), by, carried)


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
