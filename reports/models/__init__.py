from reports.models.briefings import (
    Briefing,
    BriefingParagraph,
    BriefingStatus,
    BriefingTemplate,
    IssuedBriefing,
    Rounding,
)
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
from reports.models.ledger_days import LedgerDay, LedgerMonth, LedgerSteps
from reports.models.mails import FiguresMail
from reports.models.screens import Screen
from reports.models.sequels import Sequel
from reports.models.shares import Share
from reports.models.tallies import Tally, TallyQuerySet
from reports.models.targets import TargetEntry, TargetLine, TargetResult
from reports.models.weekly import WeeklyLine, WeeklyTable

__all__ = [
    "Adjustment",
    "Briefing",
    "BriefingParagraph",
    "BriefingStatus",
    "BriefingTemplate",
    "FiguresMail",
    "FrozenDefinition",
    "FrozenFigure",
    "IssuedBriefing",
    "LedgerDay",
    "LedgerMonth",
    "LedgerSteps",
    "PeriodBook",
    "PeriodClose",
    "PeriodReopening",
    "Recount",
    "Rounding",
    "Screen",
    "Sequel",
    "Share",
    "Tally",
    "TallyQuerySet",
    "TargetEntry",
    "TargetLine",
    "TargetResult",
    "UnitSignoff",
    "WeeklyLine",
    "WeeklyTable",
]
