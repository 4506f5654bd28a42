"""Two who merge the same firms at one moment, really committing: one does, the other is told."""

import pytest
from django.utils import timezone

from common.forms.conflicts import StaleVersionError
from enterprises.models import Enterprise, EnterpriseMerge
from enterprises.services.errors import RegisterError
from enterprises.services.merging import MergeData, merge_enterprises
from tests.factories import ActivityFactory, EnterpriseFactory, UserFactory
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_merges_of_the_same_firms_one_is_made():
    firms = [EnterpriseFactory(), EnterpriseFactory()]
    admins = [UserFactory(admin=True), UserFactory(admin=True)]
    for firm in firms:
        ActivityFactory(enterprise=firm)

    def merge(number, barrier):
        kept, gone = (Enterprise.objects.get(pk=firm.pk) for firm in (firms if number else reversed(firms)))
        data = MergeData(frozenset(), (kept.version, gone.version), "同一家")
        told = {"actor": admins[number], "at": timezone.now(), "submission": None}
        barrier.wait()
        try:
            return merge_enterprises(survivor=kept, merged=gone, data=data, **told).pk
        except (RegisterError, StaleVersionError):
            return None

    made = [pk for pk in together(2, merge) if pk]
    stored = EnterpriseMerge.objects.get()
    assert made == [stored.pk]
    assert list(Enterprise.objects.all()) == [stored.survivor]
    assert stored.survivor.activities.count() == 2
