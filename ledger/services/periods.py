"""Closed half-years: what was signed is changed only with a stated reason, and every change is kept."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import User
from common.closing import Corrected, PeriodClosed, Periods
from enterprises.models import Enterprise, Pairing
from ledger.models import ActionPlan, ClosedPeriod, Correction, KeyTask, ServiceActivity
from ledger.services.errors import LedgerError

MANY = 500  # records of a register that a statement names one by one


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
            raise PeriodClosedError(f"{day:%Y-%m-%d} 所在的 {closed.label}已结账。确需更正的，写明更正原因再保存")
        touched.update(held(rows))
    return sorted(touched)


def ensure_ends_open(first: date, last: date | None = None, *, reason: str = "") -> Periods:
    """The closed periods that ended from one day to another (or ever since), held like those of `ensure_open`.

    Raises:
        PeriodClosedError: there are some, and no reason is given; with their names.
    """
    ended = Q(ends_on__gte=first) & (Q(ends_on__lte=last) if last else Q())
    rows = ClosedPeriod.objects.filter(ended).order_by("starts_on")
    names = "、".join(one.label for one in rows)
    if names and not reason.strip():
        raise PeriodClosedError(f"{names}已结账，期末的数字与此有关。确需更正的，写明更正原因再保存")
    return held(rows)


def held(rows: QuerySet[ClosedPeriod]) -> Periods:
    return sorted(rows.select_for_update().values_list("code", flat=True)) if rows else []


def resting_on(record: Model) -> Periods:
    """The closed periods with figures that rest on what the register says of a firm, an officer or a year's plan."""
    match record:
        case Enterprise() | User():
            return resting_on_any(type(record), [record.pk])
        case ActionPlan() | KeyTask():
            year = record.year if isinstance(record, ActionPlan) else record.plan.year
            return held(ClosedPeriod.objects.filter(starts_on__year=year))
    return []


def resting_on_any(model: type[Model], pks: Collection[int]) -> Periods:
    """The same of many firms or officers at once."""
    rows = ClosedPeriod.objects.order_by("starts_on")
    if len(pks) > MANY:
        return held(rows)
    in_force = Pairing.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("ends_on")), starts_on__lte=OuterRef("ends_on")
    )
    if model is User:
        return held(rows.filter(Exists(in_force.filter(officer__in=pks, enterprise__isnull=False))))
    visits = ServiceActivity.objects.filter(enterprise__in=pks)
    visited = visits.filter(happened_on__gte=OuterRef("starts_on"), happened_on__lte=OuterRef("ends_on"))
    return held(rows.filter(Exists(visited) | Exists(in_force.filter(enterprise__in=pks))))


def hold(codes: Collection[str]) -> None:
    """Holds closed periods to the end of the transaction, for a write that knows which it touches."""
    held(ClosedPeriod.objects.filter(code__in=codes))


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
            made_by_name=corrected.by.name if corrected.by else "系统",
        )
