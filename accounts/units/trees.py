"""A unit means its whole tree: itself and every unit below it. 仅本级, itself alone, is asked for and said."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Unit

ONLY = "（仅本级）"


def units_q(field: str, unit: int, *, only: bool = False) -> Q:
    """The rows of a unit's tree, or of the unit alone; 0 asks for those that state none."""
    if not unit:
        return Q(**{f"{field}__isnull": True})
    return Q(**{field: unit}) if only else Q(**{f"{field}__in": Unit.objects.tree(unit).values("pk")})


@dataclass(frozen=True)
class Viewer:
    """A unit as the selectors know people: it is shown its tree, or with `only` itself alone; without a unit, the
    whole office. It is no user: it can sign in nowhere and owns nothing."""

    unit: Unit | None
    only: bool = False
    is_active: bool = True
    sees_business: bool = True

    @property
    def sees_all(self) -> bool:
        return self.unit is None

    def scope_units(self) -> Any:
        if self.unit is None:
            return Unit.objects.none()
        units = Unit.objects.filter(pk=self.unit.pk) if self.only else Unit.objects.under(self.unit)
        return units.values("pk")
