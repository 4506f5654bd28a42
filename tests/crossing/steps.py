"""What may happen, one function each, and how often; every step says what it was and whether it was refused."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.crossing.world import World


@dataclass(frozen=True)
class Done:
    """What a step was, in words. `refused`: the answer said no, so nothing may have changed."""

    words: str
    refused: bool = False


Step = Callable[[World, Random], Done]
STEPS: dict[str, tuple[int, Step]] = {}


def step(weight: int) -> Callable[[Step], Step]:
    """Puts a function among the steps; one of weight 8 comes twice as often as one of weight 4."""

    def named(function: Step) -> Step:
        STEPS[function.__name__] = (weight, function)
        return function

    return named


def drawn(rng: Random) -> str:
    names = list(STEPS)
    return rng.choices(names, [STEPS[name][0] for name in names])[0]
