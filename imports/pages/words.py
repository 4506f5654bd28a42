"""What the page of words shows: by column, what it is called, and the layouts that were mapped by hand."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from common.books.sheets import Column
from imports.models import HeaderMapping, HeaderSynonym, ImportKind
from imports.resources.kinds import RESOURCES
from imports.tables.synonyms import SYNONYMS

LISTED = 100  # remembered layouts that are shown, the latest first


@dataclass(frozen=True)
class Word:
    """One word for a column: built in, or added by an admin."""

    column: str
    words: str
    own: HeaderSynonym | None = None


@dataclass(frozen=True)
class ColumnWords:
    label: str
    required: bool
    built_in: list[str]
    own: list[HeaderSynonym]


@dataclass(frozen=True)
class ToldMapping:
    mapping: HeaderMapping
    pairs: list[tuple[str, str]]  # heading, label of its column; "" where it is not imported


@dataclass(frozen=True)
class WordsPage:
    kind: str
    label: str
    columns: list[ColumnWords]
    mappings: list[ToldMapping]
    has_older: bool

    @property
    def count(self) -> int:
        return len(self.all_words)

    @property
    def all_words(self) -> list[Word]:
        told = []
        for column in self.columns:
            told += [Word(column.label, words) for words in column.built_in]
            told += [Word(column.label, own.words, own) for own in column.own]
        return told


def words_page(kind: str, user: User) -> WordsPage:
    own: dict[str, list[HeaderSynonym]] = defaultdict(list)
    for row in HeaderSynonym.objects.visible_to(user).filter(kind=kind).select_related("added_by"):
        own[row.field].append(row)
    columns = RESOURCES[kind].columns()
    labels = {name: column.column_name for name, column in columns.items()}
    told = [
        ColumnWords(column.column_name, column.required, [column.column_name, *SYNONYMS[kind].get(name, ())], own[name])
        for name, column in columns.items()
    ]
    mappings: QuerySet[HeaderMapping] = HeaderMapping.objects.visible_to(user).filter(kind=kind)
    listed = [told_mapping(row, labels) for row in mappings.select_related("made_by")[: LISTED + 1]]
    return WordsPage(kind, ImportKind(kind).label, told, listed[:LISTED], len(listed) > LISTED)


def told_mapping(row: HeaderMapping, labels: dict[str, str]) -> ToldMapping:
    pairs = [(heading, labels.get(name, "")) for heading, name in zip(row.headings, row.columns, strict=False)]
    return ToldMapping(row, [(heading, label) for heading, label in pairs if heading])


WORD_COLUMNS: list[Any] = [
    Column("列", lambda word: word.column, 20),
    Column("叫法", lambda word: word.words, 30),
    Column("来源", lambda word: "添加" if word.own else "内置", 10),
    Column("添加人", lambda word: word.own.added_by.name if word.own and word.own.added_by else "", 12),
    Column("添加时间", lambda word: word.own.added_at if word.own else None, 18),
]
