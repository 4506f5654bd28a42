"""Words inside an entry: number, title, text, outcome, notes of its events, names of its enterprise and project.

Chinese has no blanks between words, so a word is any run of characters, found anywhere and however it is written: both
the text and the word are folded (`common.sent.seeking`). PostgreSQL keeps all of it in `ledger_entry_text`, written by
triggers whatever wrote the rows, with an index over pairs of neighbouring characters (migrations `fulltext` and
`fold_fulltext`); SQLite reads the columns. Both find the same.
"""

from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import BooleanField, Exists, Func, OuterRef, Q

from common.sent.seeking import sought
from common.text import name_key
from enterprises.querysets import once_named

COLUMNS = ("number", "title", "content", "outcome", "enterprise__name_key", "project__name_key")


def bigrams(word: str) -> list[int]:
    """Each pair of neighbouring characters as one number, as the database's `ledger_bigrams` makes them."""
    return [ord(first) << 21 | ord(second) for first, second in pairwise(word)]


class TextHolds(Func):
    """Whether the text PostgreSQL keeps of the entry with this key holds a word.

    The pairs find the candidates by index; `strpos` keeps those where they stand in a row (and needs no escaping).
    """

    output_field = BooleanField()

    def __init__(self, key: Any, word: str) -> None:
        super().__init__(key)
        self.word = name_key(word)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> Any:
        key, params = compiler.compile(self.source_expressions[0])
        pairs = bigrams(self.word)
        rule = "strpos(text, %s) > 0" + (" AND ledger_bigrams(text) @> %s::bigint[]" if pairs else "")
        asked = [self.word, pairs] if pairs else [self.word]
        written = f"SELECT entry_id FROM ledger_entry_text WHERE {rule}"  # noqa: S608 -- the rule is written here
        return f"{key} IN ({written})", [*params, *asked]


def holds(word: str, using: str) -> Q:
    """The entries that hold a word, or whose enterprise's pinyin does, or a name that it had."""
    entries = apps.get_model("ledger", "ProblemEntry").objects.order_by()
    key = name_key(word)
    by_pinyin = Q(enterprise__pinyin__contains=key) if any("a" <= c <= "z" for c in key) else Q()
    if connections[using].vendor != "postgresql":
        notes = apps.get_model("ledger", "EntryEvent").objects.filter(entry=OuterRef("pk"), note__holds=word)
        rule = Q(Exists(notes)) | by_pinyin | once_named(word)
        for column in COLUMNS:
            rule |= sought(column, word)
        return rule
    written = entries.filter(TextHolds("pk", word)).values("pk")
    others = [entries.filter(rule).values("pk") for rule in (by_pinyin, once_named(word)) if rule]
    return Q(pk__in=written.union(*others))
