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
from reports.models.mails import FiguresMail
from reports.models.screens import Screen
from reports.models.sequels import Sequel
from reports.models.shares import Share
from reports.models.standings import Standing
from reports.models.tallies import Tally, TallyQuerySet
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
    "PeriodBook",
    "PeriodClose",
    "PeriodReopening",
    "Recount",
    "Rounding",
    "Screen",
    "Sequel",
    "Share",
    "Standing",
    "Tally",
    "TallyQuerySet",
    "UnitSignoff",
    "WeeklyLine",
    "WeeklyTable",
]
