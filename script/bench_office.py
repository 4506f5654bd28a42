"""A large office to measure in: the demonstration's entries, events and activities, copied as often as asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any

from django.db import connection

from common.rows.database import insert_rows, reserve_ids
from ledger.models import EntryEvent, ProblemEntry, ServiceActivity
from ledger.states import Action, EntryState

ACTIVITIES_EACH = 3
APART = frozenset({"id", "submission", "number", "fingerprint"})  # unique, or made anew
RARE, RARE_EVERY = "粮库", 1000  # a word that one entry in so many holds
COMMON = "拖欠"
MADE = "CS-"  # what the numbers of copied entries begin with


def fill(entries: int, events_each: int) -> None:
    """Entries with about so many events each, and three activities to every entry; those that are there count.

    Copies of those of the demonstration, so that every state, kind, unit and matter is there in its proportion.
    """
    entries -= ProblemEntry.objects.filter(number__startswith=MADE).count()
    if entries <= 0:
        return
    copied(ServiceActivity, entries * ACTIVITIES_EACH)
    chains = list(event_chains(events_each))
    titles = ProblemEntry.objects.order_by("pk").values_list("title", flat=True)
    titles = cycle(list(titles))
    pks = copied(
        ProblemEntry,
        entries,
        number=lambda pk: f"{MADE}{pk}",
        title=lambda pk: next(titles) + (f"（{RARE}）" if pk % RARE_EVERY == 0 else ""),
    )
    names = event_columns()
    rows = (
        (pk, seq, *event) for pk, chain in zip(pks, cycle(chains), strict=False) for seq, event in enumerate(chain, 1)
    )
    insert_rows(EntryEvent, ["entry", "seq", *names], rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copied(model: Any, count: int, **made: Callable[[int], Any]) -> Sequence[int]:
    """Many copies of the rows that are there, in their order; the columns of `made` are made anew from the new key."""
    fields = [field for field in model._meta.concrete_fields if field.name not in {*APART, *made}]
    stored = list(model._base_manager.order_by("pk").values_list(*[field.attname for field in fields]))
    pks = reserve_ids(model, count)
    rows = (
        (pk, *[make(pk) for make in made.values()], *row)
        for pk, row in zip(pks, islice(cycle(stored), count), strict=True)
    )
    insert_rows(model, ["id", *made, *[field.name for field in fields]], rows)
    return pks


def event_columns() -> list[str]:
    return [field.name for field in EntryEvent._meta.concrete_fields if field.name not in ("id", "entry", "seq")]


def event_chains(length: int) -> Iterator[list[tuple[Any, ...]]]:
    """The events of each entry of the demonstration, in the entries' order, drawn out by notes of progress."""
    names = event_columns()
    action, to_state, from_state = (names.index(name) for name in ("action", "to_state", "from_state"))
    attnames = [EntryEvent._meta.get_field(name).attname for name in names]
    chains: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for entry, *event in EntryEvent.objects.order_by("entry", "seq").values_list("entry_id", *attnames):
        chains[entry].append(tuple(event))
    for pk in ProblemEntry.objects.order_by("pk").values_list("pk", flat=True):
        chain = chains[pk]
        at = next((n for n, event in enumerate(chain) if event[to_state] == EntryState.HANDLING), None)
        if at is not None:
            told = list(chain[at])
            told[action], told[from_state] = Action.PROGRESS, EntryState.HANDLING
            chain[at + 1 : at + 1] = [tuple(told)] * max(length - len(chain), 0)
        yield chain
