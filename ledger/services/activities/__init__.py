"""Service activities: what they are (`typed`), what of them cannot be so (`rules`), told twice (`repeats`), the parts
written with them (`writing`), changing (`changing`) and logging them (`recording`)."""

from ledger.services.activities.changing import delete_activity, update_activity
from ledger.services.activities.recording import log_activity
from ledger.services.activities.repeats import SameVisitError
from ledger.services.activities.rules import (
    AT_HEADQUARTERS,
    COLUMNS,
    MOST_TIMES,
    TARGETED,
    column_faults,
    faults_of,
    matter_served,
    not_had,
    told_outputs,
)
from ledger.services.activities.typed import ActivityData, Logged, ProblemData

__all__ = [
    "AT_HEADQUARTERS",
    "COLUMNS",
    "MOST_TIMES",
    "TARGETED",
    "ActivityData",
    "Logged",
    "ProblemData",
    "SameVisitError",
    "column_faults",
    "delete_activity",
    "faults_of",
    "log_activity",
    "matter_served",
    "not_had",
    "told_outputs",
    "update_activity",
]
