"""A service's refusal, put beside the fields it is about."""

from typing import Any

from common.forms.reasons import ReasonFormMixin
from ledger.services.errors import FieldsRefusedError, LedgerError
from ledger.services.periods import PeriodClosedError


def show_refusal(form: Any, error: LedgerError, *, day_field: str = "happened_on") -> None:
    """Marks the fields a service refused; a closed period asks for the reason
    (or, on a form that cannot, is about the date), anything else about the whole form."""
    if isinstance(error, FieldsRefusedError):
        for name, words in error.faults.items():
            form.refuse(name, words)
        return
    if isinstance(error, PeriodClosedError) and isinstance(form, ReasonFormMixin):
        form.ask_reason(str(error))
        return
    field = day_field if isinstance(error, PeriodClosedError) else getattr(error, "field", None)
    form.refuse(field, str(error))
