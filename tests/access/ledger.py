from tests.access import Access, activities, entries

TABLE: dict[str, Access] = {**activities.TABLE, **entries.TABLE}
