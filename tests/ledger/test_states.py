"""Every state × action × person: the words of docs/domain.md written out, not read back from the table of moves."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Unit, User
from ledger.models import SupportingUnit
from ledger.moves.data import MoveData, Piece
from ledger.moves.table import MOVES
from ledger.moves.who import actions_for
from ledger.sampling import span_of
from ledger.selectors.entries.entry_page import buttons
from ledger.services.checking.rechecks import draw
from ledger.services.entries.bulk import look_at
from ledger.services.entries.moving import advance_entry, ensure_movable
from ledger.services.errors import MissingNeedError, MoveConflictError, MoveRefusedError
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import at, evidence, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState
RECEIVING = ["receiving", "office", "admin"]


def each(people: list[str], *actions: Action) -> dict[str, list[Action]]:
    return {person: list(actions) for person in people}


Table = dict[str, list[Action]]


def told(*parts: Table) -> Table:
    """Several lists put together for each person, in the order of the buttons."""
    people, order = {person for part in parts for person in part}, list(MOVES)
    together = {person: {action for part in parts for action in part.get(person, [])} for person in people}
    return {person: sorted(actions, key=order.index) for person, actions in together.items()}


def without(table: Table, *closed: Action) -> Table:
    return {person: [action for action in actions if action not in closed] for person, actions in table.items()}


SUPPORT = {
    "supporting": [A.REPORT_PART, A.NAME_SUPPORTER],
    "supporter": [A.REPORT_PART],
    **each(["office", "admin"], A.NAME_SUPPORTER),
}
WARNING = each(["office", "admin", "leader", "city_leader"], A.WARN)
DECIDING = ["office", "admin", "leader", "city_leader"]
ALLOWED: dict[EntryState, Table] = {
    S.REGISTERED: {**each(RECEIVING, A.ACCEPT, A.SPLIT, A.REJECT, A.MARK_DUPLICATE), "registrar": [A.WITHDRAW]},
    S.ACCEPTED: each(RECEIVING, A.ASSIGN, A.SPLIT, A.REJECT, A.MARK_DUPLICATE),
    S.ASSIGNED: told(
        each(RECEIVING, A.ASSIGN, A.HAND_OVER, A.SPLIT),
        each(["office", "admin"], A.TRANSFER),
        each(["handler", "leading"], A.ACKNOWLEDGE),
        {"leading": [A.TRANSFER, A.RETURN, A.HAND_OVER]},
        WARNING,
        SUPPORT,
    ),
    S.HANDLING: told(
        each(["handler", "leading"], A.COMPLETE, A.PROGRESS, A.PAUSE, A.ASK_EXTENSION, A.ASK_DEFERRAL),
        {"leading": [A.TRANSFER, A.RETURN, A.HAND_OVER]},
        each(["office", "admin"], A.TRANSFER),
        each(RECEIVING, A.HAND_OVER, A.SPLIT),
        WARNING,
        SUPPORT,
    ),
    S.DEFERRED: told(
        each(["handler", "leading"], A.PROGRESS, A.ASK_DEFERRAL),
        each(["leading", *RECEIVING], A.RESUME_HANDLING, A.HAND_OVER),
        each(["leader", "city_leader"], A.RESUME_HANDLING),
        SUPPORT,
    ),
    S.COMPLETED: told(
        each([*RECEIVING, "leading", "registrar"], A.CONFIRM, A.SEND_BACK),
        each([*RECEIVING, "leading"], A.HAND_OVER),
    ),
    S.CONFIRMED: each([*RECEIVING, "leading"], A.CLOSE_OUT),
    S.CLOSED: {"admin": [A.REOPEN]},
    S.REJECTED: {},
    S.DUPLICATE: each(["office", "admin"], A.UNMERGE),
}
LEAVING = (A.COMPLETE, A.TRANSFER, A.RETURN)
WAITING = told(without(ALLOWED[S.HANDLING], A.PAUSE, *LEAVING), each(["handler", "leading", *RECEIVING], A.RESUME))
WARNED = told(without(ALLOWED[S.HANDLING], A.WARN), each(["office", "admin", "leader", "city_leader"], A.UNWARN))
OVERDUE = without(ALLOWED[S.HANDLING], A.PAUSE, A.ASK_EXTENSION)
EXTENSION_ASKED = told(
    without(ALLOWED[S.HANDLING], A.ASK_EXTENSION, A.ASK_DEFERRAL),
    each([*DECIDING, "receiving"], A.EXTEND, A.REFUSE_EXTENSION),
)
DEFERRAL_ASKED = told(
    without(ALLOWED[S.HANDLING], A.ASK_EXTENSION, A.ASK_DEFERRAL), each(DECIDING, A.DEFER, A.REFUSE_DEFERRAL)
)
DRAWN = each(["office", "admin"], A.UPHOLD, A.REINSTATE)
DEFERRED_AGAIN = told(without(ALLOWED[S.DEFERRED], A.ASK_DEFERRAL), each(DECIDING, A.DEFER, A.REFUSE_DEFERRAL))


@dataclass
class People:
    registrar: User
    receiving: User
    handler: User
    leading: User
    colleague: User
    leader: User
    city_leader: User
    supporting: User
    supporter: User
    office: User
    admin: User


@pytest.fixture
def procuratorate(db):
    return Unit.objects.get(name="市人民检察院")


@pytest.fixture
def people(police, court, procuratorate, office, admin, city_leader):
    return People(
        registrar=UserFactory(unit=police),
        receiving=UserFactory(unit=police, coordinator=True),
        handler=UserFactory(unit=court),
        leading=UserFactory(unit=court, coordinator=True),
        colleague=UserFactory(unit=court),
        leader=UserFactory(unit=court, leader=True),
        city_leader=city_leader,
        supporting=UserFactory(unit=procuratorate, coordinator=True),
        supporter=UserFactory(unit=procuratorate),
        office=office,
        admin=admin,
    )


DAY = date(2023, 5, 10)


@pytest.fixture
def make(police, court, people):
    def entry_in(state, **kwargs):
        entry = EntryFactory(
            unit=police, lead_unit=court, handler=people.handler, registered_by=people.registrar, state=state, **kwargs
        )
        part = {"unit": people.supporting.unit, "handler": people.supporter, "result": "done", "words": "已配合"}
        SupportingUnit.objects.create(entry=entry, **part)
        return entry

    return entry_in


def waiting(make, people):
    return move(make(S.HANDLING), A.PAUSE, actor=people.handler, note="等企业补合同原件")


def warned(make, people):
    return move(make(S.HANDLING), A.WARN, actor=people.leader, note="一周没有进展")


def overdue(make, people):
    entry = make(S.HANDLING)
    return move(entry, A.PROGRESS, actor=people.handler, day=entry.deadline + timedelta(days=1), note="还在协商")


def asked(action, state=S.HANDLING):
    def walk(make, people):
        return move(make(state), action, actor=people.handler, until=date(2024, 3, 29), note="对方在外地")

    return walk


def drawn(state):
    def walk(make, people):
        entry = make(state)
        draw(span=span_of(DAY, weekly=False), at=at(date(2023, 6, 1)))
        return entry

    return walk


CASES = {
    **{str(state): (ALLOWED[state], lambda make, people, state=state: make(state)) for state in EntryState},
    "waiting": (WAITING, waiting),
    "warned": (WARNED, warned),
    "overdue": (OVERDUE, overdue),
    "extension asked": (EXTENSION_ASKED, asked(A.ASK_EXTENSION)),
    "deferral asked": (DEFERRAL_ASKED, asked(A.ASK_DEFERRAL)),
    "rejected and drawn": (DRAWN, drawn(S.REJECTED)),
    "merged and drawn": (DRAWN, drawn(S.DUPLICATE)),
    "deferral asked again": (DEFERRED_AGAIN, asked(A.ASK_DEFERRAL, S.DEFERRED)),
}


def enough(entry, people) -> MoveData:
    """Everything any move could need."""
    return MoveData(
        note="情况说明",
        lead_unit=entry.lead_unit,
        handler=entry.handler,
        deadline=date(2023, 12, 29),
        deadline_reason="等待上级批复",
        duplicate_of=EntryFactory(),
        is_same=True,
        rating="satisfied",
        spoken_with="厂长",
        until=date(2024, 4, 30),
        result="done",
        supporter=people.supporter,
        part=entry.support.get(),
        kept=Piece("货款"),
        pieces=[Piece("道路")],
        files=[evidence()],
    )


def fitting(action: Action, data: MoveData, people) -> MoveData:
    """What two moves want otherwise: another unit to lead, another person to take over."""
    if action == A.TRANSFER:
        return replace(data, lead_unit=people.supporting.unit, handler=None)
    return replace(data, handler=people.colleague) if action == A.HAND_OVER else data


def later(entry):
    return entry.events.latest("seq").occurred_at + timedelta(hours=1)


@pytest.mark.parametrize("case", CASES)
def test_only_the_written_moves_are_open_in_each_state_to_each_person(case, people, make):
    table, walk = CASES[case]
    entry = walk(make, people)
    data, at, events = enough(entry, people), later(entry), entry.events.count()
    for name, person in vars(people).items():
        allowed = table.get(name, [])
        assert actions_for(entry, person, at.date()) == allowed, name
        for action in MOVES_OF_PEOPLE:
            if action in allowed:
                with transaction.atomic():
                    given = fitting(action, data, people)
                    assert advance_entry(entry=entry, action=action, actor=person, at=at, data=given).action == action
                    transaction.set_rollback(True)
                entry.refresh_from_db()
            else:
                with pytest.raises((MoveRefusedError, MoveConflictError)) as refused:
                    ensure_movable(entry, action, person, at, entry.version)
                assert re.search("[一-鿿]", str(refused.value))
        assert entry.events.count() == events, name


MOVES_OF_PEOPLE = [action for action in Action if action not in Action.SYSTEM]


@pytest.mark.parametrize("case", CASES)
def test_page_shows_exactly_the_buttons_of_the_allowed_moves(client, case, people, make, monkeypatch):
    table, walk = CASES[case]
    entry = walk(make, people)
    monkeypatch.setattr("ledger.views.entries.today", lambda: later(entry).date())
    for name, person in vars(people).items():
        client.force_login(person)
        page = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
        assert sorted(re.findall(r'data-action="(\w+)"', page)) == sorted(table.get(name, [])), name


def test_the_likely_step_and_its_other_answer_are_buttons_and_never_in_a_menu():
    """By what may be done: the main button, the one beside it."""
    shown = {
        (A.ACCEPT, A.SPLIT, A.REJECT): (A.ACCEPT, A.REJECT),
        (A.EXTEND, A.REFUSE_EXTENSION, A.WARN): (A.EXTEND, A.REFUSE_EXTENSION),
        (A.DEFER, A.REFUSE_DEFERRAL): (A.DEFER, A.REFUSE_DEFERRAL),
        (A.CONFIRM, A.HAND_OVER, A.SEND_BACK): (A.CONFIRM, A.SEND_BACK),
        (A.COMPLETE, A.PROGRESS, A.PAUSE): (A.COMPLETE, A.PROGRESS),
        (A.PROGRESS, A.RESUME, A.ASK_DEFERRAL): (A.RESUME, A.PROGRESS),
        (A.CLOSE_OUT,): (A.CLOSE_OUT, None),
        (A.ASSIGN, A.SPLIT): (A.ASSIGN, None),
        (A.WARN, A.TRANSFER): (None, A.WARN),
        (A.UPHOLD, A.REINSTATE): (None, A.UPHOLD),
        (): (None, None),
    }
    assert {actions: buttons(actions) for actions in shown} == shown


@pytest.mark.parametrize("case", CASES)
def test_bulk_assigns_exactly_what_its_own_page_would(case, people, make):
    table, walk = CASES[case]
    entry = walk(make, people)
    for name, person in vars(people).items():
        (line,) = look_at(A.ASSIGN, [entry], actor=person, at=later(entry), data=None)
        assert line.done is (A.ASSIGN in table.get(name, [])), name
        assert re.search("[一-鿿]", line.words)


BULK = {"receiving", "leading", "supporting", "office", "admin", "leader", "city_leader"}


def test_list_and_phone_offer_bulk_steps_to_those_who_have_them_and_no_other_buttons(client, people, make):
    """The entry's own page is one for desk and phone: its buttons are those of the test above, once each."""
    make(S.ASSIGNED)
    for name, person in vars(people).items():
        client.force_login(person)
        page = client.get(reverse("ledger:entry-list")).content.decode()
        table, cards = page.split('class="cards-on-phone')
        offered = [table.count('name="entry"'), cards.count('name="entry"'), page.count("formaction=")]
        assert offered == ([1, 1, 4] if name in BULK else [0, 0, 0]), name
        assert "data-action" not in page
        bulk = client.get(reverse("ledger:bulk", args=["remind"]))
        assert bulk.status_code == (200 if name in BULK else 403), name


