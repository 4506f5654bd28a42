"""The days of a dashboard on which a closed half-year ended, as they were signed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from accounts.models import User
from common.periods import AnyPeriod
from ledger.models import ClosedPeriod
from reports.days.standings import Stand, Standings
from reports.figures import balance
from reports.models import Standing, Tally

PARTS = {balance.RATED: "total", balance.RATED_DONE: "completed", balance.RATED_RESOLVED: "resolved"}
LEVELS = {
    Tally.Level.ALL: Standing.Level.ALL,
    Tally.Level.UNIT: Standing.Level.UNIT,
    Tally.Level.WORKSTREAM: Standing.Level.WORKSTREAM,
    Tally.Level.CELL: Standing.Level.UNIT_WORKSTREAM,
}
Key = tuple[date, str, int | None, int | None]


def as_signed(kept: Standings, periods: Iterable[AnyPeriod], user: User) -> Standings:
    """Puts the signed rows of closed periods in the place of those counted from today's records, in one statement.

    Categories are not signed and stay as the records tell them.
    """
    ends = {period.code: period.end for period in periods if period.is_half}
    rows = signed_rows(ends, user)
    days = {row.day for row in rows} & set(kept.days)
    if not days:
        return kept
    signed = [row for row in rows if row.day in days and (user.sees_all or row.level != Standing.Level.ALL)]
    levels = set(LEVELS.values())
    others = [row for row in kept.rows if row.day not in days or row.level not in levels]
    return replace(kept, rows=[*others, *signed], signed=days)


def signed_rows(ends: dict[str, date], user: User) -> list[Stand]:
    """What this person is shown of the signed counts; those of the whole too, which say for everyone what is signed."""
    closed = ClosedPeriod.objects.filter(code__in=ends).values("code")
    wanted = Tally.objects.filter(period__in=closed, indicator__in=PARTS)
    whole = wanted.filter(level=Tally.Level.ALL)
    shown = [Tally.Level.UNIT, Tally.Level.WORKSTREAM if user.sees_all else Tally.Level.CELL]
    mine = wanted.filter(level__in=shown) & Tally.objects.visible_to(user)
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTS.values(), 0))
    fields = ("period", "level", "unit_id", "workstream_id", "indicator", "value")
    for period, level, unit, matter, code, value in (whole | mine).order_by().values_list(*fields):
        found[ends[period], LEVELS[Tally.Level(level)], unit, matter][PARTS[code]] = value
    return [Stand(*key, None, **numbers) for key, numbers in found.items()]
