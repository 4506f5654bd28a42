"""Closed half-years: what was signed is changed only with a stated reason, and every change is kept."""

from datetime import date

from common.closing import Corrected, PeriodClosed, Periods
from ledger.models import ClosedPeriod, Correction
from ledger.services.errors import LedgerError


class PeriodClosedError(LedgerError, PeriodClosed):
    """The record's business date lies in a closed period, and nobody said why it is to be changed."""


def ensure_open(*days: date | None, reason: str = "") -> Periods:
    """The closed periods the business dates lie in, held to the end of the transaction.

    Held, so that a recount of such a period sees the record and what is said of it together or not at all.

    Raises:
        PeriodClosedError: there are some, and no reason is given; with the period's name.
    """
    touched: set[str] = set()
    for day in sorted({day for day in days if day}):
        rows = ClosedPeriod.objects.filter(starts_on__lte=day, ends_on__gte=day)
        closed = rows.first()
        if closed is None:
            continue
        if not reason.strip():
            raise PeriodClosedError(f"{day:%Y-%m-%d} 所在的 {closed.label}已关账。确需更正的，写明更正原因再保存")
        touched.update(rows.select_for_update().values_list("code", flat=True))
    return sorted(touched)


def note_correction(periods: Periods, corrected: Corrected) -> None:
    """One row for each closed period the write touched."""
    record = corrected.record
    for code in periods:
        Correction.objects.create(
            period=code,
            model=record._meta.label_lower,
            record=record.pk,
            label=f"{record._meta.verbose_name}“{record}”"[:200],
            words=corrected.words,
            reason=corrected.reason.strip(),
            unit_id=getattr(record, "unit_id", None),
            other_unit_id=corrected.other_unit,
            made_by=corrected.by,
            made_by_name=corrected.by.name,
        )
