"""Many at once, really committing, on whichever database the suite runs.

Each guard has a control that goes round it and must fail, so that we know the race is there.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ledger.models import EntryEvent, NumberSequence, ProblemCategory, ProblemEntry
from ledger.moves.data import MoveData
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import create_entry
from ledger.services.errors import LedgerError, MoveConflictError
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, ROUNDS, REGISTRATIONS = 6, 50, 24


def together(count: int, work: Callable[[int, Barrier], Any]) -> list[Any]:
    """Runs `work` in so many threads, each on its own connection; the barrier lets them go at once."""
    barrier, results = Barrier(count, timeout=30), []

    def run(number: int) -> None:
        try:
            results.append(work(number, barrier))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def clerks(police):
    return [UserFactory(unit=police, coordinator=True) for _ in range(THREADS)]


def test_exactly_one_of_six_wins_every_move_and_the_others_are_told_who(police, clerks):
    """The same entry fifty rounds on: accepted once, then assigned and returned in turn."""
    entry, rounds = EntryFactory(unit=police), [Action.ACCEPT, *[Action.ASSIGN, Action.RETURN] * ROUNDS][:ROUNDS]
    due = timezone.localdate() + timedelta(days=30)
    data = MoveData(note="请核实", lead_unit=police, deadline=due, deadline_reason="等待批复")
    mine = [ProblemEntry.objects.get(pk=entry.pk) for _ in range(THREADS)]
    barrier, results = Barrier(THREADS, timeout=60), [[] for _ in rounds]

    def race(number: int, _: Barrier) -> None:
        for turn, action in enumerate(rounds):
            mine[number].refresh_from_db()
            barrier.wait()
            try:
                asked = {"entry": mine[number], "action": action, "actor": clerks[number], "at": timezone.now()}
                results[turn].append(advance_entry(**asked, data=data))
            except MoveConflictError as error:
                results[turn].append(error)
            barrier.wait()

    assert together(THREADS, race) == [None] * THREADS
    for action, told in zip(rounds, results, strict=True):
        won = [result for result in told if isinstance(result, EntryEvent)]
        assert Counter(type(result) for result in told) == {EntryEvent: 1, MoveConflictError: THREADS - 1}
        words = f"{entry.number} 已由{won[0].actor_name}{action.label}（现为“{won[0].get_to_state_display()}”）"
        assert {str(result) for result in told if result not in won} == {f"{words}，您的操作没有执行，请核对后再办"}
    seqs = list(entry.events.order_by("seq").values_list("seq", "action"))
    assert seqs == list(enumerate([Action.REGISTER, *rounds], 1))
    assert ProblemEntry.objects.get().return_count == rounds.count(Action.RETURN)


def test_two_entries_merged_into_each_other_at_once_leave_one(police, clerks):
    """Neither may both vanish, nor wait for the other forever."""
    for _ in range(5):
        pair = [EntryFactory(unit=police), EntryFactory(unit=police)]

        def merge(number: int, barrier: Barrier, pair: list[ProblemEntry] = pair) -> EntryEvent:
            entry, other = (ProblemEntry.objects.get(pk=pair[n].pk) for n in (number, 1 - number))
            barrier.wait()
            asked = {"entry": entry, "action": Action.MARK_DUPLICATE, "actor": clerks[number]}
            return advance_entry(**asked, at=timezone.now(), data=MoveData(duplicate_of=other, is_same=True))

        results = together(2, merge)
        assert sum(isinstance(result, EntryEvent) for result in results) == 1
        assert sum(isinstance(result, LedgerError) for result in results) == 1
        assert ProblemEntry.objects.filter(pk__in=[one.pk for one in pair], state=EntryState.DUPLICATE).count() == 1


def test_without_the_conditional_update_all_six_would_have_won(police, clerks):
    entry = EntryFactory(unit=police)

    def accept(number: int, barrier: Barrier) -> int:
        mine = ProblemEntry.objects.get(pk=entry.pk)
        barrier.wait()
        if mine.state != EntryState.REGISTERED:
            return 0
        return ProblemEntry.objects.filter(pk=mine.pk).update(state=EntryState.ACCEPTED)

    assert sum(together(THREADS, accept)) > 1


def test_parallel_registrations_get_different_numbers_without_a_gap(police, officer):
    category = ProblemCategory.objects.first()

    def register(number: int, barrier: Barrier) -> str:
        barrier.wait()
        return create_entry(
            actor=officer, at=timezone.now(), title=f"问题{number}", unit=police, category=category
        ).number

    numbers = together(REGISTRATIONS, register)
    year = timezone.localdate().year
    assert sorted(map(str, numbers)) == [f"JS-{year}-{n:04d}" for n in range(1, REGISTRATIONS + 1)]


def test_numbers_read_and_then_written_would_have_been_given_twice():
    NumberSequence.objects.create(series="JS", year=2023, last=0)

    def take(number: int, barrier: Barrier) -> int:
        last = NumberSequence.objects.get(series="JS", year=2023).last
        barrier.wait()
        with transaction.atomic():
            NumberSequence.objects.filter(series="JS", year=2023).update(last=last + 1)
        return last + 1

    assert len(set(together(THREADS, take))) < THREADS


def test_one_form_sent_by_six_taps_at_once_makes_one_entry(police, officer):
    category, key = ProblemCategory.objects.first(), "0b5cf8a7-4e0b-4c9d-8f38-2f7f0c7fd001"

    def register(number: int, barrier: Barrier) -> str:
        barrier.wait()
        return create_entry(
            actor=officer, at=timezone.now(), submission=key, title="道路被占", unit=police, category=category
        ).number

    year = timezone.localdate().year
    assert together(THREADS, register) == [f"JS-{year}-0001"] * THREADS
    assert ProblemEntry.objects.count() == 1
