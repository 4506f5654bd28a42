"""Who in the office is told about an entry, read once for many entries."""

from dataclasses import dataclass, field

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from ledger.models import LadderStep, ProblemEntry

ASKED = [Role.COORDINATOR, Role.LEADER]


@dataclass
class Office:
    """Coordinators and leaders by unit; a unit without one is looked after by the nearest above it that has one."""

    paths: dict[int, str]
    by_unit: dict[tuple[str, str], list[User]] = field(default_factory=dict)
    city: dict[str, list[User]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Office":
        """As the accounts in use have it."""
        office = cls(Unit.objects.paths())
        people = User.objects.filter(is_active=True, role__in=ASKED).select_related("unit").order_by("pk")
        for person in people:
            if person.city_wide:
                office.city.setdefault(person.role, []).append(person)
            if person.unit_id:
                office.by_unit.setdefault((person.role, office.paths[person.unit_id]), []).append(person)
        return office

    def of_unit(self, role: str, unit_id: int) -> list[User]:
        path = self.paths[unit_id]
        while path:
            if found := self.by_unit.get((role, path)):
                return found
            path = path[: path.rstrip("/").rfind("/") + 1]
        return []

    def oversees(self, person: User, unit_id: int) -> bool:
        """Whether what a unit answers for is among what this person's own units do."""
        if person.sees_all:
            return True
        return person.unit_id is not None and self.paths[unit_id].startswith(self.paths[person.unit_id])

    def audience(self, step: LadderStep, entry: ProblemEntry) -> list[User]:
        """Whom the step tells about the entry; the commission's office where it finds nobody."""
        unit = entry.responsible_unit_id
        found: list[User] = []
        if step.to_handler and entry.handler and entry.handler.is_active:
            found.append(entry.handler)
        if step.to_coordinator:
            found += self.of_unit(Role.COORDINATOR, unit)
        if step.to_unit_leader:
            found += self.of_unit(Role.LEADER, unit)
        if step.to_city_leader:
            found += self.city.get(Role.LEADER, [])
        if step.to_office or not found:
            found += self.city.get(Role.COORDINATOR, [])
        return list({person.pk: person for person in found}.values())
