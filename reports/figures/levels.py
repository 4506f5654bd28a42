"""Where stored values stand: the level of a place, the rows that make it, and what cells of units make together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from reports.figures.tallies import Cell, Level

LEVELS = {  # whether of one matter, whether of units → level
    (False, False): Level.ALL,
    (True, False): Level.WORKSTREAM,
    (False, True): Level.UNIT,
    (True, True): Level.CELL,
}
TOTALS = {Level.UNIT: Level.ALL, Level.CELL: Level.WORKSTREAM}  # as who is shown only some units is told them


def level_of(workstream: int | None, unit: int | None) -> Level:
    """The level of the tally at which a place is stored."""
    return LEVELS[workstream is not None, unit is not None]


def rows_at(workstream: int | None, units: Q | None) -> Q:
    """The tallied, adjusted or frozen rows that make a place: of all units, or those `units` chooses; 0 asks for the
    rows that state no matter."""
    rule = Q(level=LEVELS[workstream is not None, units is not None])
    if workstream is not None:
        rule &= Q(workstream=workstream or None)
    return rule if units is None else rule & units


def own_totals(cells: Iterable[Cell]) -> list[Cell]:
    """What cells of units come to, by matter and in all, as who is shown these units only is told their totals."""
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for cell in cells:
        if cell.level in TOTALS:
            found[cell.indicator, TOTALS[Level(cell.level)], cell.workstream] += cell.value
    return [Cell(code, level, matter, None, value) for (code, level, matter), value in found.items()]
