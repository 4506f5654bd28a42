"""Everything that points at a firm, and what a merge does with it. A new relation is declared here, or nothing merges
any more: a row left behind with a trace would be in nobody's list."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db.models import Model, QuerySet

from enterprises.models import Enterprise


class How(Enum):
    MOVE = auto()  # goes to the firm that is kept
    PAIR = auto()  # the same, but one officer's overlapping times become one
    LINK = auto()  # the same, but what is linked with both is linked once
    STAY = auto()  # tells of this very firm, or of an earlier merge


RELATIONS: dict[str, How] = {
    "cases.legalcase.enterprises": How.LINK,
    "enterprises.enterprise.merged_into": How.STAY,
    "enterprises.enterprisemerge.merged": How.STAY,
    "enterprises.enterprisemerge.survivor": How.STAY,
    "enterprises.formername.enterprise": How.MOVE,
    "enterprises.keyproject.enterprise": How.MOVE,
    "enterprises.likelydouble.one": How.STAY,
    "enterprises.likelydouble.other": How.STAY,
    "enterprises.notdoubles.one": How.STAY,
    "enterprises.notdoubles.other": How.STAY,
    "enterprises.pairing.enterprise": How.PAIR,
    "ledger.problementry.enterprise": How.MOVE,
    "ledger.serviceactivity.enterprise": How.MOVE,
    "ledger.surveyform.enterprise": How.MOVE,
}


class UndeclaredRelationError(TypeError):
    """Something points at firms of which nobody has said what a merge does with it."""


@dataclass(frozen=True)
class Relation:
    """One way of pointing at a firm. For a many-to-many list `holder` is its table, and `shown` whose list it is."""

    name: str
    holder: Any
    column: str
    shown: type[Model]
    owner: str  # column of the holder that names the shown record

    @property
    def how(self) -> How:
        if self.name not in RELATIONS:
            raise UndeclaredRelationError(f"say in RELATIONS what a merge does with {self.name}")
        return RELATIONS[self.name]

    @property
    def label(self) -> str:
        return str(self.shown._meta.verbose_name)

    def rows(self, firm: Enterprise) -> QuerySet[Any]:
        """Those that point at the firm, oldest first; of every unit."""
        rows: QuerySet[Any] = self.holder._base_manager.filter(**{self.column: firm.pk}).order_by("pk")
        return rows

    @property
    def is_versioned(self) -> bool:
        return any(field.name == "version" for field in self.holder._meta.concrete_fields)


def relations() -> Iterator[Relation]:
    """All of them, by what Django knows, in the order of their names."""
    every: Any = Enterprise._meta.get_fields(include_hidden=True)
    found = (made(one) for one in every if one.auto_created and not one.concrete and not one.many_to_many)
    yield from sorted(found, key=lambda relation: relation.name)


def made(found: Any) -> Relation:
    holder, field = found.related_model, found.field
    whose = holder._meta.auto_created
    if not whose:
        return Relation(f"{holder._meta.label_lower}.{field.name}", holder, field.attname, holder, "pk")
    many = next(one for one in whose._meta.many_to_many if one.remote_field.through is holder)
    return Relation(
        f"{whose._meta.label_lower}.{many.name}", holder, field.attname, whose, f"{many.m2m_field_name()}_id"
    )


def relation(name: str) -> Relation:
    return next(one for one in relations() if one.name == name)
