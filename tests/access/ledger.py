from tests.access import Access

TABLE: dict[str, Access] = {}
