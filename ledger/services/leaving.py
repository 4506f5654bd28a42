"""What would be left behind by who leaves, changes post or is switched off (`accounts.leaving`)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.leaving import Counts
from accounts.models import Unit, User
from cases.models import CaseState, LegalCase
from ledger.models import ProblemEntry, SupportingUnit
from ledger.services.handover import KINDS
from ledger.services.people.receiving import receivers_of
from ledger.states import IN_HAND, EntryState

UNFINISHED = sorted(frozenset(EntryState) - EntryState.EXCLUDED - {EntryState.CLOSED})


def in_name(person: User) -> Counts:
    """How much is open in a person's name, by kind."""
    return counted((kind.label, kind.measure, kind.rows().filter(**{kind.owner: person})) for kind in KINDS.values())


def out_of_reach(person: User, unit: Unit | None) -> Counts:
    """What belongs to units that this one is not within: handlers work in the lead unit or below it (`may_handle`)."""
    steps = [int(step) for step in str(unit.path).strip("/").split("/")] if unit else []
    return counted(
        (kind.label, kind.measure, kind.rows().filter(**{kind.owner: person}).exclude(**{f"{kind.within}__in": steps}))
        for kind in KINDS.values()
        if kind.within
    )


def received_alone(person: User, others: Iterable[str]) -> Counts:
    """Nothing where another coordinates in the unit or above; else what the units answer for that look to this person
    (`ledger.services.people.receiving`)."""
    if person.unit is None or any(str(person.unit.path).startswith(path) for path in others):
        return {}
    units = person.clerked_units
    parts = SupportingUnit.objects.filter(unit__in=units, handler=None, result="", entry__state__in=IN_HAND)
    return counted(
        [
            ("未销号的问题", "件", ProblemEntry.objects.answered_by(units).filter(state__in=UNFINISHED)),
            ("未反馈的协办", "件", parts),
        ]
    )


def left_outside(path: str, above: Iterable[int]) -> Counts:
    """In the names of people at or below a path, and belonging neither there nor to the units `above`."""
    return counted(
        (
            kind.label,
            kind.measure,
            kind.rows()
            .filter(**{f"{kind.owner}__unit__path__startswith": path})
            .exclude(**{f"{kind.within}__path__startswith": path})
            .exclude(**{f"{kind.within}__in": list(above)}),
        )
        for kind in KINDS.values()
        if kind.within
    )


def receivers(unit: Unit) -> str:
    return "、".join(person.name for person in receivers_of(unit))


def of_unit(unit: Unit) -> Counts:
    """What the unit itself leads, supports or works on."""
    parts = SupportingUnit.objects.filter(unit=unit, result="", entry__state__in=IN_HAND)
    return counted(
        [
            ("负责的未销号问题", "件", ProblemEntry.objects.answered_by([unit.pk]).filter(state__in=UNFINISHED)),
            ("未反馈的协办", "件", parts),
            ("在办案件", "件", LegalCase.objects.filter(unit=unit, state=CaseState.OPEN)),
        ]
    )


def counted(kinds: Iterable[tuple[str, str, QuerySet]]) -> Counts:
    counts = {label: (rows.order_by().count(), measure) for label, measure, rows in kinds}
    return {label: f"{count} {measure}" for label, (count, measure) in counts.items() if count}
