"""Whole numbers as they come in addresses and forms: the one place that reads them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import IntegerField
from django.db.models.lookups import In

LARGEST = 2**63 - 1  # what a key of either database holds; a larger one fails inside a condition
MOST_DIGITS = len(str(LARGEST))  # Python itself refuses to read thousands of them


def holdable(number: Any) -> None:
    """For every field of numbers.

    Raises:
        ValidationError: neither database can hold it.
    """
    if not -LARGEST <= number <= LARGEST:
        raise ValidationError("数字太大了，请改正", code="too_large")


def whole_number(text: object, *, most: int = LARGEST) -> int | None:
    """The number that a text of plain digits names, from 0 to `most`; None for anything else.

    Signs, blanks, other scripts' digits and superscripts are no number: no page of ours sends them.
    """
    digits = str(text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
        return None
    number = int(digits)
    return number if number <= most else None


class HoldableIn(In):
    """`pk__in=…`, as every field of several choices asks it: a number that no column holds is in no row. Django does
    the same for one number."""

    def get_prep_lookup(self) -> Any:
        asked: Any = super().get_prep_lookup()
        if not isinstance(asked, list):  # rows of a statement of its own
            return asked
        return [one for one in asked if not isinstance(one, int) or -LARGEST <= one <= LARGEST]


IntegerField.register_lookup(HoldableIn)
