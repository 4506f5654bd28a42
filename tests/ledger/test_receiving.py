"""Who receives now: nothing is left with people and units that are gone."""

from datetime import date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Unit, User
from accounts.posts import AccountError
from common.periods import SHANGHAI
from ledger.calendar import working_calendar
from ledger.models import (
    Digest,
    LadderStep,
    MessageState,
    Notice,
    ProblemEntry,
    Robot,
    RobotEvent,
    RobotMessage,
    SupportingUnit,
)
from ledger.moves.data import MoveData
from ledger.moves.who import actions_for
from ledger.selectors.entries.queues import waiting_for
from ledger.services.entries.bulk import look_at
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import LedgerError, MissingNeedError
from ledger.services.handover import people_with_work
from ledger.services.messages.digests import compose, send_waiting
from ledger.services.messages.robot_post import send_due
from ledger.services.messages.robots import News, announce
from ledger.services.people.receiving import Office, receivers_of, receiving
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory, move
from tests.factories.ledger import at

pytestmark = pytest.mark.django_db
DAY = date(2023, 5, 12)
DUE = {"deadline": date(2023, 6, 20), "deadline_reason": "样例"}
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef0123456789abcdef"


def told() -> list[str]:
    return sorted(Notice.objects.values_list("recipient__name", flat=True))


@pytest.fixture
def tree(police):
    """A bureau, a station below it and a post below that."""
    station = UnitFactory(name="样例派出所", parent=police)
    return police, station, UnitFactory(name="样例警务室", parent=station)


def leave(person: User) -> None:
    """Somebody who left while nothing asked for their work."""
    User.objects.filter(pk=person.pk).update(is_active=False)


def test_what_a_unit_receives_falls_up_the_tree_to_the_office_and_the_administrators(tree):
    """Each leaves in turn; the queues of the pages agree with the rule at every step, and one statement is enough."""
    bureau, station, post = tree
    admin = UserFactory(admin=True)
    office = UserFactory(unit=Unit.objects.get(name="市委政法委"), coordinator=True, city=True)
    upper, lower = UserFactory(unit=bureau, coordinator=True), UserFactory(unit=station, coordinator=True)
    UserFactory(unit=post), UserFactory(unit=post, leader=True), UserFactory(unit=None, auditor=True)
    for expected in (lower, upper, office, admin):
        assert receivers_of(post) == [expected] == Office.now().receivers(post.pk)
        for clerk in User.objects.filter(role="coordinator", is_active=True, city_wide=False):
            found = [unit.pk for unit in tree if clerk in receivers_of(unit)]
            assert (sorted(clerk.clerked_units), clerk.name) == (sorted(found), clerk.name)
        leave(expected)
    assert User.objects.get(pk=admin.pk).clerked_units == []


def test_a_problem_of_a_unit_without_coordinator_is_told_above_and_signed_for_there(client, tree, office):
    bureau, station, post = tree
    clerk, worker = UserFactory(unit=bureau, coordinator=True), UserFactory(unit=post)
    entry = move(
        EntryFactory(unit=bureau, state=EntryState.ACCEPTED), Action.ASSIGN, actor=office, lead_unit=station, **DUE
    )
    assert told() == [clerk.name]
    assert list(waiting_for(clerk, "to_acknowledge", DAY)) == [entry]
    entry.refresh_from_db()
    assert Action.ACKNOWLEDGE in actions_for(entry, clerk, DAY)
    with pytest.raises(MissingNeedError, match="您不在样例派出所，请从这个单位选由谁经办"):
        move(entry, Action.ACKNOWLEDGE, actor=clerk)
    client.force_login(clerk)
    page = client.post(reverse("ledger:entry-move", args=[entry.pk, "acknowledge"]), {"version": entry.version})
    assert "您不在样例派出所，请从这个单位选由谁经办" in page.content.decode()
    move(entry, Action.ACKNOWLEDGE, actor=clerk, handler=worker)
    entry.refresh_from_db()
    assert (entry.state, entry.handler) == (EntryState.HANDLING, worker)
    own = UserFactory(unit=station, coordinator=True)  # from now on it is the station's own
    clerk = User.objects.get(pk=clerk.pk)
    assert (list(waiting_for(clerk, "to_handle", DAY)), list(waiting_for(own, "to_handle", DAY))) == ([], [entry])


def test_what_is_reopened_for_somebody_who_left_is_told_and_handed_over(client, admin, police):
    clerk, successor = UserFactory(unit=police, coordinator=True), UserFactory(unit=police)
    entry = EntryFactory(unit=police, state=EntryState.CLOSED)
    handler = User.objects.get(pk=entry.handler_id)
    accounts.deactivate(user=handler, by=admin)
    Notice.objects.all().delete()
    move(entry, Action.REOPEN, actor=admin, note="企业又来反映")
    entry.refresh_from_db()
    assert (told(), receiving(entry)) == ([clerk.name], [clerk])
    assert [(person, count) for person, count in people_with_work(clerk)] == [(handler, 1)]
    client.force_login(clerk)
    page = reverse("ledger:handover", args=[handler.pk])
    assert f'value="entry-{entry.pk}"' in client.get(page).content.decode()
    assert handler not in client.get(page).context["form"].fields["to"].queryset
    client.post(page, {"picked": [f"entry-{entry.pk}"], "to": successor.pk, "reason": "已调离"})
    entry.refresh_from_db()
    assert entry.handler == successor


