from reports.models.closing import (
    Adjustment,
    FrozenDefinition,
    FrozenFigure,
    PeriodBook,
    PeriodClose,
    PeriodReopening,
    Recount,
    UnitSignoff,
)
from reports.models.screens import Screen
from reports.models.standings import Standing
from reports.models.tallies import Tally, TallyQuerySet

__all__ = [
    "Adjustment",
    "FrozenDefinition",
    "FrozenFigure",
    "PeriodBook",
    "PeriodClose",
    "PeriodReopening",
    "Recount",
    "Screen",
    "Standing",
    "Tally",
    "TallyQuerySet",
    "UnitSignoff",
]
