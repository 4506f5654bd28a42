"""A coordinator stands for the units below as for the own: every move by the pages, and nothing for those beside."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import ProblemEntry, SupportingUnit
from ledger.moves.table import MOVES
from ledger.moves.who import actions_for
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory, move
from tests.factories.ledger import evidence

pytestmark = pytest.mark.django_db
A, S = Action, EntryState


@pytest.fixture
def tree(police):
    """The bureau, a station below it, a post below that, and another station beside."""
    station = UnitFactory(name="样例派出所", parent=police)
    post = UnitFactory(name="样例警务室", parent=station)
    return {"bureau": police, "station": station, "post": post, "beside": UnitFactory(name="样例大队", parent=police)}


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


NOTE = {"note": "样例说明"}
CALLED = {"rating": "satisfied", "spoken_with": "厂长", "note": "满意"}
# state → the moves that the coordinator of the unit makes there, what is sent, and where it leads
STEPS: dict[EntryState, dict[Action, tuple[dict[str, Any], EntryState]]] = {
    S.REGISTERED: {
        A.ACCEPT: ({}, S.ACCEPTED),
        A.REJECT: (NOTE, S.REJECTED),
        A.MARK_DUPLICATE: ({"duplicate_of": "other", "is_same": "on", "asked_about": "other"}, S.DUPLICATE),
        A.SPLIT: ({"kept_title": "一", "piece_1_title": "二", **NOTE}, S.REGISTERED),
    },
    S.ACCEPTED: {
        A.ASSIGN: ({"lead_unit": "station", "handler": "worker", "deadline": day(5)}, S.ASSIGNED),
        A.REJECT: (NOTE, S.REJECTED),
    },
    S.ASSIGNED: {
        A.ASSIGN: ({"lead_unit": "station", "handler": "second", "deadline": day(5)}, S.ASSIGNED),
        A.ACKNOWLEDGE: ({"handler": "worker"}, S.HANDLING),
        A.TRANSFER: ({"lead_unit": "beside", **NOTE}, S.ASSIGNED),
        A.RETURN: (NOTE, S.ACCEPTED),
        A.HAND_OVER: ({"handler": "second", **NOTE}, S.ASSIGNED),
    },
    S.HANDLING: {
        A.PROGRESS: (NOTE, S.HANDLING),
        A.PAUSE: (NOTE, S.HANDLING),
        A.COMPLETE: (NOTE, S.COMPLETED),
        A.ASK_EXTENSION: ({"until": day(40), **NOTE}, S.HANDLING),
        A.ASK_DEFERRAL: ({"until": day(90), **NOTE}, S.HANDLING),
        A.TRANSFER: ({"lead_unit": "beside", **NOTE}, S.ASSIGNED),
        A.RETURN: (NOTE, S.ACCEPTED),
        A.HAND_OVER: ({"handler": "second", **NOTE}, S.HANDLING),
    },
    S.DEFERRED: {A.RESUME_HANDLING: ({"deadline": day(3), **NOTE}, S.HANDLING), A.PROGRESS: (NOTE, S.DEFERRED)},
    S.COMPLETED: {A.CONFIRM: (CALLED, S.CONFIRMED), A.SEND_BACK: (NOTE, S.HANDLING)},
    S.CONFIRMED: {A.CLOSE_OUT: ({}, S.CLOSED)},
}
ASKED = {A.EXTEND: S.HANDLING, A.REFUSE_EXTENSION: S.HANDLING}


def entry_of(tree: dict, state: EntryState, worker: Any) -> ProblemEntry:
    yesterday = timezone.localdate() - timedelta(days=1)
    own = {"lead_unit": tree["station"], "handler": worker} if state not in (S.REGISTERED, S.ACCEPTED) else {}
    return EntryFactory(unit=tree["station"], registered_on=yesterday, state=state, **own)


def send(client, entry: ProblemEntry, action: Action, given: dict[str, Any], names: dict[str, Any]) -> Any:
    """As the page of the move sends it: what it has filled in, and what was typed."""
    address = reverse("ledger:entry-move", args=[entry.pk, action])
    page = client.get(address)
    if page.status_code != 200:
        return page
    sent = {name: getattr(names.get(value), "pk", value) for name, value in given.items()}
    files = {"files": [evidence().file]} if action == A.COMPLETE else {}
    return client.post(address, {"version": entry.version, **sent, **files})


@pytest.mark.parametrize("manned", [False, True], ids=["nobody nearer", "with a coordinator of its own"])
def test_every_move_of_a_unit_below_is_made_by_its_page(client, tree, manned):
    """Whether the station has a coordinator or not: the bureau means its whole tree."""
    upper = UserFactory(unit=tree["bureau"], coordinator=True)
    if manned:
        UserFactory(unit=tree["station"], coordinator=True)
    worker, second = UserFactory(unit=tree["station"]), UserFactory(unit=tree["station"])
    client.force_login(upper)
    wrong = {}
    for state, steps in STEPS.items():
        for action, (given, target) in steps.items():
            entry = entry_of(tree, state, worker)
            other = EntryFactory(unit=tree["station"], enterprise=entry.enterprise)
            answer = send(client, entry, action, given, {**tree, "worker": worker, "second": second, "other": other})
            entry.refresh_from_db()
            if (answer.status_code, entry.state) != (302, target):
                form = answer.context and answer.context.get("form")
                wrong[state, action] = (answer.status_code, entry.state, form and form.errors)
    for action, state in ASKED.items():
        entry = entry_of(tree, state, worker)
        move(entry, A.ASK_EXTENSION, actor=worker, until=timezone.localdate() + timedelta(days=40), note="等审批")
        answer = send(client, entry, action, NOTE, tree)
        entry.refresh_from_db()
        if (answer.status_code, entry.asked) != (302, ""):
            wrong[state, action] = (answer.status_code, entry.asked)
    assert wrong == {}


def test_the_table_above_leaves_out_no_move_of_a_coordinator(tree):
    """What is on offer to the station's own is what is on offer from above, and all of it is tried."""
    upper, own = (UserFactory(unit=tree[name], coordinator=True) for name in ("bureau", "station"))
    worker, today = UserFactory(unit=tree["station"]), timezone.localdate()
    for state, steps in STEPS.items():
        entry = entry_of(tree, state, worker)
        offered = actions_for(entry, upper, today)
        assert offered == actions_for(entry, own, today)
        untried = set(offered) - set(steps) - {A.HAND_OVER, A.SPLIT, A.REJECT, A.ASK_DEFERRAL, A.MARK_DUPLICATE}
        assert untried == set(), (state, untried)
    assert {action for steps in STEPS.values() for action in steps} <= set(MOVES)