def test_ladder_order_reminder_and_mail_go_to_who_receives_now(police, office, admin):
    """The handler has left; once the office has gone too, the administrators are told."""
    entry = EntryFactory(unit=police, state=EntryState.HANDLING)
    leave(entry.handler)
    User.objects.filter(role="coordinator").exclude(pk=office.pk).update(is_active=False)
    entry = ProblemEntry.objects.get(pk=entry.pk)
    step = LadderStep(after_days=0, to_handler=True)
    leader = UserFactory(leader=True, city=True)
    for expected in (office, admin):
        Notice.objects.all().delete()
        assert Office.now().audience(step, entry) == [expected]
        [line] = look_at("remind", [entry], actor=leader, at=at(DAY), data=None)
        assert (line.done, line.words) == (True, f"催办{expected.name}")
        issue_order(entry=entry, actor=leader, at=at(DAY), demand=Demand("请速办", DAY))
        assert told() == [expected.name]
        User.objects.filter(pk=expected.pk).update(email="a@example.com")
        Digest.objects.all().delete()
        compose(at(date(2023, 9, 1), 9), working_calendar())
        assert entry.number in Digest.objects.get(person=expected).body
        User.objects.filter(role="coordinator").update(is_active=False)


def test_an_order_goes_to_the_unit_that_leads_now(police, court, office):
    leader = UserFactory(leader=True, city=True)
    entry = EntryFactory(unit=police, state=EntryState.HANDLING)
    stale = ProblemEntry.objects.get(pk=entry.pk)
    move(entry, Action.TRANSFER, actor=office, lead_unit=court, note="由法院办理")
    assert issue_order(entry=stale, actor=leader, at=at(DAY), demand=Demand("请速办", DAY)).unit == court
    entry.refresh_from_db()
    move(entry, Action.RETURN, actor=UserFactory(unit=court, coordinator=True), note="不归我们")
    with pytest.raises(LedgerError, match="须由领导对已交办、未销号的问题签发"):
        issue_order(entry=stale, actor=leader, at=at(DAY), demand=Demand("请速办", DAY))


def test_nobody_and_no_unit_that_has_just_gone_is_given_work(police, court, office, admin):
    """As the form has loaded them, before they went."""
    entry = EntryFactory(unit=police, lead_unit=court, state=EntryState.HANDLING)
    support = SupportingUnit.objects.create(entry=entry, unit=police)
    gone, moved, unit = UserFactory(unit=court), UserFactory(unit=police), UnitFactory()
    auditor = UserFactory(unit=court)
    accounts.deactivate(user=User.objects.get(pk=gone.pk), by=admin)
    accounts.edit_user(pk=moved.pk, data={"unit": court}, version=1, by=admin)
    accounts.edit_user(pk=auditor.pk, data={"role": "auditor"}, version=1, by=admin)
    accounts.save_unit(pk=unit.pk, data={"is_active": False}, version=1)
    clerk = UserFactory(unit=police, coordinator=True)
    wrong = [
        (Action.HAND_OVER, office, {"handler": gone, "note": "接手"}, f"{gone.name}不是{court}的在岗人员"),
        (Action.HAND_OVER, office, {"handler": auditor, "note": "接手"}, f"{auditor.name}不是{court}的在岗人员"),
        (Action.NAME_SUPPORTER, clerk, {"part": support, "supporter": moved}, f"{moved.name}不是{police}的在岗人员"),
        (Action.TRANSFER, office, {"lead_unit": unit, "note": "转办"}, f"{unit}已不在用，请另选单位"),
    ]
    for action, actor, given, words in wrong:
        with pytest.raises(LedgerError, match=words):
            move(entry, action, actor=actor, **given)
    entry.refresh_from_db()
    assert (entry.state, entry.lead_unit) == (EntryState.HANDLING, court)


