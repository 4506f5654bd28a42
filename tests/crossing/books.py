"""What is dear to ask, and so is asked now and then: the figures, the closed books, all chains and all deadlines."""

from collections import Counter
from collections.abc import Iterator

from common.periods import Period
from ledger.models import ProblemEntry
from ledger.moves.who import actions_for
from ledger.vocabulary import EntryState
from reports.closing.adjusting import recount_closed
from reports.figures.tallies import compute
from reports.models import Adjustment, FrozenFigure, PeriodClose
from tests.crossing.invariants import broken_chains, wrong_deadlines
from tests.crossing.office_steps import frozen_bytes
from tests.crossing.world import World
from tests.reports.recount import Recount

PLACE = ("indicator", "level", "workstream", "unit")


def every_chain(world: World) -> Iterator[str]:
    yield from broken_chains(list(ProblemEntry.objects.values_list("pk", flat=True)))


def every_deadline(world: World) -> Iterator[str]:
    yield from wrong_deadlines(list(ProblemEntry.objects.values_list("pk", flat=True)))


def figures(world: World) -> Iterator[str]:
    """The half-year that runs, counted by the program and by hand: money once, at its place."""
    month = 1 if world.today.month < 7 else 7
    half = Period.parse(f"{world.today.year}H{1 if month == 1 else 2}")
    told = {(one.indicator, one.level, one.workstream, one.unit): one.value for one in compute(half, world.today)}
    by_hand = Recount(half.start, half.next_start, world.today).count().cells()
    yield from apart(f"{half.code} 的统计", {key: value for key, value in told.items() if value}, by_hand)


def apart(name: str, told: dict, by_hand: dict) -> Iterator[str]:
    for key in sorted(told.keys() | by_hand.keys(), key=str):
        if told.get(key, 0) != by_hand.get(key, 0):
            yield f"{name} {key} 是 {told.get(key, 0)}，手数是 {by_hand.get(key, 0)}"


def closed_books(world: World) -> Iterator[str]:
    """What was signed stays as it was; with its adjustments it is what the records give, each for a stated reason."""
    for code, rows in world.frozen.items():
        half = Period.parse(code)
        made = recount_closed(half, world.now)
        if made and Adjustment.objects.filter(recount=made).exists() and not made.corrections.exists():
            moved = Adjustment.objects.filter(recount=made).values_list("indicator", "delta")
            yield f"{code} 的数变了，没有人说明：{sorted(set(moved))[:4]}"
        close = PeriodClose.objects.get(book__code=code, reopening=None)
        told: Counter = Counter()
        for *place, value in FrozenFigure.objects.filter(close=close).values_list(*PLACE, "value"):
            told[tuple(place)] += value
        for *place, delta in Adjustment.objects.filter(recount__close=close).values_list(*PLACE, "delta"):
            told[tuple(place)] += delta
        by_hand = Recount(half.start, half.next_start, world.today).count().cells()
        yield from apart(f"{code} 结账加调整", {key: value for key, value in told.items() if value}, by_hand)
        if frozen_bytes(code) != rows:
            yield f"{code} 结账的数被改过"


def somebody_acts(world: World) -> Iterator[str]:
    """Of each open entry at least one person in use can make a move; the newest ones are asked."""
    people = world.staff()
    for entry in ProblemEntry.objects.filter(state__in=list(EntryState.OPEN)).order_by("-pk")[:8]:
        if not any(actions_for(entry, person, world.today) for person in people):
            yield f"{entry.number} 现为“{entry.get_state_display()}”，没有人能办"


NOW_AND_THEN = (every_chain, every_deadline, somebody_acts)
SELDOM = (figures, closed_books)
