"""Many entries in one go: looked at before anything is written, each moved by itself, told what was not done."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import Attachment, BulkRun, EntryEvent, Notice, NoticeKind, ProblemEntry
from ledger.services.messages.notices import notify
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory, move

pytestmark = pytest.mark.django_db
S = EntryState
ASSIGN, REMIND, ACCEPT, CLOSE = (
    reverse("ledger:bulk", args=[operation]) for operation in ("assign", "remind", "accept", "close_out")
)


@pytest.fixture
def chosen(police, court):
    """Two that may be assigned, one too early, one of another unit."""
    return [
        EntryFactory(unit=police, state=S.ACCEPTED),
        EntryFactory(unit=police, state=S.ACCEPTED),
        EntryFactory(unit=police),
        EntryFactory(unit=court, state=S.ACCEPTED),
    ]


def given(page, **more) -> dict:
    """The preview's own form, as the browser sends it on."""
    entries = [f"{line.entry.pk}:{line.entry.version}" for line in page.context["lines"]]
    return {"entry": entries, "submission_key": str(uuid.uuid4()), "looked": page.context["looked"], **more}


def seen(client, operation, entries, **given_too):
    """The form as it is after the preview of what was filled in."""
    first = client.get(operation, {"entry": [one.pk for one in entries]})
    return {**given(client.post(operation, given(first, **given_too)), **given_too), "confirm": "1"}


def test_nothing_is_written_before_it_is_confirmed_and_each_refusal_says_why(client, coordinator, police, chosen):
    client.force_login(coordinator)
    first = client.get(ASSIGN, {"entry": [entry.pk for entry in chosen]})
    assert [line.words.partition("，")[0] for line in first.context["lines"][:2]] == ["交办市公安局"] * 2
    events = EntryEvent.objects.count()
    look = client.post(ASSIGN, given(first, lead_unit=police.pk, note="请尽快"))
    lines = {line.entry.pk: line for line in look.context["lines"]}
    assert [lines[entry.pk].done for entry in chosen[:3]] == [True, True, False]
    assert chosen[3].pk not in lines  # not of this person's to see
    assert lines[chosen[0].pk].words.startswith("交办市公安局，期限 ")
    assert lines[chosen[2].pk].words == "现为“已登记”，不能交办"
    assert "将办 2 条，不能办 1 条，还没有写入" in look.content.decode()
    assert (EntryEvent.objects.count(), BulkRun.objects.count()) == (events, 0)


def test_each_is_done_by_itself_once_however_often_it_is_sent(client, coordinator, office, police, chosen):
    client.force_login(coordinator)
    look = client.post(
        ASSIGN, {**given(client.get(ASSIGN, {"entry": [one.pk for one in chosen]})), "lead_unit": police.pk}
    )
    move(chosen[1], Action.REJECT, actor=office, note="不属受理范围", day=timezone.localdate())  # in the meantime
    asked = given(look, lead_unit=police.pk, note="请尽快", confirm="1")
    pages = [client.post(ASSIGN, asked, follow=True) for _ in range(2)]
    run = BulkRun.objects.get()
    assert [line["entry"] for line in run.done] == [chosen[0].pk]
    assert {line["entry"] for line in run.refused} == {chosen[1].pk, chosen[2].pk}
    for page in pages:
        assert "批量交办：办了 1 条，2 条没有办" in page.content.decode()
        assert "不予受理" in page.content.decode()
    chosen[0].refresh_from_db()
    last = chosen[0].events.get(action=Action.ASSIGN)
    assert (last.note, last.actor, last.entry.deadline >= timezone.localdate()) == ("请尽快", coordinator, True)


def test_reminders_reach_who_holds_the_entry_once_a_day(client, coordinator, police, court):
    handler = UserFactory(unit=police)
    held = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.HANDLING)
    waiting, closed = EntryFactory(unit=police), EntryFactory(unit=police, state=S.CLOSED)
    colleague = UserFactory(unit=police, coordinator=True)
    Notice.objects.all().delete()
    client.force_login(coordinator)
    look = client.get(REMIND, {"entry": [held.pk, waiting.pk, closed.pk]})
    client.post(REMIND, given(look, note="今天报进展", confirm="1"))
    told = set(Notice.objects.values_list("recipient", "entry", "kind"))
    assert told == {(handler.pk, held.pk, "reminded"), (colleague.pk, waiting.pk, "reminded")}
    again = client.get(REMIND, {"entry": [held.pk, closed.pk]})
    assert [line.words for line in again.context["lines"]] == ["今天已经催办过", "现为“已销号”，不用催办"]


