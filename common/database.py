"""What one database engine needs and the other doesn't, in one place."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


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
