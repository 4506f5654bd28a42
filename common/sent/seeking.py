"""Words that people seek, found however they are written: `name__holds=word` on any text.

Both sides are folded by the one rule of `common.text.name_key` (width, case, brackets, dots, dashes, blanks, quotation
marks set aside), by a function that both databases know under the same name: SQLite is given it with each connection,
PostgreSQL by a migration of accounts. Names that have a stored key are sought in that.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Lookup, Q, QuerySet, TextField

from common.text import name_key

FOLD = "jinshi_fold"


class Holds(Lookup):
    """Whether a text holds a word. A word of nothing but signs is in every text."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        find = "strpos" if connection.vendor == "postgresql" else "instr"
        return f"{find}({FOLD}({column}), %s) > 0", (*params, name_key(str(self.rhs)))


def install(**given: Any) -> None:
    """Gives a new connection of SQLite the folding; called when one is opened."""
    connection = given["connection"]
    if connection.vendor == "sqlite":
        connection.connection.create_function(FOLD, 1, folded, deterministic=True)


def folded(text: str | None) -> str | None:
    return None if text is None else name_key(str(text))


def with_words(rows: QuerySet, words: str, *columns: str, also: Callable[[str], Q] | None = None) -> Any:
    """The rows that hold every word in one of the columns at least, or that `also` gives for it.

    `…name_key` and `…pinyin` are kept folded already; `…uscc` is a code, sought from its beginning.
    """
    for word in words.split():
        rows = rows.filter(reduce(or_, [sought(column, word) for column in columns], also(word) if also else Q()))
    return rows


def sought(column: str, word: str) -> Q:
    key = name_key(word)
    if column.endswith(("name_key", "pinyin")):
        return Q((f"{column}__contains", key))
    if column.endswith("uscc"):
        return Q((f"{column}__startswith", key.upper()))
    return Q((f"{column}__holds", word))


CharField.register_lookup(Holds)
TextField.register_lookup(Holds)
