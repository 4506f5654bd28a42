from auditlog.registry import auditlog

from ledger.models.activities import MAIN_MEASURES, ActivityKind, ActivityOutput, Measure, ServiceActivity
from ledger.models.calendar import CalendarDay
from ledger.models.entries import (
    EntryEvent,
    EntrySource,
    HistoryIsFixedError,
    NumberSequence,
    Priority,
    ProblemEntry,
    Rating,
    SupportingUnit,
)
from ledger.models.files import Attachment
from ledger.models.money import Recovery, RecoveryKind
from ledger.models.plans import ActionPlan, ClosedPeriod, KeyTask, PlanGoal, PlanPhase
from ledger.models.supervision import SupervisionOrder
from ledger.models.surveys import ProblemCategory, Satisfaction, SurveyForm

__all__ = [
    "MAIN_MEASURES",
    "ActionPlan",
    "ActivityKind",
    "ActivityOutput",
    "Attachment",
    "CalendarDay",
    "ClosedPeriod",
    "EntryEvent",
    "EntrySource",
    "HistoryIsFixedError",
    "KeyTask",
    "Measure",
    "NumberSequence",
    "PlanGoal",
    "PlanPhase",
    "Priority",
    "ProblemCategory",
    "ProblemEntry",
    "Rating",
    "Recovery",
    "RecoveryKind",
    "Satisfaction",
    "ServiceActivity",
    "SupervisionOrder",
    "SupportingUnit",
    "SurveyForm",
]

HIDDEN = ["submission", "version", "fingerprint"]
auditlog.register(CalendarDay)
auditlog.register(ProblemCategory)
auditlog.register(ServiceActivity, exclude_fields=HIDDEN, m2m_fields={"participants"})
auditlog.register(ActivityOutput)
auditlog.register(ProblemEntry, exclude_fields=HIDDEN)
auditlog.register(SurveyForm, exclude_fields=HIDDEN)
auditlog.register(Recovery, exclude_fields=HIDDEN)
auditlog.register(Attachment)
auditlog.register(SupervisionOrder)
auditlog.register(ActionPlan)
auditlog.register(KeyTask, exclude_fields=HIDDEN, m2m_fields={"supporting_units"})
auditlog.register(ClosedPeriod)
