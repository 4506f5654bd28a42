from datetime import date

import pytest
from django.db import transaction

from ledger.models import NumberSequence
from ledger.services.numbers import next_numbers
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


def test_numbers_run_through_a_year_of_a_series_and_begin_again_in_the_next():
    assert next_numbers("JS", 2023) == ["JS-2023-0001"]
    assert next_numbers("JS", 2023, 3) == ["JS-2023-0002", "JS-2023-0003", "JS-2023-0004"]
    assert next_numbers("JS", 2024) == ["JS-2024-0001"]
    assert next_numbers("DB", 2023) == ["DB-2023-0001"]
    assert next_numbers("JS", 2023) == ["JS-2023-0005"]


def test_the_ten_thousandth_number_is_longer_not_wrong():
    NumberSequence.objects.create(series="JS", year=2023, last=9_999)
    assert next_numbers("JS", 2023) == ["JS-2023-10000"]


def test_the_year_is_that_of_the_registration_in_shanghai():
    assert EntryFactory(registered_on=date(2023, 12, 31)).number == "JS-2023-0001"
    assert EntryFactory(registered_on=date(2024, 1, 1)).number == "JS-2024-0001"


def test_number_of_a_registration_that_failed_was_never_anyones():
    with transaction.atomic():
        next_numbers("JS", 2023)
        transaction.set_rollback(True)
    assert next_numbers("JS", 2023) == ["JS-2023-0001"]
