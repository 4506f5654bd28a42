"""Who receives now what a unit or a person has to do: the one rule, with its fall-back up the tree.

Whoever handles an entry, as long as they work here; else the coordinators of the unit that answers for it, else those
of the nearest unit above that has one, else the commission's office, else the administrators. Of the last there is
always one (`accounts.services.keep_an_admin`), so nothing is told to nobody. The pages' own queues are the same rule
seen from the other side: `User.clerked_units`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from ledger.models import LadderStep, ProblemEntry

ASKED = [Role.COORDINATOR, Role.LEADER, Role.ADMIN]


@dataclass
class Office:
    """Those who act for units, read once for many entries."""

    paths: dict[int, str]
    by_unit: dict[tuple[str, str], list[User]] = field(default_factory=dict)
    city: dict[str, list[User]] = field(default_factory=dict)
    admins: list[User] = field(default_factory=list)

    @classmethod
    def now(cls) -> "Office":
        """As the accounts in use have it."""
        office = cls(Unit.objects.paths())
        office.seat(User.objects.filter(is_active=True, role__in=ASKED).select_related("unit").order_by("pk"))
        return office

    @classmethod
    def around(cls, unit: Unit) -> "Office":
        """Only those who may come into question for one unit; in one statement."""
        steps = [int(step) for step in str(unit.path).strip("/").split("/")]
        clerk = Q(role=Role.COORDINATOR) & (Q(unit__in=steps) | Q(city_wide=True))
        people = User.objects.filter(clerk | Q(role=Role.ADMIN), is_active=True)
        office = cls({unit.pk: str(unit.path)})
        office.seat(people.select_related("unit").order_by("pk"))
        return office

    def seat(self, people: Iterable[User]) -> None:
        for person in people:
            if person.role == Role.ADMIN:
                self.admins.append(person)
                continue
            if person.city_wide:
                self.city.setdefault(person.role, []).append(person)
            if person.unit:
                self.by_unit.setdefault((person.role, str(person.unit.path)), []).append(person)

    def of_unit(self, role: str, unit_id: int) -> list[User]:
        """Of the unit, or of the nearest above it that has one."""
        path = self.paths[unit_id]
        while path:
            if found := self.by_unit.get((role, path)):
                return found
            path = path[: path.rstrip("/").rfind("/") + 1]
        return []

    def of_office(self) -> list[User]:
        """The commission's office; the administrators while it has nobody."""
        return self.city.get(Role.COORDINATOR, []) or self.admins

    def receivers(self, unit_id: int) -> list[User]:
        """Who receives for a unit."""
        return self.of_unit(Role.COORDINATOR, unit_id) or self.of_office()

    def receiving(self, entry: ProblemEntry) -> list[User]:
        """Who has to do something about an entry."""
        handler = in_hand_of(entry)
        return [handler] if handler else self.receivers(entry.responsible_unit_id)

    def oversees(self, person: User, unit_id: int) -> bool:
        """Whether what a unit answers for is among what this person's own units do."""
        if person.sees_all:
            return True
        return person.unit_id is not None and self.paths[unit_id].startswith(self.paths[person.unit_id])

    def audience(self, step: LadderStep, entry: ProblemEntry) -> list[User]:
        """Whom the step tells about the entry; the commission's office where it finds nobody."""
        unit = entry.responsible_unit_id
        found: list[User] = []
        if step.to_handler and entry.handler_id:
            found += self.receiving(entry)
        if step.to_coordinator:
            found += self.of_unit(Role.COORDINATOR, unit)
        if step.to_unit_leader:
            found += self.of_unit(Role.LEADER, unit)
        if step.to_city_leader:
            found += self.city.get(Role.LEADER, [])
        if step.to_office or not found:
            found += self.of_office()
        return once_each(found)


def in_hand_of(entry: ProblemEntry) -> User | None:
    """Who handles it, as long as they work here."""
    return entry.handler if entry.handler and entry.handler.works else None


def receivers_of(unit: Unit) -> list[User]:
    """Who receives for a unit (`Office.receivers`)."""
    return Office.around(unit).receivers(unit.pk)


def receiving(entry: ProblemEntry) -> list[User]:
    """Who has to do something about an entry (`Office.receiving`)."""
    handler = in_hand_of(entry)
    return [handler] if handler else receivers_of(entry.lead_unit or entry.unit)


def once_each(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