@pytest.mark.parametrize(
    ("action", "actor", "words"),
    [
        (A.EXTEND, "colleague", "同意延期由政法委办公室、登记单位联络员、管理员、领导办理，您不在其中"),
        (A.EXTEND, "handler", "同意延期须由申请人和经办人以外的人决定"),
        (A.RETURN, "handler", "退单由牵头单位联络员办理，您不在其中"),
        (A.TRANSFER, "receiving", "转办由政法委办公室、牵头单位联络员、管理员办理，您不在其中"),
        (A.REPORT_PART, "leading", "协办反馈由协办人、协办单位联络员办理，您不在其中"),
        (A.ASK_EXTENSION, "handler", "JS-2023-0001 延期申请待批，现在不能申请延期"),
        (A.DEFER, "office", "JS-2023-0001 没有“挂账申请待批”，现在不能同意挂账"),
    ],
)
def test_refusal_says_whose_move_it_is_or_what_it_waits_for(action, actor, words, people, make):
    entry = asked(A.ASK_EXTENSION)(make, people)
    with pytest.raises(MoveRefusedError, match=f"^{words}$"):
        advance_entry(entry=entry, action=action, actor=getattr(people, actor), at=later(entry))


def test_nobody_decides_on_a_request_of_their_own(people, make):
    entry = move(make(S.HANDLING), A.ASK_EXTENSION, actor=people.leading, until=date(2024, 3, 29), note="对方在外地")
    type(entry).objects.filter(pk=entry.pk).update(unit=people.leading.unit)
    entry.refresh_from_db()
    assert A.EXTEND not in actions_for(entry, people.leading, DAY)
    with pytest.raises(MoveRefusedError, match=r"^同意延期须由申请人和经办人以外的人决定$"):
        move(entry, A.EXTEND, actor=people.leading)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (date(2023, 5, 24), "要延到的日期须晚于现在的期限 2023-05-24"),
        (None, "请填写延到哪一天"),
    ],
)
def test_extension_is_asked_for_a_day_after_the_deadline(until, words, people, make):
    with pytest.raises(MissingNeedError, match=f"^{words}$"):
        move(make(S.HANDLING), A.ASK_EXTENSION, actor=people.handler, until=until, note="对方在外地")


def test_whoever_claimed_it_done_neither_confirms_nor_closes_it(people, make):
    entry = move(make(S.HANDLING), A.COMPLETE, actor=people.leading, note="已解决", files=[evidence()])
    assert actions_for(entry, people.leading, DAY) == [A.HAND_OVER, A.SEND_BACK]
    assert actions_for(entry, people.receiving, DAY) == [A.CONFIRM, A.HAND_OVER, A.SEND_BACK]
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
