from tests.access import ADMIN, COORDINATOR, EVERYONE, LEADER, WORKING, Access

READERS = frozenset({COORDINATOR, LEADER, ADMIN})

TABLE: dict[str, Access] = {
    "reports:home": Access(EVERYONE),
    "reports:search": Access(WORKING),
}