def test_a_part_and_the_supporter_of_a_unit_below_are_the_coordinators_above_too(client, tree, court):
    upper, worker = UserFactory(unit=tree["bureau"], coordinator=True), UserFactory(unit=tree["station"])
    entry = EntryFactory(unit=court, state=S.HANDLING, registered_on=timezone.localdate() - timedelta(days=1))
    part = SupportingUnit.objects.create(entry=entry, unit=tree["station"])
    client.force_login(upper)
    named = send(client, entry, A.NAME_SUPPORTER, {"part": part.pk, "supporter": worker.pk, **NOTE}, {})
    entry.refresh_from_db()
    part.refresh_from_db()
    assert (named.status_code, part.handler) == (302, worker)
    done = send(client, entry, A.REPORT_PART, {"part": part.pk, "result": "done", **NOTE}, {})
    part.refresh_from_db()
    assert (done.status_code, part.result) == (302, "done")


def test_coordinators_below_and_beside_are_refused_every_move(client, tree):
    """What the bureau's station leads is not the post's below it, nor the other station's."""
    worker, today = UserFactory(unit=tree["station"]), timezone.localdate()
    for name in ("post", "beside"):
        person = UserFactory(unit=tree[name], coordinator=True)
        client.force_login(person)
        for state, steps in STEPS.items():
            entry = entry_of(tree, state, worker)
            assert actions_for(entry, person, today) == [], (name, state)
            for action, (given, _) in steps.items():
                answer = client.post(reverse("ledger:entry-move", args=[entry.pk, action]), {**given, "version": 1})
                assert answer.status_code == 404, (name, state, action)
