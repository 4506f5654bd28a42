from tests.access import ADMIN, COORDINATOR, EVERYONE, LEADER, WORKING, Access

READERS = frozenset({COORDINATOR, LEADER, ADMIN})

TABLE = {
    "desk:home": Access(EVERYONE),
    "desk:search": Access(WORKING),
    "desk:waiting": Access(READERS),
    "desk:waiting-count": Access(READERS),
}
