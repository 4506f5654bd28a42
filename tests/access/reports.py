from tests.access import ADMIN, COORDINATOR, EVERYONE, LEADER, WORKING, Access

READERS = frozenset({COORDINATOR, LEADER, ADMIN})


def figure(unit):
    return {"code": "relief_services"}


TABLE: dict[str, Access] = {
    "reports:home": Access(EVERYONE),
    "reports:search": Access(WORKING),
    "reports:dashboard": Access(READERS),
    "reports:dashboard-more": Access(READERS),
    "reports:tally": Access(READERS),
    "reports:tally-refresh": Access({ADMIN}, method="post"),
    "reports:tally-export": Access(READERS),
    "reports:rates": Access(READERS),
    "reports:rates-export": Access(READERS),
    "reports:records": Access(READERS, figure),
    "reports:records-export": Access(READERS, figure),
}
