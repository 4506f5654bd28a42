"""The days of a dashboard on which a closed half-year ended, as they were signed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from accounts.models import User
from common.periods import AnyPeriod
from ledger.models import ClosedPeriod
from reports.days.populations import Population
from reports.days.standings import SignedDay, Standings
from reports.days.stored import Sums
from reports.figures import balance
from reports.models import Tally

Level = Tally.Level
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
CODES = {Population.ALL: OF_ALL, Population.YEAR: OF_YEAR}
Row = tuple[str, int | None, int | None, str, int]  # level, unit, workstream, code, value


def as_signed(kept: Standings, periods: Iterable[AnyPeriod], user: User) -> Standings:
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
