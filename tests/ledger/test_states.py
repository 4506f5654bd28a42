"""Every state × action × person: the words of docs/domain.md written out, not read back from the table of moves."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Unit, User
from ledger.services.entries import MoveData, advance_entry
from ledger.services.errors import MoveConflictError, MoveRefusedError
from ledger.services.who import actions_for
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import evidence, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState
RECEIVING = ["receiving", "office", "admin"]


def each(people: list[str], *actions: Action) -> dict[str, list[Action]]:
    return {person: list(actions) for person in people}


ALLOWED: dict[EntryState, dict[str, list[Action]]] = {
    S.REGISTERED: each(RECEIVING, A.ACCEPT, A.REJECT, A.MARK_DUPLICATE),
    S.ACCEPTED: each(RECEIVING, A.ASSIGN, A.REJECT, A.MARK_DUPLICATE),
    S.ASSIGNED: {
        "receiving": [A.ASSIGN],
        **each(["office", "admin"], A.ASSIGN, A.WARN),
        "leader": [A.WARN],
        **each(["handler", "leading"], A.ACKNOWLEDGE),
    },
    S.HANDLING: {
        **each(["handler", "leading"], A.COMPLETE, A.PROGRESS, A.PAUSE),
        **each(["office", "admin", "leader"], A.WARN),
    },
    S.COMPLETED: each([*RECEIVING, "leading", "registrar"], A.CONFIRM, A.SEND_BACK),
    S.CONFIRMED: each([*RECEIVING, "leading"], A.CLOSE_OUT),
    S.CLOSED: {"admin": [A.REOPEN]},
    S.REJECTED: {},
    S.DUPLICATE: {},
}
WAITING: dict[str, list[Action]] = {
    **each(["handler", "leading"], A.PROGRESS, A.RESUME),
    "receiving": [A.RESUME],
    **each(["office", "admin"], A.RESUME, A.WARN),
    "leader": [A.WARN],
}
WARNED: dict[str, list[Action]] = {
    **each(["handler", "leading"], A.COMPLETE, A.PROGRESS, A.PAUSE),
    **each(["office", "admin", "leader"], A.UNWARN),
}
OVERDUE: dict[str, list[Action]] = {
    **each(["handler", "leading"], A.COMPLETE, A.PROGRESS),
    **each(["office", "admin", "leader"], A.WARN),
}


@dataclass
class People:
    registrar: User
    receiving: User
    handler: User
    leading: User
    colleague: User
    leader: User
    office: User
    admin: User


@pytest.fixture
def people(police, court, office, admin):
    return People(
        registrar=UserFactory(unit=police),
        receiving=UserFactory(unit=police, coordinator=True),
        handler=UserFactory(unit=court),
        leading=UserFactory(unit=court, coordinator=True),
        colleague=UserFactory(unit=court),
        leader=UserFactory(unit=court, leader=True),
        office=office,
        admin=admin,
    )


DAY = date(2023, 5, 10)


@pytest.fixture
def make(police, court, people):
    def entry_in(state, **kwargs):
        return EntryFactory(
            unit=police, lead_unit=court, handler=people.handler, registered_by=people.registrar, state=state, **kwargs
        )

    return entry_in


def waiting(make, people):
    return move(make(S.HANDLING), A.PAUSE, actor=people.handler, note="等企业补合同原件")


def warned(make, people):
    return move(make(S.HANDLING), A.WARN, actor=people.leader, note="一周没有进展")


def overdue(make, people):
    entry = make(S.HANDLING)
    return move(entry, A.PROGRESS, actor=people.handler, day=entry.deadline + timedelta(days=1), note="还在协商")


CASES = {
    **{str(state): (ALLOWED[state], lambda make, people, state=state: make(state)) for state in EntryState},
    "waiting": (WAITING, waiting),
    "warned": (WARNED, warned),
    "overdue": (OVERDUE, overdue),
}


def enough(entry) -> MoveData:
    """Everything any move could need."""
    return MoveData(
        note="情况说明",
        lead_unit=entry.lead_unit,
        handler=entry.handler,
        deadline=date(2023, 12, 29),
        deadline_reason="等待上级批复",
        duplicate_of=EntryFactory(),
        rating="satisfied",
        spoken_with="厂长",
        files=[evidence()],
    )


def later(entry):
    return entry.events.latest("seq").occurred_at + timedelta(hours=1)


@pytest.mark.parametrize("case", CASES)
def test_only_the_written_moves_are_open_in_each_state_to_each_person(case, people, make):
    table, walk = CASES[case]
    entry = walk(make, people)
    data, at, events = enough(entry), later(entry), entry.events.count()
    for name, person in vars(people).items():
        allowed = table.get(name, [])
        assert actions_for(entry, person, at.date()) == allowed, name
        for action in MOVES_OF_PEOPLE:
            entry.refresh_from_db()
            if action in allowed:
                with transaction.atomic():
                    assert advance_entry(entry=entry, action=action, actor=person, at=at, data=data).action == action
                    transaction.set_rollback(True)
            else:
                with pytest.raises((MoveRefusedError, MoveConflictError)) as refused:
                    advance_entry(entry=entry, action=action, actor=person, at=at, data=data)
                assert re.search("[一-鿿]", str(refused.value))
            assert entry.events.count() == events


MOVES_OF_PEOPLE = [action for action in Action if action not in Action.SYSTEM]


@pytest.mark.parametrize("case", CASES)
def test_page_shows_exactly_the_buttons_of_the_allowed_moves(client, case, people, make, monkeypatch):
    table, walk = CASES[case]
    entry = walk(make, people)
    monkeypatch.setattr("ledger.views.entries.today", lambda: later(entry).date())
    for name, person in vars(people).items():
        client.force_login(person)
        page = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
        assert re.findall(r'data-action="(\w+)"', page) == table.get(name, []), name


def test_whoever_claimed_it_done_neither_confirms_nor_closes_it(people, make):
    entry = move(make(S.HANDLING), A.COMPLETE, actor=people.leading, note="已解决", files=[evidence()])
    assert actions_for(entry, people.leading, DAY) == [A.SEND_BACK]
    assert actions_for(entry, people.receiving, DAY) == [A.CONFIRM, A.SEND_BACK]
    move(entry, A.CONFIRM, actor=people.receiving, rating="satisfied", spoken_with="厂长", note="满意")
    assert actions_for(entry, people.leading, DAY) == []
    with pytest.raises(MoveRefusedError, match=r"^销号须由经办人以外的人办理$"):
        move(entry, A.CLOSE_OUT, actor=people.leading)


def test_stranger_and_auditor_have_no_moves(make, auditor):
    stranger = UserFactory(unit=UnitFactory(), coordinator=True)
    for state in EntryState:
        entry = make(state)
        assert (actions_for(entry, stranger, DAY), actions_for(entry, auditor, DAY)) == ([], [])


def test_colours_of_states_leave_red_yellow_and_green_to_the_lights():
    assert {state.colour for state in EntryState} & {"red", "yellow", "green"} == set()


def test_unit_below_the_receiving_one_does_not_receive(police, make):
    below = Unit.objects.create(name="样例派出所", parent=police)
    clerk = UserFactory(unit=below, coordinator=True)
    assert actions_for(make(S.REGISTERED), clerk, DAY) == []
