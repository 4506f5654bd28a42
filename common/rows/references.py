"""What a model declares itself, and who points at its rows: every relation, those without a reverse name included."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model, Q

CHUNK = 900


@dataclass(frozen=True)
class Reference:
    """One row (`holder`) that points at another (`referred`), by field `name`. A row of a many-to-many relation
    stands for the record on whose page it was entered."""

    holder: tuple[type[Model], Any]
    referred: tuple[type[Model], Any]
    name: str


def references(model: type[Model], pks: Collection[Any]) -> Iterator[Reference]:
    """What points at the given rows of a model, in a few queries a relation."""
    ordered = sorted(pks)
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        holder: Any = relation.related_model
        shown, field = holder, relation.field
        column = "pk"
        if holder._meta.auto_created:
            shown, column = holder._meta.auto_created, owner_column(holder)
            if column == field.attname:
                continue  # the record's own list goes with the record
        for start in range(0, len(ordered), CHUNK):
            part = ordered[start : start + CHUNK]
            rows = holder._base_manager.filter(among(field.attname, part)).values_list(column, field.attname)
            for pk, referred in rows:
                yield Reference((shown, pk), (model, referred), field.name)


def own_field(model: type[Model], name: str) -> Field:
    """A field that the model declares itself, as against what points at it.

    Raises:
        TypeError: the name is that of a reverse relation.
    """
    found = model._meta.get_field(name)
    if not isinstance(found, Field):
        raise TypeError(f"{model.__name__}.{name} is no field of its own")
    return found


def among(column: str, ordered: Sequence[Any]) -> Q:
    """Rows with one of these ids in order. An import's follow one another: two numbers then tell what 900 would."""
    if isinstance(ordered[0], int) and ordered[-1] - ordered[0] == len(ordered) - 1:
        return Q(**{f"{column}__gte": ordered[0], f"{column}__lte": ordered[-1]})
    return Q(**{f"{column}__in": ordered})


def owner_column(through: Any) -> str:
    """The column of an automatic many-to-many table that names the record it was entered on."""
    owner = through._meta.auto_created
    lists = owner._meta.many_to_many
    return next(f"{f.m2m_field_name()}_id" for f in lists if f.remote_field.through is through)
