"""Asking for tallies, and forgetting those of odd spans that nobody looks at any more."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from common.periods import AnyPeriod, Period, local_date, read_period
from jobs.models import Job
from jobs.services import enqueue
from ledger.models import ClosedPeriod
from reports.days.stored import BOOK as DAYS_BOOK
from reports.figures.watch import changed, marks
from reports.models import PeriodBook, Sequel, Share, Tally

KIND = "reports.tally"
KEPT = timedelta(days=30)  # after somebody last looked
HALF_YEAR = r"^\d{4}H[12]$"
MOST_KEPT = 40  # periods other than half-years, each of which is counted anew whenever records change


def request_tally(period: AnyPeriod, owner: Any = None, *, whole: bool = False) -> Job:
    """A job that counts what changed since the last count, or everything; while one waits or runs, it is joined."""
    params = {"period": period.code, **({"whole": True} if whole else {})}
    return enqueue(kind=KIND, params=params, key=f"tally:{period.code}", owner=owner)


def request_tallies(*, now: datetime) -> list[str]:
    """Asks for the current half-year and every open period with stored figures, if records changed since."""
    known = set(Tally.objects.order_by().values_list("period", flat=True).distinct())
    closed = set(ClosedPeriod.objects.values_list("code", flat=True))
    books = dict(PeriodBook.objects.values_list("code", "marks"))
    newest = marks(now)
    asked = []
    for code in sorted((known | {Period.half_of(local_date(now)).code}) - closed):
        if changed(books.get(code, {}), newest):
            request_tally(read_period(code))
            asked.append(code)
    return asked


def look_at(period: AnyPeriod, user: Any, now: datetime) -> Job | None:
    """Somebody opened a period's figures: it is kept a while longer, and counted if it was not or records changed.

    Gives the job whoever looks may wait for; none where the figures are up to date.
    """
    if period.code in ClosedPeriod.objects.values_list("code", flat=True):
        return None
    if not period.is_half:
        PeriodBook.objects.update_or_create(code=period.code, defaults={"asked_at": now})
    before = PeriodBook.objects.filter(code=period.code).values_list("marks", flat=True).first() or {}
    return request_tally(period, owner=user) if changed(before, marks(now)) else None


def keep_counting(period: AnyPeriod, now: datetime) -> None:
    """Somebody reads a dashboard of an odd period: its figures and those it is compared with are kept a while longer.

    The clock counts them anew when records change, as it does those of half-years; nobody waits for it.
    """
    if not period.is_half:
        PeriodBook.objects.filter(code__in=[period.code, period.previous().code]).update(asked_at=now)


def forget_tallies(*, now: datetime) -> int:
    """Drops the figures of periods other than half-years that were not looked at for a while, or are too many.

    One that was only counted to compare another with is kept as long, from when it is first met here.
    """
    odd = (
        PeriodBook.objects.exclude(code__regex=HALF_YEAR)
        .exclude(code=DAYS_BOOK)
        .filter(closes=None)
        .order_by("-asked_at", "pk")
    )
    odd.filter(asked_at=None).update(asked_at=now)
    late = set(odd.filter(asked_at__lt=now - KEPT).values_list("pk", flat=True))
    late |= set(odd.values_list("pk", flat=True)[MOST_KEPT:])
    for pk in sorted(late):
        with transaction.atomic():
            code = PeriodBook.objects.select_for_update().values_list("code", flat=True).get(pk=pk)
            Tally.objects.of(code).delete()
            Share.objects.of(code).delete()
            Sequel.objects.of(code).delete()
            PeriodBook.objects.filter(pk=pk).delete()
    return len(late)
