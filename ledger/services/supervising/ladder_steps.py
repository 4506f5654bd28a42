"""Setting the ladder up: which steps there are, whom each tells, which issue an order."""

from typing import Any

from django.db import IntegrityError, transaction

from common.forms.conflicts import save_version
from ledger.models import LadderStep
from ledger.services.errors import FieldsRefusedError

TAKEN = {"after_days": "已有这一天的一级，请改那一级或换一个工作日数"}


@transaction.atomic
def save_step(*, pk: int | None, data: dict[str, Any], version: int | None = None) -> LadderStep:
    """Adds a step or changes one; what has been told stays as it was.

    Raises:
        FieldsRefusedError: another step has the same day.
        StaleVersionError: another admin saved it in between.
    """
    step = LadderStep.objects.get(pk=pk) if pk else LadderStep()
    for name, value in data.items():
        setattr(step, name, value)
    try:
        with transaction.atomic():
            save_version(step, version) if pk else step.save()
    except IntegrityError as error:
        raise FieldsRefusedError(TAKEN) from error
    return step
