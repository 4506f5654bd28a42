"""What one database engine needs and the other doesn't, in one place."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 1000


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
    """Inserts plain values by one prepared statement, without an instance a row, a thousand at a time.

    For many rows whose ids nobody needs. `names` are the fields that `rows` hold; the others get their defaults.
    Neither save() nor signals nor auto_now run, so dates of writing are among the values.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    others: list[Any] = [
        field for field in model._meta.concrete_fields if field not in fields and not field.primary_key
    ]
    rest = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in [*fields, *others])
    marks = ", ".join(["%s"] * (len(fields) + len(others)))
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 -- names of our own models
    source = iter(rows)
    with connection.cursor() as cursor:
        while part := list(islice(source, CHUNK)):
            ready = [
                [*(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)), *rest]
                for row in part
            ]
            cursor.executemany(statement, ready)
