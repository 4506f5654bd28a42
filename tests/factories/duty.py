from datetime import date

from django.utils import timezone

from accounts.models import User
from duty.models import DutyLeave, DutyShift
from enterprises.models import Workstream
from tests.factories.accounts import UserFactory


def hq(at: int = 0) -> Workstream:
    """One of the six matters, whose headquarters somebody sits at."""
    return Workstream.objects.order_by("order", "pk")[at]


def shift(officer: User | None = None, day: date | None = None, half: str = "am", at: int = 0, **fields) -> DutyShift:
    officer = officer or UserFactory()
    return DutyShift.objects.create(
        workstream=hq(at), day=day or timezone.localdate(), half=half, officer=officer,
        **{"unit": officer.unit, "made_by": officer, "made_at": timezone.now(), **fields},
    )  # fmt: skip


def leave(officer: User, first: date, last: date) -> DutyLeave:
    return DutyLeave.objects.create(
        officer=officer, starts_on=first, ends_on=last, made_by=officer, made_at=timezone.now()
    )
