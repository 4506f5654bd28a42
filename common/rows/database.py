"""What one database engine needs and the other doesn't, in one place."""

import json
import pickle
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from hashlib import sha256
from itertools import islice, repeat
from operator import itemgetter
from tempfile import SpooledTemporaryFile
from typing import Any

from django.db import connection, models, transaction
from django.db.models.base import ModelState
from django.utils import timezone

CHUNK = 2000  # rows worked out, kept and sent together
IN_MEMORY = 2**20  # bytes
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


def one_at_a_time(key: str) -> None:
    """Waits until no other transaction holds this key; it is held till the end of ours. On SQLite a transaction has
    every other writer waiting already."""
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(key.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def share_rows(model: type[models.Model], keys: Sequence[int]) -> None:
    """Holds rows against change until the transaction ends, together with others who only rely on them; whoever
    changes one (`select_for_update`) is waited for. On SQLite a transaction has every other writer waiting already."""
    if connection.vendor == "postgresql":
        table, column = (connection.ops.quote_name(str(name)) for name in (model._meta.db_table, model._meta.pk.column))
        with connection.cursor() as cursor:
            statement = f"SELECT 1 FROM {table} WHERE {column} = ANY(%s) ORDER BY {column} FOR SHARE"  # noqa: S608
            cursor.execute(statement, [list(keys)])


class ReadyRows:
    """Rows as the driver takes them: worked out before a lock is taken, so that others wait only for the inserting.

    `names` are the fields that added rows hold; the others get their defaults. Neither save() nor signals nor auto_now
    run, so dates of writing are among the values. Many rows lie in an unnamed temporary file until they are inserted,
    for they take more memory than what they were made from.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        fields: list[Any] = [model._meta.get_field(name) for name in names]
        others = [field for field in model._meta.concrete_fields if field not in fields and not field.primary_key]
        quote = connection.ops.quote_name
        self.table = quote(model._meta.db_table)
        self.columns = ", ".join(quote(field.column) for field in [*fields, *others])
        self.marks = ", ".join(["%s"] * len([*fields, *others]))
        self.converters = [converter(field) for field in fields]
        self.rest = [next(iter(converter(field)([field.get_default()]))) for field in others]
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- closed with its last reference
        self.parts: list[int] = []  # the rows in each

    def __len__(self) -> int:
        return sum(self.parts)

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        source = iter(rows)
        while part := list(islice(source, CHUNK)):
            columns = zip(*part, strict=True)
            values = [convert(column) for convert, column in zip(self.converters, columns, strict=True)]
            ready = list(zip(*values, *(repeat(value, len(part)) for value in self.rest), strict=True))
            pickle.dump(ready, self.file, protocol=pickle.HIGHEST_PROTOCOL)
            self.parts.append(len(part))

    def read(self) -> Iterator[list[tuple[Any, ...]]]:
        self.file.seek(0)
        for _ in self.parts:
            yield pickle.load(self.file)  # noqa: S301 -- our own rows of a moment ago

    def insert(self) -> None:
        """One COPY on PostgreSQL, a prepared statement on SQLite."""
        if not self.parts:
            return
        with connection.cursor() as cursor:
            if connection.vendor != "postgresql":
                for part in self.read():
                    cursor.executemany(f"INSERT INTO {self.table} ({self.columns}) VALUES ({self.marks})", part)  # noqa: S608 -- our own models
                return
            with connection.wrap_database_errors, cursor.copy(f"COPY {self.table} ({self.columns}) FROM STDIN") as copy:
                for part in self.read():
                    for row in part:
                        copy.write_row(row)


class ReadyRecords(ReadyRows):
    """New records that have ids, made ready; their dates of writing are the moment they are added."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        super().__init__(model, [field.name for field in fields])
        self.values = itemgetter(*[field.attname for field in fields])
        self.dated = [
            field.attname
            for field in fields
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        ]

    def add(self, records: Iterable[Any]) -> None:
        super().add(map(self.values, map(vars, self.stamped(records))))  # past the descriptors of foreign keys

    def stamped(self, records: Iterable[Any]) -> Iterator[Any]:
        now = timezone.now()
        for record in records:
            for name in self.dated:
                setattr(record, name, now)
            yield record


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes plain values, some thousands at a time. `rows` may query: it is read between the statements."""
    source = iter(rows)
    while part := list(islice(source, CHUNK)):
        ready = ReadyRows(model, names)
        ready.add(part)
        ready.insert()


def set_column(model: type[models.Model], name: str, values: Iterable[tuple[int, int]]) -> None:
    """Gives many rows a whole number each, by id: one statement on PostgreSQL, to which each is a journey; a prepared
    one on SQLite."""
    quote, pairs = connection.ops.quote_name, list(values)
    field: Any = model._meta.get_field(name)
    pk: Any = model._meta.pk
    table, column, own = quote(model._meta.db_table), quote(field.column), quote(pk.column)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            statement = f"UPDATE {table} SET {column} = %s WHERE {own} = %s"  # noqa: S608 -- our own models
            cursor.executemany(statement, [(value, one) for one, value in pairs])
            return
        statement = (
            f"UPDATE {table} SET {column} = given.value FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, value)"  # noqa: S608 -- our own models
            f" WHERE {table}.{own} = given.id"
        )
        cursor.execute(statement, [[one for one, _ in pairs], [value for _, value in pairs]])


def converter(field: Any) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """What makes a column of Python values one of the database's."""
    if type(field) in AS_THEY_ARE:
        return iter
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)().encode
        return partial(map, lambda value: None if value is None else encode(value))
    # Dates and amounts repeat from row to row.
    return partial(map, lru_cache(CHUNK)(lambda value: field.get_db_prep_save(value, connection)))


def year_of(column: str) -> str:
    """SQL for the year of a day, as a whole number."""
    year = f"EXTRACT(YEAR FROM {column})" if connection.vendor == "postgresql" else f"SUBSTR({column}, 1, 4)"
    return f"CAST({year} AS BIGINT)"


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Ids that no other row will get. Those not used are lost, as with any sequence."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    column = str(model._meta.pk and model._meta.pk.column)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
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


@cache
def blank_record(model: type[models.Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]], dict[str, str]]:
    """What a new record starts with: defaults, defaults to be made for each, and the columns of its foreign keys."""
    fields = model._meta.concrete_fields
    made = {field.attname: field.get_default for field in fields if field.has_default() and callable(field.default)}
    fixed = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return fixed, made, {field.name: field.attname for field in fields if field.is_relation}


def new_record(model: type[models.Model], **values: Any) -> Any:
    """What `model(**values)` makes, in a fraction of the time: no signals, no checks of the names."""
    fixed, made, foreign = blank_record(model)
    record = model.__new__(model)
    record._state = ModelState()
    given = fixed.copy()
    for name, value in values.items():
        if name in foreign:
            given[foreign[name]] = value and value.pk
            record._state.fields_cache[name] = value
        else:
            given[name] = value
    given |= {column: default() for column, default in made.items() if column not in given}
    record.__dict__.update(given)
    return record


def give_ids(model: type[models.Model], records: Sequence[Any]) -> None:
    """Ids for new records, and for their foreign keys those of the new records that they refer to."""
    if not records:
        return
    foreign, own = blank_record(model)[2], str(model._meta.pk and model._meta.pk.attname)
    for record, pk in zip(records, reserve_ids(model, len(records)), strict=True):
        values = vars(record)
        values[own] = pk
        for name, held in record._state.fields_cache.items():
            if held is not None and name in foreign and values[foreign[name]] is None:
                values[foreign[name]] = held.pk
