"""Any sequence of moves gives, for every day, the figures of a recount of the events in plain Python."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from random import Random

import pytest
from django.core.management import call_command

from accounts.models import Unit
from common.periods import local_date
from enterprises.models import Workstream
from ledger.models import EntryEvent, ProblemCategory, ProblemEntry
from ledger.moves.data import MoveData, Piece
from ledger.moves.who import actions_for
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import create_entry
from ledger.services.errors import ClockBehindError, MissingNeedError, MoveConflictError, MoveRefusedError
from reports.days.from_events import rates_on
from reports.days.rates import Rates
from tests.factories import UserFactory
from tests.factories.ledger import at, evidence

pytestmark = pytest.mark.django_db
START, DAYS, ENTRIES, STEPS = date(2023, 3, 1), 40, 5, 90
ENDS = frozenset({"reject", "mark_duplicate", "withdraw", "split"})


class Walk:
    """People of three units doing at random whatever the table lets them do, by the real service."""

    def __init__(self, seed: int, office, admin) -> None:
        self.rng, self.units = Random(seed), list(Unit.objects.filter(parent=None)[:3])
        self.people = [office, admin, UserFactory(leader=True, city=True)]
        for unit in self.units:
            self.people += [UserFactory(unit=unit, coordinator=True), UserFactory(unit=unit)]
        self.streams, self.category = list(Workstream.objects.all()[:2]), ProblemCategory.objects.all()[0]

    def register(self) -> None:
        person = self.rng.choice(self.people[3:])
        given = {"unit": person.unit, "workstream": self.rng.choice(self.streams), "category": self.category}
        create_entry(actor=person, at=at(START + timedelta(days=self.rng.randrange(5)), 9), title="样例", **given)

    def step(self, minute: int) -> None:
        entry = self.rng.choice(list(ProblemEntry.objects.all()))
        last = entry.events.latest("seq").occurred_at
        when = last + timedelta(hours=self.rng.choice([1, 9, 26, 60]), minutes=minute)
        moves = [(action, who) for who in self.people for action in actions_for(entry, who, local_date(when))]
        if moves:
            usual = [move for move in moves if move[0] not in ENDS]
            kinds = usual if usual and self.rng.random() < 0.95 else moves  # or the walk soon has nowhere to go
            wanted = self.rng.choice(sorted({action for action, _ in kinds}))
            action, who = self.rng.choice([move for move in kinds if move[0] == wanted])
            # An unlucky draw is refused: that unit already leads, nobody new, the other entry is later.
            with suppress(MissingNeedError, MoveRefusedError, MoveConflictError, ClockBehindError):
                advance_entry(entry=entry, action=action, actor=who, at=when, data=self.data(entry, action, when))

    def data(self, entry, action, when) -> MoveData:
        lead = self.rng.choice(self.units)
        unit = lead if action == "assign" else entry.lead_unit
        others = [one for one in ProblemEntry.objects.exclude(pk=entry.pk) if one.state not in ("rejected",)]
        staff = [person for person in self.people[3:] if person.unit == unit]
        day = local_date(when)
        return MoveData(
            note="说明",
            lead_unit=lead,
            handler=self.rng.choice(staff) if staff and action in {"assign", "acknowledge", "hand_over"} else None,
            supporting_units=self.rng.sample(self.units, 1),
            deadline=day + timedelta(days=20),
            deadline_reason="另行确定",
            duplicate_of=self.rng.choice(others) if others else None,
            is_same=True,
            rating=self.rng.choice(["satisfied", "basically", "unsatisfied"]),
            spoken_with="厂长",
            until=day + timedelta(days=self.rng.choice([10, 40])),
            result="done",
            without_parts="不等了",
            kept=Piece("其一"),
            pieces=[Piece("其二")],
            files=[evidence()],
        )


def recount(rows: list[EntryEvent], day: date, units: set[int] | None) -> Rates:
    """The rates of a day from the rows of events, in their order, for some units or for all."""
    events: dict[int, list[EntryEvent]] = {}
    for event in rows:
        if event.happened_on <= day:
            events.setdefault(event.entry_id, []).append(event)
    states: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    for chain in events.values():
        if units is None or chain[-1].unit_id in units:
            states[chain[-1].to_state] += 1
        for before, event in pairwise(chain):
            steps[event.action] += units is None or before.unit_id in units
    left_out = states["rejected"] + states["duplicate"]
    rates = Rates.of(states, steps, 85)
    done = sum(states[state] for state in ("completed", "confirmed", "closed"))
    assert (rates.total, rates.completed) == (states.total() - left_out, done)
    assert rates.resolved == states["confirmed"] + states["closed"]
    return rates


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_moves_replays_to_the_same_figures(seed, office, admin):
    walk = Walk(seed, office, admin)
    for _ in range(ENTRIES):
        walk.register()
    for minute in range(STEPS):
        walk.step(minute % 50)
    leader = UserFactory(unit=walk.units[seed % 3], leader=True)
    days = [START + timedelta(days=n * 4) for n in range(DAYS // 4 + 20)]
    rows = list(EntryEvent.objects.order_by("entry", "seq"))
    for user, units in ((None, None), (leader, {leader.unit_id})):
        for day in days:
            assert rates_on(day, user).all == recount(rows, day, units)
    assert EntryEvent.objects.order_by().values("action").distinct().count() >= 8
    call_command("verify", stdout=StringIO())
