"""What writing any of them has in common: once a form, nobody's edit lost, own unit, open period."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from accounts.models import User
from common.closing import Corrected, PeriodClosed, Seen, changed_words, settle
from common.dates import date_fault
from common.forms.conflicts import save_version
from common.idempotence import AlreadySavedError, differing, saved_before

M = TypeVar("M", bound=models.Model)


class CaseError(Exception):
    """Something the person can put right: the message says what, `field` names the form field it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def opened(model: type[M], pk: int | None, submission: UUID | None = None) -> M:
    """The stored row, not the one a form has already written on; a new one without a key."""
    if pk:
        return model._default_manager.get(pk=pk)
    return model(submission=submission) if submission else model()


def submitted(model: type[M], by: User, submission: UUID | None, data: dict[str, Any]) -> M | None:
    """The row this form has already made.

    Raises:
        AlreadySavedError: what came now is something else.
    """
    made = saved_before(model, by, submission)
    if made and differing(made, data):
        raise AlreadySavedError(made)
    return made


def fill(row: models.Model, data: dict[str, Any]) -> Iterable[Any]:
    """Sets the row's columns from a form's words; gives back the enterprises, which need a saved row."""
    for name, value in data.items():
        if name != "enterprises":
            setattr(row, name, value)
    return data.get("enterprises", ())


def check_unit(unit: Any, by: User) -> None:
    """People write for their own unit and those under it; the commission's office for all."""
    if not by.sees_all and not by.scope_units().filter(pk=unit.pk).exists():
        raise CaseError(f"您不能替“{unit}”登记，请选本单位", "unit")


def check_day(label: str, day: date, today: date, field: str) -> None:
    fault = date_fault(day, today, label)
    if fault:
        raise CaseError(fault, field)


class CasePeriodClosedError(CaseError):
    """Figures of a closed period would change: only with a reason."""


def settle_change(seen: Seen, before: Any, after: Any, reason: str, by: User) -> None:
    """What a write moved in closed periods; `before` is None (or an empty row) for a new record.

    Raises:
        CasePeriodClosedError: it moved something, and no reason is given.
    """
    is_new = before is None or before.pk is None
    try:
        settle(seen, Corrected(after, "补记" if is_new else lambda: changed_words(before, after), reason, by))
    except PeriodClosed as error:
        raise CasePeriodClosedError(str(error)) from error


def store(row: M, version: int | None, field: str, taken: str) -> M:
    """A new row is inserted once; an edited one saved if it still is the version that was opened."""
    if not row.pk:
        return saved_once(row, field, taken)
    try:
        with transaction.atomic():
            save_version(row, version)
    except IntegrityError as error:
        raise CaseError(taken, field) from error
    return row


def saved_once(row: M, field: str, taken: str) -> M:
    """Inserts; the database's unique constraints have the last word between two posts at once."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        submission = getattr(row, "submission", None)
        twin = type(row)._default_manager.filter(submission=submission).first() if submission else None
        if twin is None:
            raise CaseError(taken, field) from error
        return twin
    return row
