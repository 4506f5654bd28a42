"""What is logged on site, and what goes with it; joined into the ledger's table."""

from tests.access import ADMIN, COORDINATOR, WORKING, Access
from tests.factories import ActivityFactory


def activity(unit):
    return {"pk": ActivityFactory(unit=unit).pk}


TABLE: dict[str, Access] = {
    "ledger:activity-list": Access(WORKING),
    "ledger:activity-export": Access(WORKING),
    "ledger:activity-create": Access(WORKING),
    "ledger:activity-detail": Access(WORKING, activity, scoped=True),
    "ledger:activity-saved": Access(WORKING, activity, scoped=True),
    # An officer edits what he did himself; this one is nobody's, so it is the clerks'.
    "ledger:activity-edit": Access({COORDINATOR, ADMIN}, activity, scoped=True),
    "ledger:activity-delete": Access(WORKING, activity, method="post", scoped=True),
}
