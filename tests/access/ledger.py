from tests.access import Access, activities, cases, entries

TABLE: dict[str, Access] = {
    **activities.TABLE,
    **entries.TABLE,
    "ledger:case-files": Access(cases.EDITORS, cases.case, method="post", scoped=True),
}
