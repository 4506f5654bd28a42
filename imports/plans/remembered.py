"""What headings mean today: what is built in, other words that admins added, layouts that they have mapped."""

from dataclasses import replace
from functools import lru_cache

from accounts.models import Unit
from imports.models import HeaderMapping, HeaderSynonym
from imports.resources.kinds import RESOURCES
from imports.tables.table import Names, Remembered, fingerprint, heading_key, layout_key


def print_of(mapping: HeaderMapping) -> str:
    """Of a mapping that was made while brackets did not count: the fingerprint that its headings have since."""
    if mapping.is_form or mapping.fingerprint != fingerprint([heading_key(text) for text in mapping.headings]):
        return mapping.fingerprint
    return fingerprint([layout_key(text) for text in mapping.headings])


def reading_names(kind: str) -> Names:
    """The names for the reading of a file, with the units that a title may name."""
    units = Unit.objects.filter(is_active=True).values_list("name", flat=True)
    return replace(known_names(kind), bodies=tuple(sorted(units, key=len, reverse=True)))


def known_words(kind: str) -> dict[str, str]:
    """Every spelling that means a column, by its key. An admin's word stands even where one was built in since."""
    names = RESOURCES[kind].names()
    own = HeaderSynonym.objects.filter(kind=kind).values_list("key", "field")
    return {**names.known, **{key: field for key, field in own if field in names.labels}}


def known_names(kind: str) -> Names:
    """The names of a kind for the reading of a file: two queries, however much is remembered."""
    remembered: dict[str, Remembered] = {}
    forms: dict[str, Remembered] = {}
    for row in HeaderMapping.objects.filter(kind=kind).select_related("made_by").order_by("id"):
        (forms if row.is_form else remembered)[print_of(row)] = Remembered(
            tuple(row.headings),
            tuple(row.columns),
            row.is_left_out,
            row.made_by.name if row.made_by else "系统",
            row.made_at.isoformat(),
            row.version,
        )
    known = known_words(kind)
    elsewhere = headings_elsewhere(kind) - known.keys()
    return replace(RESOURCES[kind].names(), known=known, remembered=remembered, forms=forms, elsewhere=elsewhere)


@lru_cache(maxsize=len(RESOURCES))
def headings_elsewhere(kind: str) -> frozenset[str]:
    """Keys of the headings that other kinds of workbooks have."""
    return frozenset(key for other, resource in RESOURCES.items() if other != kind for key in resource.names().known)
