"""The rows of a query a chunk at a time, and how many they are, from one look at their keys."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

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
        self.joined: dict[str, Any] = {}
        if len(self.few) > FEW:
            keys = rows.prefetch_related(None).values_list("pk", flat=True)[:limit]
            self.few, self.keys = [], array("q", keys.iterator())
            self.rows, self.joined = apart(rows.order_by())

    def __len__(self) -> int:
        return len(self.few) or len(self.keys)

    def __iter__(self) -> Iterator[Any]:
        if self.few:
            yield from self.shown(self.few)
        for start in range(0, len(self.keys), CHUNK):
            keys = self.keys[start : start + CHUNK]
            found = {row.pk: row for row in self.rows.filter(pk__in=keys)}
            join(list(found.values()), self.joined)
            there = [found[key] for key in keys if key in found]
            self.gone += len(keys) - len(there)
            yield from self.shown(there)


def apart(rows: QuerySet) -> tuple[QuerySet, dict[str, Any]]:
    """The same rows without what they refer to, and what that is: `{"activity": {"project": {}}}`."""
    joined = rows.query.select_related
    return (rows.select_related(None), joined) if isinstance(joined, dict) else (rows, {})


def join(rows: Sequence[Any], joined: Mapping[str, Any]) -> None:
    """Gives the rows what they refer to, each read once: a unit of a thousand rows is one object, not a thousand.

    Django's own prefetching asks for each key by an OR of its own, of which SQLite takes no more than a thousand.
    """
    for name, further in joined.items() if rows else ():
        field = rows[0]._meta.get_field(name)
        if not field.concrete:  # the other end of a one-to-one
            prefetch_related_objects(rows, name)
            met = [getattr(row, name, None) for row in rows]
            join([one for one in met if one is not None], further)
            continue
        keys = {getattr(row, field.attname) for row in rows} - {None}
        found = field.related_model._base_manager.in_bulk(keys, field_name=field.target_field.name)
        join(list(found.values()), further)
        for row in rows:
            setattr(row, name, found.get(getattr(row, field.attname)))
