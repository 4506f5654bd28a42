"""Closed half-years: what a step of today must not fall into. Every other write is guarded by what it moves
(`ledger.closed.guard`)."""

from datetime import date

from common.closing import PeriodClosed
from ledger.models import ClosedPeriod
from ledger.services.errors import LedgerError


class PeriodClosedError(LedgerError, PeriodClosed):
    """A figure of a closed period would change, and nobody said why it is to."""


def ensure_open(day: date) -> None:
    """No period that a step of this day counts in is closed: not the day's own, nor one that ended since, at whose
    end the ledger stood as the step leaves it. A step has no reason to give: it is dated today.

    Raises:
        PeriodClosedError: there is one; with its name.
    """
    closed = ClosedPeriod.objects.filter(ends_on__gte=day).order_by("starts_on").first()
    if closed is None:
        return
    if closed.starts_on <= day:
        raise PeriodClosedError(f"{day:%Y-%m-%d} 所在的 {closed.label}已结账。确需更正的，写明更正原因再保存")
    raise PeriodClosedError(f"{closed.label}已结账，期末的数字与此有关。确需更正的，写明更正原因再保存")
