from typing import Any

from tests.access import ADMIN, COORDINATOR, WORKING, Access
from tests.factories import EntryFactory
from tests.factories.ledger import attached


def entry(unit: Any) -> dict[str, Any]:
    return {"pk": EntryFactory(unit=unit).pk}


RECEIVERS = {COORDINATOR, ADMIN}
TABLE = {
    "ledger:attachment": Access(WORKING, lambda unit: {"pk": attached(EntryFactory(unit=unit)).pk}, scoped=True),
    "ledger:entry-choices": Access(WORKING),
    "ledger:entry-create": Access(WORKING),
    "ledger:entry-detail": Access(WORKING, entry, scoped=True),
    "ledger:entry-edit": Access(RECEIVERS, entry, scoped=True),
    "ledger:entry-export": Access(WORKING),
    "ledger:entry-list": Access(WORKING),
    "ledger:entry-move": Access(RECEIVERS, lambda unit: {**entry(unit), "action": "accept"}, scoped=True),
}