def test_many_reminded_at_once_are_one_notice_a_person_once_a_day(client, coordinator, police, court):
    """Alone or with others, today or by another hand: an entry is reminded of once a day."""
    handler, other = UserFactory(unit=police), UserFactory(unit=police)
    many = [EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.HANDLING) for _ in range(4)]
    single = EntryFactory(unit=police, lead_unit=police, handler=other, state=S.HANDLING)
    Notice.objects.all().delete()
    client.force_login(coordinator)
    look = client.get(REMIND, {"entry": [entry.pk for entry in [*many, single]]})
    client.post(REMIND, given(look, note="今天报进展", confirm="1"))
    notice = Notice.objects.get(recipient=handler)
    first = "、".join(entry.number for entry in many[:3])
    assert (notice.words, notice.entry) == (f"请抓紧办理 4 件：{first} 等：今天报进展", None)
    assert Notice.objects.get(recipient=other).words == f"{single} 请抓紧办理：今天报进展"
    client.force_login(handler)
    assert {entry.pk for entry in client.get(notice.link).context["page"]} == {entry.pk for entry in many}
    client.force_login(UserFactory(unit=police, coordinator=True))
    again = client.get(REMIND, {"entry": [entry.pk for entry in [*many, single]]})
    assert {line.words for line in again.context["lines"]} == {"今天已经催办过"}
    BulkRun.objects.update(run_at=timezone.now() - timedelta(days=1))
    Notice.objects.update(made_at=timezone.now() - timedelta(days=1))
    tomorrow = client.get(REMIND, {"entry": [entry.pk for entry in many]})
    assert {line.done for line in tomorrow.context["lines"]} == {True}


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_of_reminders_takes_the_same_statements(client, coordinator, police, rows, django_assert_num_queries):
    entries = [EntryFactory(unit=police, lead_unit=police, state=S.HANDLING) for _ in range(rows)]
    client.force_login(coordinator)
    client.get(REMIND)
    with django_assert_num_queries(9):
        client.get(REMIND, {"entry": [one.pk for one in entries]})


def test_the_same_page_sent_with_something_else_is_shown_beside_what_it_has_done(client, coordinator, police):
    """A page from before, ticked and filled in otherwise: nothing is done unseen, and it can be done as another."""
    one, two = (EntryFactory(unit=police, lead_unit=police, state=S.HANDLING) for _ in range(2))
    client.force_login(coordinator)
    first = given(client.get(REMIND, {"entry": [one.pk]}), note="今天报进展", confirm="1")
    client.post(REMIND, first)
    made = BulkRun.objects.get()
    other = {**first, "entry": [f"{two.pk}:{two.version}"], "note": "明天开会"}
    answer = client.post(REMIND, other)
    page = answer.content.decode()
    assert (answer.status_code, BulkRun.objects.count()) == (409, 1)
    for words in ("这一页已经办过", "批量催办 1 条", str(one), str(two), "今天报进展", "明天开会"):
        assert words in page, words
    assert reverse("ledger:bulk-result", args=[made.pk]) in page
    client.logout()
    client.force_login(UserFactory(unit=police, coordinator=True))  # a colleague on the same phone: their own
    assert client.post(REMIND, other).status_code == 302
    client.force_login(coordinator)
    third = EntryFactory(unit=police, lead_unit=police, state=S.HANDLING)
    again = {**other, "entry": [f"{third.pk}:{third.version}"]}
    key = re.search(r'name="another_key"\s+value="([^"]+)"', client.post(REMIND, again).content.decode())[1]
    shown = client.post(
        REMIND, {name: value for name, value in again.items() if name != "confirm"} | {"another_key": key}
    )
    assert (shown.status_code, shown.context["form"].submission) == (200, uuid.UUID(key))
    client.post(REMIND, {**again, "submission_key": key})
    mine = BulkRun.objects.filter(actor=coordinator).order_by("pk")
    assert [run.done[0]["entry"] for run in mine] == [one.pk, third.pk]


