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
from reports.models.tallies import Tally, TallyQuerySet

__all__ = [
    "Adjustment",
    "FrozenDefinition",
    "FrozenFigure",
    "PeriodBook",
    "PeriodClose",
    "PeriodReopening",
    "Recount",
    "Tally",
    "TallyQuerySet",
    "UnitSignoff",
]
