"""Closed half-years: what was signed is no longer changed."""

from datetime import date

from common.closing import PeriodClosed
from ledger.models import ClosedPeriod
from ledger.services.errors import LedgerError


class PeriodClosedError(LedgerError, PeriodClosed):
    """The record's business date lies in a closed period."""


def ensure_open(*days: date | None) -> None:
    """Refuses a write whose business date lies in a closed period.

    Raises:
        PeriodClosedError: with the period's name.
    """
    for day in {day for day in days if day}:
        closed = ClosedPeriod.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
        if closed:
            raise PeriodClosedError(f"{day:%Y-%m-%d} 所在的 {closed.code} 已关账，不能新增、修改或删除；请联系管理员")
