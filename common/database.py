"""What one database engine needs and the other doesn't, in one place."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

CHUNK = 5000
# Fields whose values both drivers take as they are.
AS_THEY_ARE = (
    models.AutoField,
    models.BigAutoField,
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.ForeignKey,
    models.IntegerField,
    models.PositiveBigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.TextField,
)


@contextmanager
def wide_statements() -> Iterator[None]:
    """Lets bulk writes fill a statement: Django holds SQLite to 999 values, the library takes many more."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    features = connection.features
    before = features.max_query_params
    features.max_query_params = min(connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER), 30_000)
    try:
        yield
    finally:
        features.max_query_params = before


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes plain values, without an instance a row: COPY on PostgreSQL, one prepared statement on SQLite.

    `names` are the fields that `rows` hold; the others get their defaults. Neither save() nor signals nor auto_now
    run, so dates of writing are among the values. `rows` may itself query: it is read between the statements.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    others = [field for field in model._meta.concrete_fields if field not in fields and not field.primary_key]
    columns = [connection.ops.quote_name(field.column) for field in [*fields, *others]]
    converters = [converter(field) for field in fields]
    rest = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    source = iter(rows)
    with connection.cursor() as cursor:
        while part := list(islice(source, CHUNK)):
            values = [convert(column) for convert, column in zip(converters, zip(*part, strict=True), strict=True)]
            values += [repeat(value, len(part)) for value in rest]
            send_rows(cursor, connection.ops.quote_name(model._meta.db_table), columns, list(zip(*values, strict=True)))


def send_rows(cursor: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    if connection.vendor == "postgresql":
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 -- our own models


def converter(field: Any) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """What makes a column of Python values one of the database's."""
    if type(field) in AS_THEY_ARE:
        return iter
    if isinstance(field, models.JSONField):
        return partial(map, partial(json_text, encoder=field.encoder))
    # Dates and amounts repeat from row to row.
    return partial(map, lru_cache(CHUNK)(lambda value: field.get_db_prep_save(value, connection)))


def json_text(value: Any, encoder: Any) -> str | None:
    return None if value is None else json.dumps(value, cls=encoder)


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Ids that no other row will get. Those not used are lost, as with any sequence."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    column = str(model._meta.pk and model._meta.pk.column)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quote(table), column, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute(f"SELECT MAX({quote(column)}) FROM {quote(table)}")  # noqa: S608 -- our own models
        highest = cursor.fetchone()[0] or 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
        last = max(highest, given[0] if given else 0) + count
        statement = "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
        cursor.execute(statement if given else "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)", [last, table])
    return range(last - count + 1, last + 1)


def give_ids(model: type[models.Model], records: Sequence[Any]) -> None:
    """Ids for new records, and for their foreign keys those of the new records that they refer to."""
    foreign: list[Any] = [field for field in model._meta.concrete_fields if field.is_relation]
    for record, pk in zip(records, reserve_ids(model, len(records)) if records else (), strict=True):
        record.pk = pk
        for field in foreign:
            if getattr(record, field.attname) is None and field.is_cached(record):
                setattr(record, field.name, field.get_cached_value(record))


def insert_records(model: type[models.Model], records: Sequence[Any]) -> None:
    """Writes new records that have ids, without save() and signals; their dates of writing are now."""
    fields = model._meta.concrete_fields
    for field in fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            now = timezone.now()
            for record in records:
                setattr(record, field.attname, now)
    insert_rows(model, [field.name for field in fields], map(attrgetter(*[field.attname for field in fields]), records))
