"""What a merge would do with all that hangs on a firm: the page shows it, the merge carries it out. Writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from enterprises.doubles.joining import Joined, join_pairings
from enterprises.doubles.relations import How, Relation, relations
from enterprises.models import Enterprise, Pairing, RowFate

Values = dict[str, Any]


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: its columns before and after, those that change; of one that goes, all of them."""

    relation: Relation
    row: Any
    fate: RowFate
    before: Values
    after: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """How many records of one kind are moved, changed and removed."""

    label: str
    moved: int
    changed: int
    removed: int


@dataclass(frozen=True)
class MergePlan:
    survivor: Enterprise
    merged: Enterprise
    fates: list[Fate]

    @property
    def groups(self) -> list[Group]:
        found: dict[str, list[RowFate]] = {}
        for one in self.fates:
            found.setdefault(one.relation.label, []).append(one.fate)
        return [
            Group(label, *(fates.count(fate) for fate in (RowFate.MOVED, RowFate.CHANGED, RowFate.REMOVED)))
            for label, fates in found.items()
        ]

    @property
    def joined_words(self) -> list[str]:
        """The pairings that become one, in words."""
        stretched = [one for one in self.fates if one.fate == RowFate.CHANGED and isinstance(one.row, Pairing)]
        return [f"{one.row.officer.name}与两家都有结对，合为一条：{span(one.row)}" for one in stretched]


def span(pairing: Pairing) -> str:
    until = f"到 {pairing.ends_on:%Y-%m-%d}" if pairing.ends_on else "起，至今"
    return f"{pairing.starts_on:%Y-%m-%d} {until}"


def plan_merge(survivor: Enterprise, merged: Enterprise, *, hold: bool = False) -> MergePlan:
    """The rows are read anew, and held where the merge follows at once (`hold`, in its transaction).

    Raises:
        UndeclaredRelationError: something new points at firms.
    """
    fates: list[Fate] = []
    for relation in relations():
        rows = relation.rows(merged)
        rows = rows.select_for_update(of=("self",)) if hold else rows
        match relation.how:
            case How.MOVE:
                fates += [moved(relation, row, survivor) for row in rows]
            case How.LINK:
                fates += links(relation, list(rows), survivor)
            case How.PAIR:
                fates += pairings(relation, rows, survivor, hold)
    return MergePlan(survivor, merged, fates)


def moved(relation: Relation, row: Any, survivor: Enterprise) -> Fate:
    before = {relation.column: getattr(row, relation.column)}
    return Fate(relation, row, RowFate.MOVED, before, {relation.column: survivor.pk})


def links(relation: Relation, rows: list[Any], survivor: Enterprise) -> Iterator[Fate]:
    """Of a list that names both firms the one that goes is left out."""
    there = set(relation.rows(survivor).values_list(relation.owner, flat=True))
    for row in rows:
        if getattr(row, relation.owner) in there:
            yield Fate(relation, row, RowFate.REMOVED, columns_of(row))
        else:
            yield moved(relation, row, survivor)


def pairings(relation: Relation, rows: Any, survivor: Enterprise, hold: bool) -> Iterator[Fate]:
    coming = list(rows.select_related("officer"))
    kept = relation.rows(survivor).filter(officer__in={one.officer_id for one in coming}).select_related("officer")
    standing = list(kept.select_for_update(of=("self",)) if hold else kept) if coming else []
    before = {one.pk: columns_of(one) for one in [*coming, *standing]}
    joined: Joined = join_pairings(standing, coming)
    for one in joined.moved:
        one.enterprise_id = survivor.pk
    for pairs, fate in ((joined.moved, RowFate.MOVED), (joined.stretched, RowFate.CHANGED)):
        for one in pairs:
            was, now = before[one.pk], columns_of(one)
            changed = [name for name in was if was[name] != now[name]]
            if changed:  # a time that lies within another's changes nothing of it
                yield Fate(
                    relation, one, fate, {name: was[name] for name in changed}, {name: now[name] for name in changed}
                )
    for one in joined.removed:
        yield Fate(relation, one, RowFate.REMOVED, before[one.pk])


def columns_of(row: Any) -> Values:
    """All columns of a row as JSON keeps them."""
    return {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def read(model: Any, values: Mapping[str, Any]) -> Values:
    """The same back as the columns read them."""
    by_column = {field.attname: field for field in model._meta.concrete_fields}
    return {name: by_column[name].to_python(value) for name, value in values.items()}
