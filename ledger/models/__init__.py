from common.audit import track
from ledger.models.activities import (
    MAIN_MEASURES,
    ActivityKind,
    ActivityOutput,
    Measure,
    ServiceActivity,
)
from ledger.models.checking.confirmations import ConfirmationLink
from ledger.models.checking.rechecks import Recheck, RecheckDraw, RecheckEvery, RecheckRule, Verdict
from ledger.models.checking.supervision import OrderReply, ReplyVerdict, SupervisionOrder
from ledger.models.corrections import Correction
from ledger.models.entries import DeadlineBasis, EntrySource, Priority, ProblemEntry, Rating
from ledger.models.events import EntryEvent, HistoryIsFixedError
from ledger.models.files import Attachment
from ledger.models.messages.digests import Digest, DigestState
from ledger.models.messages.notices import BulkOperation, BulkRun, Notice, NoticeKind
from ledger.models.messages.robots import MessageState, Robot, RobotEvent, RobotKind, RobotMessage
from ledger.models.money import MoneyRule, Recovery, RecoveryKind
from ledger.models.numbers import NumberSequence
from ledger.models.parts import PartResult, SupportingUnit
from ledger.models.plans import ActionPlan, ClosedPeriod, KeyTask, PlanGoal, PlanPhase
from ledger.models.surveys import ProblemCategory, Satisfaction, SurveyForm
from ledger.models.terms.calendar import CalendarDay, CalendarVersion, CalendarYear
from ledger.models.terms.deadlines import DeadlineRule, DeadlineShift, EntryPause, RuleChange
from ledger.models.terms.ladder import AUDIENCES, Escalation, LadderStep
from ledger.models.vacancies import Vacancy, VacancyKind
from ledger.models.views import Audience, SavedView

__all__ = [
    "AUDIENCES",
    "MAIN_MEASURES",
    "ActionPlan",
    "ActivityKind",
    "ActivityOutput",
    "Attachment",
    "Audience",
    "BulkOperation",
    "BulkRun",
    "CalendarDay",
    "CalendarVersion",
    "CalendarYear",
    "ClosedPeriod",
    "ConfirmationLink",
    "Correction",
    "DeadlineBasis",
    "DeadlineRule",
    "DeadlineShift",
    "Digest",
    "DigestState",
    "EntryEvent",
    "EntryPause",
    "EntrySource",
    "Escalation",
    "HistoryIsFixedError",
    "KeyTask",
    "LadderStep",
    "Measure",
    "MessageState",
    "MoneyRule",
    "Notice",
    "NoticeKind",
    "NumberSequence",
    "OrderReply",
    "PartResult",
    "PlanGoal",
    "PlanPhase",
    "Priority",
    "ProblemCategory",
    "ProblemEntry",
    "Rating",
    "Recheck",
    "RecheckDraw",
    "RecheckEvery",
    "RecheckRule",
    "Recovery",
    "RecoveryKind",
    "ReplyVerdict",
    "Robot",
    "RobotEvent",
    "RobotKind",
    "RobotMessage",
    "RuleChange",
    "Satisfaction",
    "SavedView",
    "ServiceActivity",
    "SupervisionOrder",
    "SupportingUnit",
    "SurveyForm",
    "Vacancy",
    "VacancyKind",
    "Verdict",
]

track(CalendarDay)
track(CalendarYear)
track(DeadlineRule)
track(LadderStep)
track(ProblemCategory)
track(ServiceActivity, m2m={"participants"})
track(ActivityOutput)
track(ProblemEntry)
track(SupportingUnit)
track(EntryPause)
track(ConfirmationLink)
track(SurveyForm)
track(Recovery, m2m={"apart_from"})
track(Attachment)
track(SupervisionOrder)
track(OrderReply)
track(ActionPlan)
track(PlanGoal)
track(PlanPhase)
track(KeyTask, m2m={"supporting_units"})
track(ClosedPeriod)
track(SavedView)
track(Robot, leave_out={"url", "secret"})
track(RecheckRule)
track(MoneyRule)
track(Recheck)
track(RecheckDraw)
