"""What a saved view names that there is no more: said when it is opened, which shows the rest."""

from typing import Protocol
from urllib.parse import parse_qsl

from ledger.models import SavedView
from ledger.selectors.entries.exports import COLUMNS


class Filters(Protocol):
    """What is known of the list's filters (`ledger.filters.entries.EntryFilter`)."""

    base_filters: dict[str, object]
    sorts: dict[str, str]


def lost_of(view: SavedView, listed: Filters) -> list[str]:
    """The columns, filters and orders that are gone, in words. A choice that is gone is an error of the filter's form
    and told there."""
    given = dict(parse_qsl(view.query))
    sort = given.pop("sort", "").lstrip("-")
    found = [f"列“{column}”" for column in view.columns if column not in COLUMNS]
    found += [f"筛选条件“{name}”" for name in given if name not in listed.base_filters]
    return found + ([f"排序“{sort}”"] if sort and sort not in listed.sorts else [])
