"""The enterprise's one-time link: who may ask, what it shows, what each answer does, and when it is worthless."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from ledger.models import ConfirmationLink, Rating
from ledger.selectors.entries.lists import due_q
from ledger.services.checking.confirmations import VALID, answer, ask_enterprise, token_of
from ledger.services.errors import LedgerError, MissingNeedError, MoveRefusedError
from ledger.states import Action, EntryState
from tests.factories import EnterpriseFactory, EntryFactory, UserFactory
from tests.factories.ledger import at, evidence, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(police):
    """An entry whose handler says it is done."""
    enterprise = EnterpriseFactory(name="津市样例纺织有限公司")
    return EntryFactory(
        unit=police, title="货款被拖欠", enterprise=enterprise, state=EntryState.COMPLETED, lead_unit=police
    )


@pytest.fixture
def link(done, office):
    return ask_enterprise(entry=done, actor=office, at=timezone.now())


def page(link: ConfirmationLink) -> str:
    return reverse("ledger:confirmation-answer", args=[token_of(link)])


def state_of(link: ConfirmationLink) -> tuple[str, str, int]:
    link.entry.refresh_from_db()
    return link.entry.state, link.entry.rating, link.entry.raised


@pytest.mark.parametrize(
    ("rating", "words", "state", "action"),
    [
        ("satisfied", "", EntryState.CONFIRMED, Action.CONFIRM),
        ("basically", "还差一期", EntryState.CONFIRMED, Action.CONFIRM),
        ("unsatisfied", "货款没有收到", EntryState.HANDLING, Action.SEND_BACK),
    ],
)
def test_an_answer_moves_the_entry_as_the_enterprise_says(client, link, rating, words, state, action):
    response = client.post(page(link), {"rating": rating, "words": words, "name": "联系人001"}, follow=True)
    assert "评价已收到" in response.content.decode()
    event = link.entry.events.order_by("-seq").first()
    assert state_of(link) == (state, rating, int(rating == "unsatisfied"))
    assert (event.action, event.actor, event.actor_name, event.data["answered_by"]) == (
        action, None, "联系人001", "企业确认链接",
    )  # fmt: skip
    assert words in event.note
    trail = LogEntry.objects.get_for_object(link).latest("pk")
    assert (trail.actor, trail.changes["rating"]) == (None, ["", rating])


def test_the_page_shows_what_the_enterprise_said_and_the_outcome_and_nothing_else(client, done, link):
    shown = client.get(page(link)).content.decode()
    assert all(words in shown for words in ("津市样例纺织有限公司", "货款被拖欠", "已协调解决", "市公安局"))
    assert done.handler.name not in shown
    assert "问题台账" not in shown


def test_opening_the_page_changes_nothing(client, link):
    before = list(link.entry.events.values_list("seq"))
    assert client.get(page(link)).status_code == 200
    link.refresh_from_db()
    assert (list(link.entry.events.values_list("seq")), link.answered_at) == (before, None)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "请选择满意、基本满意或不满意"),
        ({"rating": "great"}, "请选择满意、基本满意或不满意"),
        ({"rating": "unsatisfied", "words": " "}, "请写一句哪里没有解决"),
    ],
)
def test_an_answer_that_lacks_something_says_what_and_keeps_what_was_typed(client, link, typed, says):
    response = client.post(page(link), {"name": "张经理", **typed})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert "张经理" in response.content.decode()
    assert state_of(link)[0] == EntryState.COMPLETED


def test_a_link_is_answered_once(client, link):
    client.post(page(link), {"rating": "satisfied"})
    again = client.post(page(link), {"rating": "unsatisfied", "words": "后悔了"})
    assert "评价已收到" in again.content.decode()
    assert state_of(link) == (EntryState.CONFIRMED, "satisfied", 0)
    with pytest.raises(LedgerError, match="已经用过"):
        answer(link=link, rating=Rating.SATISFIED, words="", name="", at=timezone.now())


def test_a_made_up_address_finds_nothing(client, link):
    token = token_of(link)
    another = f"{'1' if token.startswith('0') else '0'}{token[1:]}"
    for forged in (link.key.hex, f"{link.key.hex}.{'A' * 27}", token[:-1], another, "x"):
        response = client.get(reverse("ledger:confirmation-answer", args=[forged]))
        assert (response.status_code, "网址不完整或不正确" in response.content.decode()) == (404, True)


def test_an_expired_link_says_so_and_takes_no_answer(client, link, office):
    ConfirmationLink.objects.update(created_at=link.created_at - VALID * 2, expires_at=timezone.now())
    response = client.post(page(link), {"rating": "satisfied"})
    assert (response.status_code, "已过有效期" in response.content.decode()) == (410, True)
    assert state_of(link)[0] == EntryState.COMPLETED
    fresh = ask_enterprise(entry=link.entry, actor=office, at=timezone.now())
    assert fresh != link
    assert client.get(page(fresh)).status_code == 200


def test_a_revoked_link_is_worthless(client, link, office):
    client.force_login(office)
    client.post(reverse("ledger:confirmation-revoke", args=[link.pk]))
    client.logout()
    response = client.post(page(link), {"rating": "satisfied"})
    assert (response.status_code, "已作废" in response.content.decode()) == (410, True)


def test_a_call_back_or_a_new_claim_settles_the_link(client, done, link, office):
    move(done, Action.CONFIRM, actor=office, rating="unsatisfied", spoken_with="联系人", note="没有解决")
    assert "不需要再填" in client.get(page(link)).content.decode()
    move(done, Action.COMPLETE, actor=done.handler, note="又办了一次", files=[evidence()])
    assert client.post(page(link), {"rating": "satisfied"}).status_code == 410
    assert state_of(link)[0] == EntryState.COMPLETED


def test_each_unsatisfied_answer_raises_the_entry_one_level_and_a_satisfied_one_lowers_it(done, office):
    levels = []
    for rating in ("unsatisfied", "unsatisfied", "unsatisfied", "satisfied"):
        move(done, Action.CONFIRM, actor=office, rating=rating, spoken_with="联系人", note="如实记录")
        levels.append(done.raised)
        if rating == "unsatisfied":
            move(done, Action.COMPLETE, actor=done.handler, note="再办", files=[evidence()])
    assert levels == [1, 2, 2, 0]


def test_who_handled_it_can_neither_make_nor_see_the_link(client, done, link):
    client.force_login(done.handler)
    assert client.post(reverse("ledger:confirmation-create", args=[done.pk])).status_code == 403
    assert client.get(reverse("ledger:confirmation-link", args=[link.pk])).status_code == 403
    with pytest.raises(MoveRefusedError):
        ask_enterprise(entry=done, actor=done.handler, at=timezone.now())


def test_asking_twice_gives_the_same_link_with_its_code(client, done, office, link):
    client.force_login(office)
    response = client.post(reverse("ledger:confirmation-create", args=[done.pk]), follow=True)
    assert ConfirmationLink.objects.count() == 1
    assert f"http://testserver{page(link)}" in response.content.decode()
    assert "<svg" in response.content.decode()


def test_too_many_requests_from_one_address_wait(client, link):
    answers = [client.get(page(link)).status_code for _ in range(21)]
    assert (answers[:20], answers[20]) == ([200] * 20, 429)


def test_an_answer_without_rating_is_refused_by_the_service(link):
    with pytest.raises(MissingNeedError):
        answer(link=link, rating="", words="", name="", at=timezone.now())


def test_entries_nobody_answered_for_five_working_days_are_to_be_called(police, office):
    monday = at(timezone.localdate().replace(year=2025, month=6, day=9))
    entry = EntryFactory(unit=police, state=EntryState.COMPLETED, registered_on=monday.date(), moved_on=monday.date())
    found = [day for day in range(14) if is_to_be_called(entry, monday.date() + timedelta(days=day))]
    assert found[0] == 7
    ask_enterprise(entry=entry, actor=office, at=monday + timedelta(days=2))
    found = [day for day in range(14) if is_to_be_called(entry, monday.date() + timedelta(days=day))]
    assert found[0] == 9


def is_to_be_called(entry, day) -> bool:
    return type(entry).objects.filter(due_q("unanswered", day), pk=entry.pk).exists()


def test_links_are_scoped_like_their_entries(link, foreign_officer, officer):
    assert list(ConfirmationLink.objects.visible_to(foreign_officer)) == []
    assert list(ConfirmationLink.objects.visible_to(UserFactory(unit=link.entry.unit, leader=True))) == [link]
