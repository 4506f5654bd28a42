"""What the pages of the re-check show."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Unit, UnitKind, User
from accounts.rights.permissions import can
from ledger.models import EntryEvent, Recheck, RecheckDraw, Verdict
from ledger.services.checking.rechecks import SET_ASIDE_BY
from ledger.states import SET_ASIDE


def waiting_for_q(user: User) -> Q:
    """The re-checks this person may judge (`services.rights.may_recheck`), as a rule for queries."""
    if not (can(user, "recheck.judge") and user.sees_all):
        return Q(pk__in=[])
    open_ones = Q(verdict="", entry__state__in=SET_ASIDE) & ~Q(event__actor=user)
    commission = Q(unit__kind=UnitKind.COMMISSION)
    no_hand = ~Q(entry__registered_by=user) & ~Q(entry__handler=user) & ~Q(entry__claimed_by=user)
    others = ~Q(unit__path__in=paths_above(user.unit)) if user.unit else Q()
    return open_ones & ((commission & no_hand) | (~commission & others))


def paths_above(unit: Unit) -> list[str]:
    """The paths of a unit and of those it belongs to."""
    parts = str(unit.path).rstrip("/").split("/")
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


@dataclass(frozen=True)
class UnitProgress:
    """How far a unit's share of a draw is: set aside in the period, drawn, judged, wrongly set aside."""

    unit: Unit
    set_aside: int
    drawn: int
    judged: int
    overturned: int


def progress(draw: RecheckDraw, user: User) -> list[UnitProgress]:
    """Of every unit that set anything aside in the period and is this person's to see."""
    rechecks = Recheck.objects.visible_to(user).filter(draw=draw).order_by()
    drawn = {
        unit: (n, judged, wrong)
        for unit, n, judged, wrong in rechecks.values_list("unit").annotate(
            n=Count("pk"), judged=Count("pk", filter=~Q(verdict="")), wrong=Count("pk", filter=Q(verdict=WRONG))
        )
    }
    steps = EntryEvent.objects.filter(
        action__in=SET_ASIDE_BY, happened_on__gte=draw.starts_on, happened_on__lte=draw.ends_on
    ).order_by()
    steps = steps if user.sees_all else steps.filter(unit__in=user.scope_units())
    totals = dict(steps.values_list("unit").annotate(n=Count("pk")))
    units = Unit.objects.filter(pk__in=totals.keys() | drawn.keys()).named().order_by("order", "pk")
    return [UnitProgress(unit, totals.get(unit.pk, 0), *drawn.get(unit.pk, (0, 0, 0))) for unit in units]


WRONG = Verdict.OVERTURNED
