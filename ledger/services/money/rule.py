"""From which amount on whoever records one is asked (`common.sent.amounts`): the office's rule, changed by an admin."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from common.forms.conflicts import save_version
from common.money import WAN
from ledger.models import MoneyRule
from ledger.models.money import TOO_SMALL
from ledger.services.errors import FieldsRefusedError


def current_money_rule() -> MoneyRule:
    """The rule in force; the usual one where nobody has set any."""
    return MoneyRule.objects.order_by("pk").first() or MoneyRule()


def ask_from() -> Decimal:
    return current_money_rule().ask_from


@transaction.atomic
def change_money_rule(*, version: int | None, ask_from: Decimal) -> MoneyRule:
    """Sets the amount, in yuan, for what is saved and imported from now on.

    Raises:
        StaleVersionError: someone changed it since `version`.
        FieldsRefusedError: an amount below 1 万元, by which everything would be asked about, or beyond all money.
    """
    MoneyRule.objects.get_or_create(pk=1)
    rule = MoneyRule.objects.get(pk=1)
    rule.ask_from = ask_from
    try:
        rule.clean_fields()
    except ValidationError as error:
        raise FieldsRefusedError({name: "；".join(words) for name, words in error.message_dict.items()}) from error
    if ask_from < WAN:
        raise FieldsRefusedError({"ask_from": TOO_SMALL})
    save_version(rule, version)
    return rule
