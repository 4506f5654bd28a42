"""A small office in which anything may happen to anything: its people, firms, cases, and a clock that is set."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from cases.models import CaseKind, LegalCase
from common.periods import SHANGHAI
from enterprises.models import Enterprise, Workstream
from ledger.models import ProblemCategory, ProblemEntry
from tests.clients import QuickClient
from tests.factories import CaseFactory, EnterpriseFactory, KeyProjectFactory, PairingFactory, UserFactory
from tests.factories.enterprises import uscc

START = datetime(2025, 6, 9, 9, tzinfo=SHANGHAI)
NO_SUCH = (403, 404)


class NothingToDoError(Exception):
    """The step finds nothing it could be done with: it is left out."""


class World:
    """What the steps act on, and what the invariants remember beside the tables."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.now = clock, START
        clock.move_to(START)
        self.client = QuickClient()
        self.money: dict[int, tuple[str, str, date]] = {}  # what was typed, by row: kind, amount, day
        self.told: dict[int, set[int]] = defaultdict(set)  # steps of the ladder told while an entry stayed overdue
        self.ordered: set[int] = set()  # entries with an order of the ladder's while they stayed overdue
        self.frozen: dict[str, str] = {}  # the rows of a closed period as they were signed
        self.imports: list[int] = []
        self.people()
        self.things()

    def people(self) -> None:
        names = ("市公安局", "市人民法院", "市人民检察院", "市司法局")
        self.units = [Unit.objects.get(name=name) for name in names]
        station = Unit.objects.create(name="样例派出所", parent=self.units[0])
        head = Unit.objects.get(name="市委政法委")
        for unit in self.units:
            UserFactory(unit=unit, coordinator=True)
            UserFactory(unit=unit, leader=True)
            for _ in range(3):
                UserFactory(unit=unit)
        self.units.append(station)
        UserFactory(unit=station)
        UserFactory(unit=station, coordinator=True)
        self.office = [UserFactory(unit=head, coordinator=True, city=True) for _ in range(2)]
        self.admins = [UserFactory(unit=head, admin=True) for _ in range(2)]
        UserFactory(unit=head, leader=True, city=True)
        UserFactory(auditor=True)

    def things(self) -> None:
        matters = list(Workstream.objects.order_by("pk")[:2])
        firms = [
            EnterpriseFactory(name=f"津市样例厂{n}", uscc=uscc(900 + n), workstream=matters[n % 2]) for n in range(5)
        ]
        for unit in self.units[:2]:
            PairingFactory(officer=unit.users.order_by("pk").last(), enterprise=firms[0], starts_on=START.date())
            case = CaseFactory(number=f"样例{unit.pk}号", unit=unit, kind=CaseKind.ENFORCEMENT, workstream=matters[0])
            case.enterprises.add(firms[0])
        KeyProjectFactory(enterprise=firms[1], workstream=matters[0])

    # ---- the clock ----

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def tick(self, **passed: int) -> None:
        self.now += timedelta(**passed)
        self.clock.move_to(self.now)

    # ---- who and what there is, always in the same order ----

    def active(self, **asked: Any) -> list[User]:
        return list(User.objects.filter(is_active=True, **asked).select_related("unit").order_by("pk"))

    def staff(self) -> list[User]:
        return [person for person in self.active() if person.role != Role.AUDITOR]

    def entries(self, **asked: Any) -> list[ProblemEntry]:
        return list(ProblemEntry.objects.filter(**asked).order_by("pk"))

    def an_entry(self, rng: Random, **asked: Any) -> ProblemEntry:
        """One of those there are; the newest ones, of which most is still to come, more often."""
        found = self.entries(**asked)
        recent = found[-12:] if rng.random() < 0.7 else found
        return one_of(rng, recent)

    def seen(self, person: User, rng: Random, **asked: Any) -> ProblemEntry:
        """One of the entries this person may see, as the page has it."""
        found = list(ProblemEntry.objects.visible_to(person).for_list().filter(**asked).order_by("pk"))
        return one_of(rng, found[-12:] if rng.random() < 0.7 else found)

    def firm(self, rng: Random) -> Enterprise:
        return one_of(rng, Enterprise.objects.order_by("pk")[:6])

    def case(self, rng: Random) -> LegalCase:
        return one_of(rng, LegalCase.objects.order_by("pk"))

    def category(self, rng: Random) -> ProblemCategory:
        return one_of(rng, ProblemCategory.objects.filter(is_active=True).order_by("pk"))

    # ---- pages ----

    def get(self, person: User, name: str, *args: Any, **asked: Any) -> HttpResponse:
        self.client.force_login(person)
        return self.client.get(reverse(name, args=args), asked)

    def post(self, person: User, name: str, *args: Any, data: dict[str, Any], query: str = "") -> HttpResponse:
        self.client.force_login(person)
        return self.client.post(reverse(name, args=args) + query, data)


def one_of(rng: Random, rows: Any) -> Any:
    found = list(rows)
    if not found:
        raise NothingToDoError
    return rng.choice(found)
