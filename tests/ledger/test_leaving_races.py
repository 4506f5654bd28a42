"""Somebody leaves, or a unit is hung elsewhere, and at the same moment is given something: never both.

Each way of giving is tried while the leaving has counted what there is and has not yet been written (both engines);
the control, where the engine lets two write at once, goes round the lock and must leave work behind.
"""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from accounts import leaving, services
from accounts.models import Unit, User
from accounts.posts import AccountError
from cases.models import LegalCase
from cases.services.cases import CaseError, change_officer
from enterprises.models import Pairing
from enterprises.services.errors import RegisterError
from enterprises.services.pairings import start_pairing
from ledger.models import ProblemEntry
from ledger.moves.data import MoveData
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import LedgerError
from ledger.states import Action, EntryState
from tests.factories import CaseFactory, EnterpriseFactory, EntryFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ON_BOTH = pytest.mark.skipif(connection.vendor == "sqlite", reason="a transaction there has every other writer waiting")
REFUSALS = (AccountError, CaseError, LedgerError, RegisterError)
DAY = date(2026, 11, 23)
LOCK = {"pairing": "accounts.leaving.share_rows", "case": "accounts.leaving.share_rows"}


class Crossing:
    """One goes while another gives: `go` counts by the function of that name, `give` begins once it has counted."""

    def __init__(self, monkeypatch, module: Any, counts: str, patience: float) -> None:
        self.counted, self.told, real = Event(), [], getattr(module, counts)

        def count(*given: Any) -> Any:
            found = real(*given)
            self.counted.set()
            self.beside.join(patience)  # held up by the row, it cannot end before we do
            return found

        monkeypatch.setattr(module, counts, count)

    def run(self, go: Callable[[], Any], give: Callable[[], Any]) -> None:
        def meanwhile() -> None:
            self.counted.wait(30)
            self.attempt("given", give)
            connection.close()

        self.beside = Thread(target=meanwhile)
        self.beside.start()
        self.attempt("gone", go)
        self.beside.join(60)

    def attempt(self, word: str, work: Callable[[], Any]) -> None:
        try:
            work()
            self.told.append(word)
        except REFUSALS as error:
            self.told.append(str(error))


def pairing(person: User, actor: User) -> Callable[[], Any]:
    new = Pairing(officer=person, enterprise=EnterpriseFactory(), starts_on=DAY)
    return lambda: start_pairing(pairing=new, actor=actor, today=DAY)


def case(person: User, actor: User) -> Callable[[], Any]:
    made = CaseFactory(unit=person.unit, officer=None, state="open", closed_on=None)
    return lambda: change_officer(case=made, officer=person, by=actor)


GIVES = {"pairing": pairing, "case": case}


def left_behind() -> int:
    gone = User.objects.filter(is_active=False)
    return Pairing.objects.filter(officer__in=gone).count() + LegalCase.objects.filter(officer__in=gone).count()


@pytest.mark.parametrize("kind", GIVES)
def test_whoever_leaves_at_this_moment_is_neither_paired_nor_given_a_case(kind, police, admin, monkeypatch):
    person = UserFactory(unit=police)
    give = GIVES[kind](User.objects.get(pk=person.pk), admin)
    crossing = Crossing(monkeypatch, services, "open_work", patience=0.5)
    crossing.run(lambda: services.deactivate(user=person, by=admin), give)
    assert (crossing.told[0], left_behind()) == ("gone", 0)
    assert crossing.told[1] in ("只能为本单位的干警结对", f"{person.name}不是{police}的在岗人员，请从承办单位选人")


@ON_BOTH
@pytest.mark.parametrize("kind", GIVES)
def test_without_holding_the_person_something_is_left_behind(kind, police, admin, monkeypatch):
    """The control."""
    monkeypatch.setattr(LOCK[kind], lambda *given: None)
    person = UserFactory(unit=police)
    give = GIVES[kind](User.objects.get(pk=person.pk), admin)
    crossing = Crossing(monkeypatch, services, "open_work", patience=30)
    crossing.run(lambda: services.deactivate(user=person, by=admin), give)
    assert (sorted(crossing.told), left_behind()) == (["given", "gone"], 1)


def hanging(police: Unit, court: Unit, office: User) -> tuple[User, Callable[[], Any], Callable[[], Any]]:
    """A station is hung below the court; meanwhile the police give one of its people something of theirs."""
    station = UnitFactory(name="样例派出所", parent=police)
    worker = UserFactory(unit=station)
    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED)
    when = entry.events.last().occurred_at + timedelta(minutes=5)
    due = {"deadline": date(2023, 6, 20), "deadline_reason": "样例"}

    def go() -> None:
        data = {"name": station.name, "kind": station.kind, "parent": court}
        services.save_unit(pk=station.pk, data=data, version=station.version)

    def give() -> None:
        data = MoveData(lead_unit=police, handler=worker, **due)
        fresh = ProblemEntry.objects.get(pk=entry.pk)
        advance_entry(entry=fresh, action=Action.ASSIGN, actor=office, at=when, data=data)

    return worker, go, give


def out_of_sight(worker: User) -> bool:
    unit = Unit.objects.get(pk=worker.unit_id)
    return any(not unit.is_within(entry.lead_unit) for entry in worker.handled_entries.select_related("lead_unit"))


def test_people_of_a_unit_being_hung_elsewhere_are_given_nothing_from_above_it(police, court, office, monkeypatch):
    worker, go, give = hanging(police, court, office)
    crossing = Crossing(monkeypatch, leaving, "left_outside", patience=0.5)
    crossing.run(go, give)
    assert (crossing.told[0], out_of_sight(worker)) == ("gone", False)
    assert "不是市公安局的在岗人员，请从牵头单位选经办人" in crossing.told[1]


@ON_BOTH
def test_without_holding_its_people_one_works_out_of_sight(police, court, office, monkeypatch):
    """The control."""
    monkeypatch.setattr("ledger.services.people.standing.share_rows", lambda *given: None)
    worker, go, give = hanging(police, court, office)
    crossing = Crossing(monkeypatch, leaving, "left_outside", patience=30)
    crossing.run(go, give)
    assert (sorted(crossing.told), out_of_sight(worker)) == (["given", "gone"], True)