def test_more_than_fit_and_nonsense_are_refused(client, coordinator):
    client.force_login(coordinator)
    assert client.get(REMIND, {"entry": range(1, 300)}).status_code == 403
    assert client.get(reverse("ledger:bulk", args=["reopen"])).status_code == 404
    assert "还没有选问题" in client.get(REMIND, {"entry": ["x", "-1", "999999"]}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_of_an_assignment_takes_the_same_statements(
    client, coordinator, police, rows, django_assert_num_queries
):
    entries = [EntryFactory(unit=police, state=S.ACCEPTED) for _ in range(rows)]
    client.force_login(coordinator)
    page = client.get(ASSIGN, {"entry": [one.pk for one in entries]})
    with django_assert_num_queries(13):
        client.post(ASSIGN, given(page, lead_unit=police.pk))


class TestNotices:
    def test_tell_the_handler_of_an_assignment_and_a_return_and_nobody_of_their_own_step(self, police, office):
        handler = UserFactory(unit=police)
        entry = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.COMPLETED)
        move(entry, Action.SEND_BACK, actor=office, note="还没有付清")
        told = list(Notice.objects.visible_to(handler).values_list("kind", "words"))
        assert told == [
            ("returned", f"{entry.number} {entry.title} 退回重办：还没有付清"),
            ("assigned", f"{entry.number} {entry.title} 交办给您"),
        ]
        assert Notice.objects.count() == 2

    def test_are_counted_opened_and_read(self, client, officer, foreign_officer, police):
        entry, now = EntryFactory(unit=police), timezone.now()
        first, *_ = [
            notify([officer], NoticeKind.REMINDED, entry, f"第{n}次", by=None, at=now + timedelta(n))[0]
            for n in range(3)
        ]
        client.force_login(officer)
        count, page = reverse("ledger:notice-count"), reverse("ledger:notice-list")
        assert "3" in client.get(count).content.decode()
        opened = client.post(reverse("ledger:notice-open", args=[first.pk]))
        assert opened.url == reverse("ledger:entry-detail", args=[entry.pk])
        assert "消息 · 2 条未读" in client.get(page).content.decode()
        client.post(reverse("ledger:notice-read-all"))
        assert client.get(count).content.decode().strip() == ""
        client.force_login(foreign_officer)
        assert "第1次" not in client.get(page).content.decode()
        assert client.post(reverse("ledger:notice-open", args=[first.pk])).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_list_takes_the_same_statements(self, client, officer, police, rows, django_assert_num_queries):
        for _ in range(rows):
            notify([officer], NoticeKind.REMINDED, EntryFactory(unit=police), "请抓紧", by=None, at=timezone.now())
        client.force_login(officer)
        client.get(reverse("ledger:notice-count"))
        with django_assert_num_queries(6):
            client.get(reverse("ledger:notice-list"))


def test_many_assigned_at_once_are_one_notice_that_opens_exactly_them(client, coordinator, police):
    handler, other = UserFactory(unit=police), EntryFactory(unit=police, state=S.ACCEPTED)
    many = [EntryFactory(unit=police, state=S.ACCEPTED) for _ in range(7)]
    client.force_login(coordinator)
    client.post(ASSIGN, seen(client, ASSIGN, many, lead_unit=police.pk, handler=handler.pk))
    notice = Notice.objects.get(recipient=handler)
    first = "、".join(entry.number for entry in many[:3])
    assert (notice.words, notice.entry) == (f"交办给您 7 件：{first} 等", None)
    client.force_login(handler)
    page = client.get(notice.link)
    assert {entry.pk for entry in page.context["page"]} == {entry.pk for entry in many}
    assert other.number not in page.content.decode()


def test_one_assigned_with_others_not_done_is_told_as_itself(client, coordinator, police):
    handler, ready, early = (
        UserFactory(unit=police),
        EntryFactory(unit=police, state=S.ACCEPTED),
        EntryFactory(unit=police),
    )
    client.force_login(coordinator)
    client.post(ASSIGN, seen(client, ASSIGN, [ready, early], lead_unit=police.pk, handler=handler.pk))
    assert Notice.objects.get(recipient=handler).entry == ready


def test_many_are_accepted_at_once_and_lead_on_to_their_assignment(client, coordinator, police, court):
    new, foreign = EntryFactory(unit=police), EntryFactory(unit=court)
    taken = EntryFactory(unit=police, state=S.ACCEPTED)
    client.force_login(coordinator)
    page = client.get(ACCEPT, {"entry": [new.pk, taken.pk, foreign.pk], "from": "queue=to_accept"})
    line = page.context["lines"][0]
    assert (line.entry, line.done, line.words) == (new, True, "受理，接着交办")
    assert (page.context["will"], page.context["refused"]) == (1, 1)
    assert EntryEvent.objects.filter(action=Action.ACCEPT, entry=new).count() == 0
    sent = given(page, note="一并受理", confirm="1", **{"from": "queue=to_accept"})
    done = client.post(ACCEPT, sent, follow=True)
    client.post(ACCEPT, sent)
    event = EntryEvent.objects.get(action=Action.ACCEPT, entry=new)
    assert (event.note, event.actor, event.entry.state) == ("一并受理", coordinator, S.ACCEPTED)
    text = done.content.decode()
    assert "批量受理：办了 1 条，1 条没有办" in text
    assert "接着批量交办 1 条" in text
    assert f'{reverse("ledger:entry-list")}?queue=to_accept"' in text
    assert Notice.objects.count() == 0  # accepting tells nobody, one by one or many at once


