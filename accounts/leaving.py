"""What is open in a person's name or with a unit, asked from below: nobody and no unit goes while work would be left.

The ledger knows who has what in hand and registers itself here when it loads (`ledger.apps`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Protocol

from accounts.models import Unit, User

Counts = Mapping[str, str]  # by kind, in words: {"经办的问题": "3 件"}


class Work(Protocol):
    """What an app above knows of people's and units' open work."""

    def in_name(self, person: User) -> Counts:
        """Everything open in the person's name."""

    def out_of_reach(self, person: User, unit: Unit | None) -> Counts:
        """Of it, what somebody of that unit cannot go on with."""

    def received_alone(self, person: User, others: Iterable[str]) -> Counts:
        """What waits for this coordinator and no other; `others` are the paths of the units that have one besides."""

    def of_unit(self, unit: Unit) -> Counts:
        """Everything open with the unit."""


WORKS: list[Work] = []
# What is in a person's name and stays nobody's when they go, without being in the way: told before and afterwards.
ASIDES: list[Callable[[User, date], Counts]] = []


def register_work(work: Work) -> None:
    if work not in WORKS:
        WORKS.append(work)


def register_aside(ask: Callable[[User, date], Counts]) -> None:
    if ask not in ASIDES:
        ASIDES.append(ask)


def left_over(person: User, today: date) -> Counts:
    """What somebody else has to arrange anew when the person goes."""
    return {kind: words for ask in ASIDES for kind, words in ask(person, today).items()}


def gathered(ask: Callable[[Work], Counts]) -> Counts:
    return {kind: words for work in WORKS for kind, words in ask(work).items()}


def open_work(person: User) -> Counts:
    """Everything open in the person's name; empty when the account may be closed."""
    return gathered(lambda work: work.in_name(person))


def out_of_reach(person: User, unit: Unit | None) -> Counts:
    return gathered(lambda work: work.out_of_reach(person, unit))


def received_alone(person: User, others: Iterable[str]) -> Counts:
    return gathered(lambda work: work.received_alone(person, others))


def unit_work(unit: Unit) -> Counts:
    """Everything open with the unit; empty when it may be switched off."""
    return gathered(lambda work: work.of_unit(unit))


def in_words(counts: Counts) -> str:
    return "、".join(f"{kind} {words}" for kind, words in counts.items())
