"""What `verify` says of deadlines: counted again apart from the code that sets them, it finds a fault in each part."""

from datetime import date

import pytest

from jinshi_zf.verification import deadlines
from ledger.models import CalendarDay, DeadlineRule, EntryEvent, ProblemEntry
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import evidence, move

pytestmark = pytest.mark.django_db
FRIDAY, DUE = date(2026, 12, 18), date(2027, 1, 1)  # ten working days, by weekends alone


@pytest.fixture
def handling(police, office):
    entry = EntryFactory(unit=police, registered_on=FRIDAY, state=EntryState.ACCEPTED)
    handler = UserFactory(unit=police)
    move(entry, Action.ASSIGN, actor=office, day=FRIDAY, lead_unit=police, handler=handler, deadline=DUE)
    return move(entry, Action.ACKNOWLEDGE, actor=handler, day=FRIDAY)


def lived(entry, office):
    """Waited, extended in a pause, claimed, sent back."""
    handler, more = entry.handler, date(2027, 1, 12)
    move(entry, Action.PAUSE, actor=handler, day=date(2026, 12, 22), note="等企业")
    move(entry, Action.ASK_EXTENSION, actor=handler, day=date(2026, 12, 23), until=more, note="等批复")
    move(entry, Action.EXTEND, actor=office, day=date(2026, 12, 24))
    move(entry, Action.RESUME, actor=handler, day=date(2026, 12, 25))
    move(entry, Action.COMPLETE, actor=handler, day=date(2026, 12, 29), note="已办好", files=[evidence()])
    said = {"rating": "unsatisfied", "spoken_with": "厂长", "note": "没有"}
    return move(entry, Action.CONFIRM, actor=office, day=date(2027, 2, 1), **said)


def set_deadline(entry, action, day):
    """Plants another deadline in the entry's event of this kind."""
    event = EntryEvent.objects.get(entry=entry, action=action)
    rows = EntryEvent.objects.filter(pk=event.pk)
    rows._update([(EntryEvent._meta.get_field("data"), None, {**event.data, "deadline": day.isoformat()})])


def test_what_the_moves_have_set_comes_out(handling, office):
    assert list(deadlines()) == []
    lived(handling, office)
    assert list(deadlines()) == []


@pytest.mark.parametrize("action", [Action.EXTEND, Action.RESUME, Action.SEND_BACK])
def test_step_that_set_another_deadline_is_found(handling, office, action):
    lived(handling, office)
    set_deadline(handling, action, date(2027, 3, 1))
    found = [words for words in deadlines() if "号事件定的期限是 2027-03-01，应为" in words]
    assert len(found) == 1


@pytest.mark.parametrize("part", ["column", "rule", "calendar", "pause"])
def test_deadline_that_no_longer_comes_out_is_found(handling, office, part):
    if part == "column":
        ProblemEntry.objects.update(deadline=date(2027, 1, 4))
    elif part == "rule":
        DeadlineRule.objects.filter(category=None, priority="").update(working_days=11)
    elif part == "calendar":
        CalendarDay.objects.create(day=date(2026, 12, 23), is_working=False, name="停工")
    else:
        move(handling, Action.PAUSE, actor=handling.handler, day=date(2026, 12, 22), note="等企业")
        move(handling, Action.RESUME, actor=handling.handler, day=date(2026, 12, 24))
        assert list(deadlines()) == []
        ProblemEntry.objects.update(deadline=DUE)
    assert any("应为" in words for words in deadlines())