def test_a_part_is_written_by_who_it_belongs_to(tree, court, office):
    """Another unit's is refused in words; one of a unit below without coordinator is done from above."""
    bureau, station, _ = tree
    third = UnitFactory()
    clerk, upper = UserFactory(unit=court, coordinator=True), UserFactory(unit=bureau, coordinator=True)
    entry = EntryFactory(unit=bureau, state=EntryState.ACCEPTED)
    move(entry, Action.ASSIGN, actor=office, lead_unit=bureau, supporting_units=[court, third, station], **DUE)
    entry.refresh_from_db()
    other, below = entry.support.get(unit=third), entry.support.get(unit=station)
    for action, given in ((Action.REPORT_PART, {"result": "done"}), (Action.NAME_SUPPORTER, {"supporter": clerk})):
        with pytest.raises(MissingNeedError, match=f"这是{third}承担的部分，由它的联络员或协办人办理"):
            move(ProblemEntry.objects.get(pk=entry.pk), action, actor=clerk, part=other, note="办好了", **given)
    assert list(waiting_for(upper, "to_support", DAY)) == [entry]
    move(entry, Action.REPORT_PART, actor=upper, part=below, note="办好了", result="done")
    assert dict(entry.support.values_list("unit", "result")) == {court.pk: "", third.pk: "", station.pk: "done"}


def test_nothing_is_sent_to_accounts_robots_and_units_switched_off_since(police, court):
    """Written down while they were in use; what is not sent says why."""
    gone = UserFactory(unit=police, email="a@example.com")
    Digest.objects.create(person=gone, day=MONDAY.date(), address=gone.email, composed_at=MONDAY, subject="样例")
    leave(gone)
    told = send_waiting(MONDAY.date(), lambda: MONDAY, working_calendar(), lambda: None)
    assert (told["sent"], mail.outbox, Digest.objects.get().error) == (0, [], "已停用或不再要邮件，没有发出")
    off, _ = (
        Robot.objects.create(name=name, kind="wecom", url=URL, unit=unit, is_active=True, on_overdue=True)
        for name, unit in (("一", police), ("二", court))
    )
    news = [News(police.pk, "· 一件"), News(court.pk, "· 又一件")]
    assert len(announce(RobotEvent.OVERDUE, "{n} 件", news, MONDAY)) == 2
    Robot.objects.filter(pk=off.pk).update(is_active=False)
    Unit.objects.filter(pk=court.pk).update(is_active=False)
    assert send_due(lambda: MONDAY, working_calendar(), lambda: None) == {"sent": 0, "failed": 2}
    assert set(RobotMessage.objects.values_list("state", "error")) == {
        (MessageState.FAILED, "机器人或它的单位已停用，或不再发这类消息，没有发出")
    }
    assert announce(RobotEvent.OVERDUE, "{n} 件", news, MONDAY) == []


def assign_beside_a_leaving(police, office, admin, monkeypatch, patience: float) -> tuple[ProblemEntry, list[str]]:
    """While the account is being closed and its work has been counted, somebody assigns to it."""
    leaver, entry = UserFactory(unit=police), EntryFactory(unit=police, state=EntryState.ACCEPTED)
    when = entry.events.last().occurred_at + timedelta(minutes=5)
    told: list[str] = []
    counted, real = Event(), accounts.open_work

    def assign() -> None:
        counted.wait(30)
        try:
            data = MoveData(lead_unit=police, handler=leaver, **DUE)
            fresh = ProblemEntry.objects.get(pk=entry.pk)
            advance_entry(entry=fresh, action=Action.ASSIGN, actor=office, at=when, data=data)
            told.append("assigned")
        except LedgerError as error:
            told.append(str(error))
        finally:
            connection.close()

    beside = Thread(target=assign)

    def count(person: User) -> dict[str, str]:
        found = real(person)
        counted.set()
        beside.join(patience)  # held up by the row, it cannot end before we do
        return found

    monkeypatch.setattr(accounts, "open_work", count)
    beside.start()
    accounts.deactivate(user=leaver, by=admin)
    beside.join(60)
    return ProblemEntry.objects.get(pk=entry.pk), told


@pytest.mark.django_db(transaction=True)
def test_whoever_leaves_at_this_moment_is_not_assigned(police, office, admin, monkeypatch):
    entry, told = assign_beside_a_leaving(police, office, admin, monkeypatch, patience=0.5)
    assert (entry.state, entry.handler) == (EntryState.ACCEPTED, None)
    assert "的在岗人员，请从牵头单位选经办人" in told[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a transaction there has every other writer waiting")
def test_without_holding_who_is_named_a_leaver_is_assigned(police, office, admin, monkeypatch):
    """The control."""
    monkeypatch.setattr("ledger.services.people.standing.share_rows", lambda *given: None)
    entry, told = assign_beside_a_leaving(police, office, admin, monkeypatch, patience=30)
    assert (told, entry.handler.is_active) == (["assigned"], False)


@pytest.mark.django_db(transaction=True)
def test_work_given_first_keeps_the_account_open(police, office, admin):
    leaver = UserFactory(unit=police)
    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED)
    stale = User.objects.get(pk=leaver.pk)
    move(entry, Action.ASSIGN, actor=office, lead_unit=police, handler=leaver, **DUE)
    with pytest.raises(AccountError, match="名下还有经办的问题 1 件，请先交接再停用"):
        accounts.deactivate(user=stale, by=admin)
