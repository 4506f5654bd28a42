"""What is open in a person's name or with a unit, asked from below: nobody and no unit goes while work would be left.

The ledger knows who has what in hand and registers itself here when it loads (`ledger.apps`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Protocol

from accounts.models import Unit, User
from accounts.posts import AccountError
from common.rows.database import share_rows

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

    def left_outside(self, path: str, above: Iterable[int]) -> Counts:
        """Open in the names of people at or below the unit of this path, and belonging neither there nor to the units
        `above` it: what they could not go on with if it hung below these."""

    def receivers(self, unit: Unit) -> str:
        """Who receives for the unit, in words."""


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


def left_outside(path: str, above: Iterable[int]) -> Counts:
    return gathered(lambda work: work.left_outside(path, above))


def receivers(unit: Unit) -> str:
    """Who receives for the unit now, by the fall-back up the tree."""
    return "、".join(work.receivers(unit) for work in WORKS)


def relied_on(person: User) -> User:
    """The person as stored now, held until the transaction ends: whoever closes the account or moves them at this
    moment either counts what is given to them here, or has done so before this is read."""
    share_rows(User, [person.pk])
    return User.objects.select_related("unit").get(pk=person.pk)


def check_unit_free(unit: Unit) -> None:
    """Whether the unit may be switched off without leaving people or work behind.

    Raises:
        AccountError: people of it can still sign in, or something is open with it.
    """
    people = User.objects.filter(unit=unit, is_active=True).count()
    if people:
        raise AccountError(f"还有 {people} 名在用人员属于这个单位，请先调整他们的单位", "is_active")
    if waiting := unit_work(unit):
        raise AccountError(f"这个单位还有{in_words(waiting)}，请先转办、交接或办完再停用", "is_active")


def check_in_reach(unit: Unit, old_path: str) -> None:
    """Whether a unit may hang where `unit.parent` says without taking its people away from under their work; they are
    held, so that who is given work at this moment is either counted or refused.

    Raises:
        AccountError: something is in their names that belongs to a unit it would no longer be within.
    """
    people = User.objects.filter(unit__path__startswith=old_path).select_for_update(of=("self",)).order_by("pk")
    list(people.values_list("pk", flat=True))
    above = [int(step) for step in str(unit.parent.path).strip("/").split("/")] if unit.parent else []
    if waiting := left_outside(old_path, above):
        told = f"{unit}及其下级的人名下还有原来上级单位的{in_words(waiting)}，换了上级就看不到、办不了，请先交接再调整"
        raise AccountError(told, "parent")


def in_words(counts: Counts) -> str:
    return "、".join(f"{kind} {words}" for kind, words in counts.items())
