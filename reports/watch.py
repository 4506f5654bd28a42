"""Whether anything changed since the last tally: a few look-ups of the newest rows instead of counting again."""

from datetime import date

from auditlog.models import LogEntry
from django.db.models import Max

from cases.models import LegalCase, ProcuratorialRecommendation, TypicalCase
from enterprises.models import Pairing
from ledger.models import ActivityOutput, EntryEvent, KeyTask, Recovery, ServiceActivity, SurveyForm

WATCHED = (
    LogEntry,  # changes and deletions
    EntryEvent,
    ServiceActivity,  # those below also catch what was brought in without a history
    ActivityOutput,
    LegalCase,
    ProcuratorialRecommendation,
    TypicalCase,
    Recovery,
    SurveyForm,
    KeyTask,
    Pairing,
)


def marker(today: date) -> str:
    """The newest id of everything figures are counted from, and the day, since months end by themselves."""
    newest = [model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in WATCHED]
    return ":".join([today.isoformat(), *map(str, newest)])
