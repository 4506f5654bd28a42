"""What waits for a person is what waits among the rows they may see, whoever they are."""

from datetime import date

import pytest

from ledger.models import ProblemEntry, SupportingUnit
from ledger.selectors.entries.queues import QUEUES, queue_q, waiting_for
from ledger.states import Asked, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 20)


@pytest.fixture
def ledger(police, court):
    """Entries in every state, registered by one unit and led by another or the same, some with a part of a third."""
    kid = UnitFactory(name="样例派出所", parent=police, kind=police.kind)
    for state in EntryState:
        for unit in (police, kid, court):
            for is_asked in (False, True):
                entry = EntryFactory(unit=unit, state=state)
                if is_asked:
                    request = {"asked": Asked.EXTENSION, "asked_by": UserFactory(unit=unit), "asked_until": TODAY}
                    ProblemEntry.objects.filter(pk=entry.pk).update(**request)
                SupportingUnit.objects.create(entry=entry, unit=kid if unit == court else court)
    return kid


def test_every_entry_of_a_queue_is_visible_to_whom_it_waits_for(ledger, police, court):
    waited = 0
    for unit in (police, ledger, court):
        for role in ("coordinator", "leader", "admin", "auditor", "city"):
            person = UserFactory(unit=unit, **({"leader": True, "city": True} if role == "city" else {role: True}))
            for queue in QUEUES:
                seen = ProblemEntry.objects.visible_to(person).filter(queue_q(queue, person, TODAY))
                told = waiting_for(person, queue, TODAY)
                assert (role, queue, set(told)) == (role, queue, set(seen))
                waited += len(told)
    assert waited > 100


def test_nothing_waits_for_someone_who_left(police):
    EntryFactory(unit=police, state="registered")
    person = UserFactory(unit=police, coordinator=True, is_active=False)
    assert not waiting_for(person, "to_accept", TODAY).exists()
