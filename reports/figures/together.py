"""What some units have together, from their stored cells: added up where a figure adds up, else counted over them.

What is counted once, such as an enterprise several units called on, does not add up. It is counted anew only where more
than one of the units has some, and only the sources of such figures: of a closed period too, whose signed values of
single units say nothing of what these have in common (docs/adr/0018-period-close.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from common.periods import AnyPeriod
from reports.figures.levels import TOTALS, own_totals
from reports.figures.registry.indicators import INDICATORS
from reports.figures.tallies import Cell, Level, compute


def together(cells: Iterable[Cell], period: AnyPeriod, units: Collection[int], today: date) -> list[Cell]:
    """The units' totals, in all and by matter."""
    own = [cell for cell in cells if cell.unit in units and cell.level in TOTALS]
    holders: dict[str, set[int | None]] = defaultdict(set)
    for cell in own:
        if cell.value:
            holders[cell.indicator].add(cell.unit)
    shared = {code for code, one in INDICATORS.items() if not one.adds_up and len(holders[code]) > 1}
    totals = own_totals(cell for cell in own if cell.indicator not in shared)
    if shared:
        sources = {INDICATORS[code].source.key for code in shared}
        counted = compute(period, today, units=units, sources=sources)
        totals += [one for one in counted if one.indicator in shared and one.level in (Level.ALL, Level.WORKSTREAM)]
    return totals
