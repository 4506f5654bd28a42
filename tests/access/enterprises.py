from tests.access import WORKING, Access

TABLE: dict[str, Access] = {
    "enterprises:choices": Access(WORKING),
}
