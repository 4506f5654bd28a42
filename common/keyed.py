"""The rows of a query a chunk at a time, and how many they are, from one look at their keys."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

Shown = Callable[[list[Any]], Iterable[Any]]
CHUNK = 2000
FEW = 200  # rows: beyond, what they refer to is cheaper read by itself than joined to every one


class KeyedRows:
    """First all keys in one statement, then each chunk by its keys; a short list at once.

    So the number is the query's own, memory holds one chunk, and no statement stays open while rows are written:
    SQLite lets a worker with an open one record no progress as soon as anybody else has written. `gone` counts the
    rows that were deleted, or no longer were what the query asks for, by the time their chunk was read.
    """

    def __init__(self, rows: QuerySet, limit: int | None = None, shown: Shown | None = None) -> None:
        """Of at most `limit` rows, or of all; `shown` makes of a chunk of rows what is given out for them."""
        self.shown: Shown = shown or list
        self.gone = 0
        self.few = list(rows[: FEW + 1])
        self.rows, self.keys = rows, array("q")
        if len(self.few) > FEW:
            keys = rows.prefetch_related(None).values_list("pk", flat=True)[:limit]
            self.few, self.rows, self.keys = [], apart(rows.order_by()), array("q", keys.iterator())

    def __len__(self) -> int:
        return len(self.few) or len(self.keys)

    def __iter__(self) -> Iterator[Any]:
        if self.few:
            yield from self.shown(self.few)
        for start in range(0, len(self.keys), CHUNK):
            keys = self.keys[start : start + CHUNK]
            found = {row.pk: row for row in self.rows.filter(pk__in=keys)}
            there = [found[key] for key in keys if key in found]
            self.gone += len(keys) - len(there)
            yield from self.shown(there)


def apart(rows: QuerySet) -> QuerySet:
    """The same rows, what they refer to read by itself: a unit of a thousand rows is one object, not a thousand."""
    joined = rows.query.select_related
    return rows.select_related(None).prefetch_related(*paths(joined)) if isinstance(joined, dict) else rows


def paths(joined: dict[str, Any], before: str = "") -> Iterator[str]:
    """`{"activity": {"project": {}}}` → activity, activity__project."""
    for name, further in joined.items():
        yield before + name
        yield from paths(further, f"{before}{name}__")
