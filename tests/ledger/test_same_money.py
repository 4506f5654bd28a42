"""The same money is noticed wherever its story leads: across merging, splitting, cases, activities and imports."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import ProblemEntry, Recheck, RecheckDraw, Recovery, RecoveryKind
from ledger.moves.data import Piece
from ledger.selectors.recoveries import doubts
from ledger.services.money.recoveries import (
    CountedTwiceError,
    RecoveryData,
    delete_recovery,
    record_recovery,
    say_other_money,
    update_recovery,
)
from ledger.states import Action
from tests.factories import ActivityFactory, CaseFactory, EntryFactory, RecoveryFactory, UserFactory, move
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db
DAY = date(2023, 5, 20)


def sum_of(amount="5000", **more):
    return RecoveryData("recovered", Decimal(amount), "调解协议", DAY, **more)


def record(subject, actor, amount="5000", **more):
    return record_recovery(actor=actor, at=timezone.now(), subject=subject, data=sum_of(amount, **more))


def merged(office, **fields):
    """Two entries, the second merged into the first."""
    one, two = EntryFactory(**fields), EntryFactory(**fields)
    move(two, Action.MARK_DUPLICATE, actor=office, duplicate_of=one)
    return one, two


def in_chain(office, police):
    """Merged into one that was itself merged further on."""
    last, middle = EntryFactory(unit=police), EntryFactory(unit=police)
    first = EntryFactory(unit=police)
    move(first, Action.MARK_DUPLICATE, actor=office, duplicate_of=middle)
    middle.refresh_from_db()
    move(middle, Action.MARK_DUPLICATE, actor=office, duplicate_of=last)
    return first, last


def split(office, police):
    entry = EntryFactory(unit=police)
    move(entry, Action.SPLIT, actor=office, kept=Piece("其一"), pieces=[Piece("其二"), Piece("其三")])
    return entry, *ProblemEntry.objects.filter(split_from=entry).order_by("pk")


def reinstated(office, police):
    """Merged, and taken out again after a second look."""
    one, two = merged(office, unit=police)
    days = {"starts_on": date(2023, 5, 1), "ends_on": date(2023, 5, 31)}
    draw, _ = RecheckDraw.objects.get_or_create(
        period="2023M05", defaults={**days, "percent": 10, "drawn_at": timezone.now()}
    )
    event = two.events.get(action=Action.MARK_DUPLICATE)
    Recheck.objects.create(draw=draw, entry=two, event=event, unit=police)
    judge = UserFactory(unit=office.unit, admin=True)
    two.refresh_from_db()
    move(two, Action.REINSTATE, actor=judge, note="不是同一件")
    return one, two


def by_case_of_a_piece(office, police):
    """A case through which what was split off was resolved, and the activity at which the whole was heard."""
    activity, case = ActivityFactory(unit=police), CaseFactory(unit=police)
    entry = EntryFactory(unit=police, source_activity=activity)
    move(entry, Action.SPLIT, actor=office, kept=Piece("其一"), pieces=[Piece("其二")])
    ProblemEntry.objects.filter(split_from=entry).update(case=case)
    return activity, case


STORIES = {
    "merged": lambda office, police: merged(office, unit=police),
    "in a chain": in_chain,
    "split": lambda office, police: split(office, police)[:2],
    "pieces of one": lambda office, police: split(office, police)[1:],
    "reinstated": reinstated,
    "activity and case of pieces": by_case_of_a_piece,
}


@pytest.mark.parametrize("story", STORIES)
def test_the_same_money_again_is_asked_about_from_either_end(police, office, story):
    for turn in (0, 1):
        pair = STORIES[story](office, police)
        record(pair[turn], office)
        with pytest.raises(CountedTwiceError, match="同一笔钱只计一次"):
            record(pair[1 - turn], office)
        record(pair[1 - turn], office, amount="5000.01")
        record(pair[1 - turn], office, is_other_money=True)
        assert doubts(pair[0], office) == doubts(pair[1], office) == []  # somebody has said so


def test_two_problems_of_one_visit_are_two_stories(police, office):
    activity = ActivityFactory(unit=police)
    one, two = (EntryFactory(unit=police, source_activity=activity) for _ in range(2))
    record(one, office)
    record(two, office)
    assert doubts(one, office) == []


def test_what_others_recorded_is_told_without_where_it_is(police, court, office):
    one, two = merged(office, unit=police)
    clerk = UserFactory(unit=court, coordinator=True)
    ProblemEntry.objects.filter(pk=two.pk).update(lead_unit=court)
    record(one, office)
    with pytest.raises(CountedTwiceError) as told:
        record(ProblemEntry.objects.get(pk=two.pk), clerk)
    assert one.number not in str(told.value)
    assert "不在您能查看的范围" in str(told.value)


@pytest.fixture
def twice(police, office):
    """Recorded on both before they were merged."""
    one, two = EntryFactory(unit=police), EntryFactory(unit=police)
    money = [record(entry, office) for entry in (one, two)]
    move(two, Action.MARK_DUPLICATE, actor=office, duplicate_of=one)
    return [one, two], money


def test_the_pages_of_both_ask_about_what_was_recorded_before_the_merge(client, office, twice):
    entries, money = twice
    client.force_login(office)
    for entry in entries:
        page = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
        assert "两笔同一天同金额的追回，各 ¥5,000.00，是同一笔吗？" in page
        assert page.count("是同一笔，删除这条") == 2
    url = reverse("ledger:recovery-delete", args=[money[1].pk])
    back = reverse("ledger:entry-detail", args=[entries[0].pk])
    page = client.post(url, {"version": "1", "back": back}, follow=True)
    assert page.redirect_chain[-1][0] == back
    assert "已删除：追回 5,000.00 元" in page.content.decode()
    assert "是同一笔吗" not in page.content.decode()
    assert list(Recovery.objects.all()) == [money[0]]


def test_somebody_says_that_they_are_two_and_is_not_asked_again(client, office, twice):
    entries, money = twice
    client.force_login(office)
    url = reverse("ledger:recovery-apart", args=[one.pk for one in money])
    page = client.post(url, {"back": "https://elsewhere.example/"}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("ledger:recovery-list")
    assert "这是两笔不同的钱" in page.content.decode()
    assert doubts(entries[0], office) == []
    data = RecoveryData("recovered", Decimal(5000), "另有判决书", DAY)
    for one in money:  # an edit of the words is not asked again either
        update_recovery(recovery=one, actor=office, at=timezone.now(), data=data, version=1)
    third = EntryFactory(unit=office.unit)
    record(third, office)
    move(third, Action.MARK_DUPLICATE, actor=office, duplicate_of=entries[0])
    assert len(doubts(entries[0], office)) == 2  # but about a third it is


def test_only_those_whose_money_it_is_may_settle_it(client, police, office, twice):
    entries, money = twice
    stranger = UserFactory(unit=police)
    assert [doubt.may_say for doubt in doubts(entries[0], stranger)] == [False]
    client.force_login(stranger)
    url = reverse("ledger:recovery-apart", args=[one.pk for one in money])
    page = client.post(url, follow=True).content.decode()
    assert "只有登记人和本单位联络员可以" in page
    assert money[0].apart_from.count() == 0
    Recovery.objects.filter(pk=money[0].pk).update(amount=Decimal(1))
    with pytest.raises(Exception, match="已不是同类同额"):
        say_other_money(one=money[0], other=money[1], actor=office)


def test_a_deletion_from_an_old_page_says_what_it_is_by_now(client, office, twice):
    _, (money, _) = twice
    data = RecoveryData("recovered", Decimal("987654"), "判决书", DAY)
    update_recovery(recovery=money, actor=office, at=timezone.now(), data=data, version=1)
    client.force_login(office)
    page = client.post(reverse("ledger:recovery-delete", args=[money.pk]), {"version": "1"}, follow=True)
    assert "没有删除" in page.content.decode()
    assert "现在是“追回 987,654.00 元”" in page.content.decode()
    delete_recovery(recovery=Recovery.objects.get(pk=money.pk), actor=office)
    assert Recovery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_record_the_same_money_at_once_on_linked_records_are_told(police):
    case = CaseFactory(unit=police)
    entry = EntryFactory(unit=police, case=case)
    clerks = [UserFactory(unit=police, coordinator=True) for _ in range(2)]
    for round_ in range(5):
        amount = str(5000 + round_)

        def send(number, barrier, amount=amount):
            barrier.wait()
            return record((case, entry)[number], clerks[number], amount)

        told = together(2, send)
        assert sorted(type(one).__name__ for one in told) == ["CountedTwiceError", "Recovery"], told
    assert Recovery.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_looked_up_and_then_written_it_would_have_been_counted_twice(police):
    case = CaseFactory(unit=police)

    def send(number, barrier):
        there = Recovery.objects.filter(case=case, amount=Decimal(5000)).exists()
        barrier.wait()
        return None if there else RecoveryFactory(case=case, amount=Decimal(5000), kind=RecoveryKind.RECOVERED)

    together(2, send)
    assert Recovery.objects.count() == 2
