"""What was committed when a table was looked at: the newest row of each, and who was still writing at that moment.

On PostgreSQL a transaction that began before the look may commit after it, with rows whose ids lie below the newest
one seen. On SQLite writers come one after another, so that what is committed later always has higher ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models

# By transaction, the tables it had begun to write; none where it ended before that could be told.
Writing = Mapping[str, list[str] | None]
# One statement sees one snapshot. All ids given to transactions before it are below that of our own, which is asked
# for after the snapshot was taken; those from the snapshot's end up to there were under way too.
SNAPSHOT = "pg_current_snapshot()::text, pg_current_xact_id()::text"
LOCKS = """
WITH locks AS MATERIALIZED (SELECT pid, locktype, mode, relation, database, transactionid FROM pg_locks WHERE granted)
SELECT writer.transactionid::text, coalesce(array_agg(DISTINCT held.relation::regclass::text)
    FILTER (WHERE held.relation IS NOT NULL), '{}')
FROM locks writer LEFT JOIN locks held
    ON held.pid = writer.pid AND held.locktype = 'relation' AND held.mode NOT IN ('AccessShareLock', 'RowShareLock')
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
WHERE writer.locktype = 'transactionid' AND writer.mode = 'ExclusiveLock' GROUP BY 1
"""
# What lies beyond the snapshot has not ended; of what ended too long ago to be told the status is null.
STATUS = """
SELECT id, CASE WHEN id::xid8 < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(id::xid8)
    ELSE 'in progress' END
FROM unnest(%s::text[]) AS asked(id)
"""
FOUR_BYTES = 2**32  # of a transaction's number, locks keep the lower four bytes


@dataclass(frozen=True)
class Newest:
    """The highest id of each table by label, and the transactions that were writing then."""

    rows: dict[str, int]
    writing: dict[str, list[str] | None] = field(default_factory=dict)


def newest_rows(tables: Iterable[type[models.Model]], looks: int = 3) -> Newest:
    """All in one statement. What is to be compared with later must be asked for outside a transaction: one that has
    written already is told nothing of those that began to write since."""
    chosen, quote = list(tables), connection.ops.quote_name
    columns = [f"(SELECT MAX({quote('id')}) FROM {quote(table._meta.db_table)})" for table in chosen]  # noqa: S608 -- our own models
    on_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*columns, SNAPSHOT] if on_postgres else columns)}")
        values = cursor.fetchone()
    rows = {table._meta.label_lower: last or 0 for table, last in zip(chosen, values, strict=False)}
    found = writers(*values[-2:]) if on_postgres else {}
    # What ended between the two statements is visible to a second look, and need not be guessed at.
    return newest_rows(chosen, looks - 1) if looks > 1 and None in found.values() else Newest(rows, found)


def writers(snapshot: str, own: str) -> dict[str, list[str] | None]:
    """The transactions that the snapshot doesn't see because they had not ended, each with the tables it held."""
    _, end, running = snapshot.split(":")
    numbers = {int(number) for number in running.split(",") if number} | set(range(int(end), int(own)))
    numbers.discard(int(own))
    if not numbers:
        return {}
    labels = {model._meta.db_table: label_of(model) for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        cursor.execute(LOCKS)
        held = {int(number): tables for number, tables in cursor.fetchall()}
    found: dict[str, list[str] | None] = {}
    for number in sorted(numbers):
        tables = held.get(number % FOUR_BYTES)
        found[str(number)] = None if tables is None else sorted(labels[one] for one in tables if one in labels)
    return found


def label_of(model: type[models.Model]) -> str:
    """The links of a many-to-many field go by the model that has the field."""
    owner = model._meta.auto_created
    return (owner if isinstance(owner, type) else model)._meta.label_lower


def committed_since(writing: Writing) -> set[str] | None:
    """The tables that what was under way then has written since; None where it cannot be told which."""
    if not writing:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(STATUS, [list(writing)])
        ended = [number for number, status in cursor.fetchall() if status not in ("aborted", "in progress")]
    tables: set[str] = set()
    for number in ended:
        held = writing[number]
        if held is None:
            return None
        tables |= set(held)
    return tables
