from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from common.rows.keysets import keyset_page
from ledger.filters.entries import EntryFilter
from ledger.filters.escalations import EscalationFilter
from ledger.models import Escalation, LadderStep, NumberSequence, ProblemEntry
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


def test_lists_sorted_by_number_have_the_ten_thousandth_after_the_one_before(client, office, police):
    first = EntryFactory(unit=police)
    NumberSequence.objects.filter(series="JS", year=2023).update(last=9_998)
    made = [first, EntryFactory(unit=police), EntryFactory(unit=police), EntryFactory(registered_on=date(2024, 1, 1))]
    numbers = [entry.number for entry in made]
    assert numbers[1:] == ["JS-2023-9999", "JS-2023-10000", "JS-2024-0001"]
    for sort, wanted in (("number", numbers), ("-number", numbers[::-1])):
        listed = EntryFilter({"sort": sort}, ProblemEntry.objects.all(), user=office)
        assert [entry.number for entry in listed.keyed] == wanted
        assert [entry.number for entry in listed.rows] == wanted
    order = EntryFilter({"sort": "number"}, ProblemEntry.objects.all(), user=office)
    pages = [keyset_page({}, order.qs, order.order, size=2)]
    pages.append(keyset_page({"after": pages[0].after}, order.qs, order.order, size=2))
    assert [list(page.object_list) for page in pages] == [[one.pk for one in made[:2]], [one.pk for one in made[2:]]]
    same = {"unit": police, "deadline": date(2023, 6, 1), "step": LadderStep.objects.first(), "told": True}
    for entry in made[1:3]:
        rest = {"day": date(2023, 6, 2), "after_days": 0, "made_at": timezone.now()}
        Escalation.objects.create(entry=entry, **same, **rest)
    listed = EscalationFilter({"sort": "entry"}, Escalation.objects.all(), user=office)
    assert [row.entry.number for row in listed.rows] == numbers[1:3]