def test_many_are_closed_out_at_once_but_those_without_proof_and_ones_own(client, coordinator, police):
    handler = UserFactory(unit=police)
    ready = [EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.CONFIRMED) for _ in range(2)]
    mine = EntryFactory(unit=police, lead_unit=police, handler=coordinator, state=S.CONFIRMED)
    bare = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.CONFIRMED)
    for file in Attachment.objects.filter(event__entry=bare):
        file.delete()
    early = EntryFactory(unit=police, lead_unit=police, state=S.COMPLETED)
    client.force_login(coordinator)
    page = client.get(CLOSE, {"entry": [one.pk for one in (*ready, mine, bare, early)]})
    assert [line.done for line in page.context["lines"]] == [True, True, False, False, False]
    words = [line.words for line in page.context["lines"]]
    assert words[0] == "销号，企业满意"
    assert "须由经办人以外的人办理" in words[2]
    assert "办结佐证材料" in words[3]
    assert words[4] == "现为“已办结”，不能销号"
    client.post(CLOSE, given(page, confirm="1"))
    closed = set(ProblemEntry.objects.filter(state=S.CLOSED))
    assert closed == set(ready)


def test_what_was_changed_after_the_preview_is_looked_at_again_before_it_is_done(client, coordinator, police, court):
    entry = EntryFactory(unit=police, state=S.ACCEPTED)
    client.force_login(coordinator)
    first = client.get(ASSIGN, {"entry": [entry.pk]})
    again = client.post(ASSIGN, given(first, lead_unit=court.pk, confirm="1"))
    assert "所填的改过了，还没有办" in again.content.decode()
    assert [line.words.partition("，")[0] for line in again.context["lines"]] == ["交办市人民法院"]
    assert not entry.events.filter(action=Action.ASSIGN).exists()
    client.post(ASSIGN, given(again, lead_unit=court.pk, note="说明不必再看", confirm="1"))
    assert entry.events.get(action=Action.ASSIGN).note == "说明不必再看"


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_of_closing_out_takes_the_same_statements(client, coordinator, police, rows, django_assert_num_queries):
    entries = [EntryFactory(unit=police, lead_unit=police, state=S.CONFIRMED) for _ in range(rows)]
    client.force_login(coordinator)
    asked = {"entry": [one.pk for one in entries]}
    client.get(CLOSE, asked)
    with django_assert_num_queries(10):
        page = client.get(CLOSE, asked)
    assert page.context["will"] == rows


def test_each_row_says_which_steps_it_is_open_to(client, coordinator, police, court):
    states = {S.REGISTERED: "accept remind", S.ACCEPTED: "assign remind", S.CONFIRMED: "close_out", S.REJECTED: ""}
    rows = {EntryFactory(unit=police, state=state).pk: picks for state, picks in states.items()}
    led = EntryFactory(unit=court, lead_unit=police, state=S.ASSIGNED).pk  # the unit that received it assigns anew
    client.force_login(coordinator)
    page = client.get(reverse("ledger:entry-list"))
    assert {entry.pk: entry.picks for entry in page.context["page"].object_list} == {**rows, led: "remind"}
    assert 'data-picks="accept remind"' in page.content.decode()


def test_only_the_people_of_the_chosen_unit_are_offered_and_another_one_is_refused_in_words(
    client, coordinator, police, court
):
    station = UnitFactory(parent=police)
    here, below, there = UserFactory(unit=police), UserFactory(unit=station), UserFactory(unit=court)
    entry = EntryFactory(unit=police, state=S.ACCEPTED)
    client.force_login(coordinator)
    page = client.get(ASSIGN, {"entry": [entry.pk]})
    offered = set(page.context["form"].fields["handler"].queryset)
    assert offered >= {here, below, coordinator}
    assert {person.unit for person in offered} == {police, station}
    choices = reverse("ledger:handler-choices")
    of_station = client.get(choices, {"lead_unit": station.pk, "handler": here.pk}).content.decode()
    assert (f'value="{below.pk}"' in of_station, f'value="{here.pk}"' in of_station) == (True, False)
    of_court = client.get(choices, {"lead_unit": court.pk}).content.decode()
    assert f'value="{there.pk}"' not in of_court  # nobody there is known to this unit's coordinator
    assert "先选牵头单位，再选人" in client.get(choices, {"lead_unit": "x"}).content.decode()
    look = client.post(ASSIGN, given(page, lead_unit=station.pk, handler=here.pk))
    assert f"{here.name}不是{station.name}的在岗人员" in look.content.decode()
