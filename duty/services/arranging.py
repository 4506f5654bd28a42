"""Who sits at one headquarters on one day, as one person arranges it: only people of units that person clerks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from common.periods import local_date
from common.rows.database import one_at_a_time, share_rows
from duty.models import DutyLeave, DutyShift, Half, day_words, hq_words
from duty.services.swaps import ROSTER, lapse
from duty.services.telling import tell_week
from enterprises.models import Workstream
from ledger.services.errors import LedgerError

Seat = tuple[str, int]  # half-day, person


class CellChangedError(LedgerError):
    """A colleague arranged the same day and headquarters since the page was opened; nothing is written."""


@dataclass(frozen=True)
class Place:
    hq: Workstream
    day: date

    def __str__(self) -> str:
        return f"{day_words(self.day)} {hq_words(self.hq)}"


@dataclass(frozen=True)
class Arranged:
    added: list[DutyShift]
    removed: list[DutyShift]


def arrangeable(user: User) -> QuerySet[User]:
    """Whom a person may seat: those at work in the units that person clerks for."""
    people = User.objects.visible_to(user).working()
    return people if user.sees_all else people.filter(unit__in=user.scope_units())


def seated(user: User, place: Place) -> QuerySet[DutyShift]:
    """The rows of the place that this person arranges."""
    return DutyShift.objects.visible_to(user).arranged_by(user).filter(workstream=place.hq, day=place.day)


def seats_of(rows: Iterable[DutyShift]) -> frozenset[Seat]:
    return frozenset((row.half, row.officer_id) for row in rows)


@transaction.atomic
def arrange(*, actor: User, place: Place, wanted: frozenset[Seat], seen: frozenset[Seat], at: datetime) -> Arranged:
    """Makes these the seats of the place, of the people the actor arranges; `seen` is what the actor's page showed.
    The same again changes nothing, but who is down for it from another unit counts as sent from where they are now.

    Raises:
        CellChangedError: somebody arranged it otherwise in between.
        LedgerError: a day gone by; a person who has left, is on leave or sits elsewhere then.
    """
    if place.day < local_date(at):
        raise LedgerError(f"{day_words(place.day)}已经过去，排班不再改动；实际谁在岗，以坐班记录为准")
    one_at_a_time(ROSTER)
    rows = list(seated(actor, place).select_for_update(of=("self",)).select_related("officer__unit", "workstream"))
    have = seats_of(rows)
    if have != seen and have != wanted:
        raise CellChangedError(f"{place}刚有人改过，请核对")
    removed = [row for row in rows if (row.half, row.officer_id) not in wanted]
    added = seat(actor, place, sorted(wanted - have), at)
    for row in removed:
        lapse(row, by=actor, at=at)
        DutyShift.objects.get(pk=row.pk).delete()
    stay_from_where_they_are(row for row in rows if row not in removed)
    for person in {row.officer_id: row.officer for row in [*added, *removed]}.values():
        tell_week(person, place.day, by=actor, at=at)
    return Arranged(added, removed)


def seat(actor: User, place: Place, seats: list[Seat], at: datetime) -> list[DutyShift]:
    keys = sorted({officer for _, officer in seats})
    share_rows(User, keys)
    people: dict[int, Any] = {
        person.pk: person for person in arrangeable(actor).filter(pk__in=keys).select_related("unit")
    }
    if faults := faults_of(place.day, seats, people):
        raise LedgerError("；".join(faults))
    return [
        DutyShift.objects.create(
            workstream=place.hq, day=place.day, half=half, officer=people[pk], unit=people[pk].unit,
            made_by=actor, made_at=at,
        )
        for half, pk in seats
    ]  # fmt: skip


def faults_of(day: date, seats: list[Seat], people: dict[int, User]) -> list[str]:
    """Why some of them cannot sit there, in words."""
    found = {pk: f"有一位人员不在您的范围内或已停用（{pk}）" for _, pk in seats if pk not in people}
    found |= {pk: f"{person.name}还没有单位，不能排班" for pk, person in people.items() if person.unit_id is None}
    away = DutyLeave.objects.filter(officer__in=people, starts_on__lte=day, ends_on__gte=day)
    for leave in away.order_by("pk"):
        found.setdefault(leave.officer_id, f"{people[leave.officer_id].name}{day_words(day)}请假")
    halves = Q(pk__in=[])
    for half, pk in seats:
        halves |= Q(half=half, officer=pk)
    busy = DutyShift.objects.filter(halves, day=day).select_related("workstream").order_by("pk")
    for row in busy:
        words = f"{people[row.officer_id].name}{day_words(day)}{Half(row.half).label}已排在{hq_words(row.workstream)}"
        found.setdefault(row.officer_id, words)
    return list(found.values())


def stay_from_where_they_are(rows: Iterable[DutyShift]) -> None:
    """Whoever moved and is kept is sent by the present unit from now on."""
    for row in rows:
        if row.officer.unit_id and row.officer.unit_id != row.unit_id:
            row.unit_id, row.version = row.officer.unit_id, row.version + 1
            row.save(update_fields=["unit", "version"])
