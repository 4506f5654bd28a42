"""A notice tells its reader his own task: what only a clerk can do is asked of clerks, the others hear what is waited
for."""

import pytest

from ledger.models import Notice
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory, move

pytestmark = pytest.mark.django_db


def told() -> dict[str, str]:
    return {notice.recipient.username: notice.words for notice in Notice.objects.select_related("recipient")}


def test_who_may_not_assign_is_not_asked_to_when_a_merge_is_taken_back(police, office, coordinator):
    entry, into = EntryFactory(unit=police, registered_by=UserFactory(unit=police)), EntryFactory(unit=police)
    move(entry, Action.MARK_DUPLICATE, actor=office, duplicate_of=into)
    Notice.objects.all().delete()
    entry.refresh_from_db()
    move(entry, Action.UNMERGE, actor=office, note="两家企业，不是一件事")
    heard = told()
    assert "请重新交办" in heard.pop(coordinator.username)
    assert heard
    assert all("请重新交办" not in words and "等待重新交办" in words for words in heard.values())


def test_a_clerk_who_stands_in_for_a_handler_who_left_is_asked_to_hand_over(police, office, coordinator, admin):
    entry = EntryFactory(unit=police, state=EntryState.CLOSED)
    here = EntryFactory(unit=police, state=EntryState.CLOSED, handler=UserFactory(unit=police))
    type(entry.handler).objects.filter(pk=entry.handler_id).update(is_active=False)
    Notice.objects.all().delete()
    for one in (entry, here):
        one.refresh_from_db()
        move(one, Action.REOPEN, actor=admin, note="又欠上了")
    heard = told()
    assert "没有经办人，请交接给在岗的人办理" in heard[coordinator.username]
    assert "重新打开，请继续办理" in heard[here.handler.username]
