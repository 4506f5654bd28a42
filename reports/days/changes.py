"""What every day added to and took from the ledger: from this, how it stood on any day is a sum."""

from collections import Counter, defaultdict
from datetime import date

from django.db import connection

from ledger.models import EntryEvent, ProblemEntry

Place = tuple[int, int | None, int]  # unit, workstream, category
Changes = dict[date, dict[Place, Counter[str]]]

# Each step of an entry's chain beside the unit before it; steps that changed neither state nor unit left out. In SQL,
# since a window can't be grouped over in the ORM, and looking up the step before one by one takes eight times as long.
MOVES = """
    SELECT happened_on, move.unit_id, unit_before, workstream_id, category_id, from_state, to_state, COUNT(*)
    FROM (
        SELECT entry_id, happened_on, unit_id, from_state, to_state,
            LAG(unit_id) OVER (PARTITION BY entry_id ORDER BY seq) AS unit_before
        FROM {events}
    ) AS move
    JOIN {entries} AS entry ON entry.id = move.entry_id
    WHERE happened_on <= %s
        AND (from_state <> to_state OR unit_before IS NULL OR unit_before <> move.unit_id)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def changes_by_day(last: date) -> Changes:
    """What each day added to and took from every state of every unit, workstream and category."""
    names = {"events": EntryEvent._meta.db_table, "entries": ProblemEntry._meta.db_table}
    statement = MOVES.format(**{key: connection.ops.quote_name(name) for key, name in names.items()})
    changes: Changes = defaultdict(lambda: defaultdict(Counter))
    with connection.cursor() as cursor:
        cursor.execute(statement, [last])
        for on, unit, before, matter, category, source, target, n in cursor.fetchall():
            day = date.fromisoformat(on) if isinstance(on, str) else on  # SQLite keeps days as text
            changes[day][unit, matter, category][target] += n
            if source:
                changes[day][before, matter, category][source] -= n
    return changes


def gathered(changes: Changes, last: date = date.max) -> dict[Place, Counter[str]]:
    """The changes up to a day together: how many entries were in each state at its end."""
    state: dict[Place, Counter[str]] = defaultdict(Counter)
    for day, places in changes.items():
        if day <= last:
            for place, moved in places.items():
                state[place].update(moved)
    return state
