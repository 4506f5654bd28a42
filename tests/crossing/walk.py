"""The walk itself: a seed gives the steps, each step its own dice, so that any part of it can be walked again."""

import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random
from time import perf_counter

import time_machine
from django.core.cache import cache
from django.db import transaction

from tests.crossing import (  # noqa: F401 -- they put themselves among the steps
    entry_steps,
    money_steps,
    office_steps,
    paper_steps,
    register_steps,
    roster_steps,
)
from tests.crossing.books import NOW_AND_THEN, SELDOM
from tests.crossing.invariants import EACH, Snapshot
from tests.crossing.steps import STEPS, drawn
from tests.crossing.ties import TIES, gaps
from tests.crossing.world import START, NothingToDoError, World

OFTEN, RARELY = 10, 50  # steps between the dear questions, and between the dearest


class BrokenError(Exception):
    """Something that must hold does not."""


@dataclass
class Walk:
    """How far it went and what was found; `lines` tell the steps."""

    seed: int
    lines: list[str]
    done: list[int]  # the steps that found something to do
    broken: str = ""
    walked: int = 0  # steps, also those that found nothing
    where: str = ""  # the name of what didn't hold: another walk that ends there found the same

    def __str__(self) -> str:
        return f"CROSSING_SEED={self.seed}，共 {len(self.lines)} 步：{self.broken}\n" + "\n".join(self.lines[-40:])


def walk(seed: int, numbers: Sequence[int], minutes: float = inf) -> Walk:
    """These steps of this seed, or as many as the minutes allow, in an office of its own that is gone afterwards."""
    until = perf_counter() + 60 * minutes  # a clock that nobody sets
    told = Walk(seed, [], [])
    with time_machine.travel(START, tick=False) as clock, transaction.atomic():
        cache.clear()
        world = World(clock)
        before = Snapshot.now()
        try:
            for place, number in enumerate(numbers, 1):
                last = place == len(numbers) or perf_counter() > until
                before, told.walked = one_step(world, told, number, before, last=last), place
                if last:
                    break
        except BrokenError as error:
            told.broken = str(error)
        transaction.set_rollback(True)
    return told


def one_step(world: World, told: Walk, number: int, before: Snapshot, *, last: bool) -> Snapshot:
    rng = Random(f"{told.seed}:{number}")
    name = drawn(rng)
    world.tick(minutes=rng.randrange(1, 30))
    try:
        with transaction.atomic():
            done = STEPS[name][1](world, rng)
    except NothingToDoError:
        return before
    except Exception as error:
        told.lines.append(f"{number} {name}")
        told.where = f"{name} {type(error).__name__} {str(error)[:12]}"
        raise BrokenError(f"{name}：{traceback.format_exc(limit=-6)}") from error
    told.lines.append(f"{number} {name}：{done.words}")
    told.done.append(number)
    after = Snapshot.now()
    if done.refused and (moved := before.differences(after)):
        told.where = f"refused {name}"
        raise BrokenError(f"{name} 被拒绝，却改了 {moved[:5]}")
    questions = [(check.__name__, check(world, before, after)) for check in (*EACH, *TIES)]
    questions += [(check.__name__, check(world)) for check in (*NOW_AND_THEN, gaps) if last or number % OFTEN == 0]
    questions += [(check.__name__, check(world)) for check in SELDOM if last or number % RARELY == 0]
    for check, found in questions:
        if faults := list(found):
            told.where = check
            raise BrokenError(f"{check}：{'；'.join(faults[:4])}")
    return after


def shrunk(found: Walk) -> Walk:
    """The same fault by fewer steps: halves are left out, then quarters, as long as it is still found."""
    best, piece, tries = found, max(len(found.done) // 2, 1), 0
    while tries < int(os.environ.get("CROSSING_TRIES", "40")):
        for start in range(0, len(best.done), piece):
            less = best.done[:start] + best.done[start + piece :]
            tries += 1
            told = walk(found.seed, [*less, *broken_step(best)])
            if told.where == found.where:
                best = told
                break
        else:
            if piece == 1:
                break
            piece = max(piece // 2, 1)
    return best


def broken_step(found: Walk) -> list[int]:
    """The step it broke on, where that one never came to be done."""
    number = int(found.lines[-1].split()[0].rstrip("："))
    return [] if number in found.done else [number]
