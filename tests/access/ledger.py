from tests.access import Access, activities

TABLE: dict[str, Access] = {**activities.TABLE}
