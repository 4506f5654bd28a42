from tests.access import ADMIN, COORDINATOR, Access, activities, cases, entries
from tests.factories import UserFactory

TABLE: dict[str, Access] = {
    **activities.TABLE,
    **entries.TABLE,
    "ledger:handover-list": Access({COORDINATOR, ADMIN}),
    "ledger:handover": Access({COORDINATOR, ADMIN}, lambda unit: {"pk": UserFactory(unit=unit).pk}),
    "ledger:vacancy-list": Access({COORDINATOR, ADMIN}),
    "ledger:vacancy-export": Access({COORDINATOR, ADMIN}),
    "ledger:vacancy-check": Access({COORDINATOR, ADMIN}, method="post"),
    "ledger:case-files": Access(cases.EDITORS, cases.case, method="post", scoped=True),
}
