from django.utils import timezone

from duty.models import DutySwap
from tests.access import ADMIN, COORDINATOR, WORKING, Access
from tests.factories import UserFactory
from tests.factories.duty import hq, leave, shift

CLERKS = frozenset({COORDINATOR, ADMIN})


def seat(unit):
    """A shift of somebody else: a swap is asked for one's own only."""
    return {"pk": shift(UserFactory(unit=unit)).pk}


def cell(unit):
    return {"pk": hq().pk, "day": timezone.localdate().isoformat()}


def swap(unit):
    one, other = UserFactory(unit=unit), UserFactory(unit=unit)
    made = shift(one)
    row = DutySwap.objects.create(shift=made, words="样例", asked_by=one, asked_of=other, asked_at=timezone.now())
    return {"pk": row.pk}


def away(unit):
    day = timezone.localdate()
    return {"pk": leave(UserFactory(unit=unit), day, day).pk}


TABLE = {
    "duty:week": Access(WORKING),
    "duty:week-export": Access(WORKING),
    "duty:cell": Access(CLERKS, cell),
    "duty:copy": Access(CLERKS),
    "duty:gap-list": Access(CLERKS),
    "duty:mine": Access(WORKING),
    "duty:swap-create": Access(frozenset(), seat),
    "duty:swap-answer": Access(WORKING, swap, method="post", scoped=True),
    "duty:leave-list": Access(WORKING),
    "duty:leave-create": Access(WORKING),
    "duty:leave-cancel": Access(WORKING, away, method="post", scoped=True),
}
