"""A merge is questioned where it looks wrong, and taken back with all that had followed it."""

import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from common.periods import local_date
from jinshi_zf.deadline_recount import wrong_deadlines
from ledger.calendar import working_calendar
from ledger.lights import light_of
from ledger.models import ClosedPeriod, Escalation, LadderStep, Notice, ProblemEntry
from ledger.moves.data import MoveData, Piece
from ledger.moves.facts import Fact, facts_of
from ledger.selectors.entries.entry_page import entry_money
from ledger.services.checking.rechecks import draw
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import LedgerError, MissingNeedError, MoveConflictError
from ledger.services.supervising.ladder import climb
from ledger.states import Action, EntryState
from reports.days.from_events import rates_on
from tests.factories import EnterpriseFactory, EntryFactory, UserFactory, move
from tests.factories.ledger import at, attached
from tests.ledger.test_races import together
from tests.ledger.test_rechecks import JUNE, MAY
from tests.ledger.test_same_money import record

pytestmark = pytest.mark.django_db
DAY, WRONG = date(2023, 5, 10), "两家企业，不是一件事"


def merge(entry, into, office, **more):
    entry.refresh_from_db()
    into.refresh_from_db()
    return move(entry, Action.MARK_DUPLICATE, actor=office, duplicate_of=into, **more)


def unmerge(entry, office, note=WRONG):
    entry.refresh_from_db()
    return move(entry, Action.UNMERGE, actor=office, note=note)


def pair(police, **fields):
    firm = EnterpriseFactory()
    return [EntryFactory(unit=police, enterprise=firm, **fields) for _ in range(2)]


QUESTIONS = {
    "another firm": (lambda one: {"enterprise": EnterpriseFactory()}, "企业不同"),
    "closed": (
        lambda one: {"enterprise": one.enterprise, "state": EntryState.CLOSED},
        "现为“已销号”，并入后没有人再办",
    ),
    "old": (
        lambda one: {"enterprise": one.enterprise, "registered_on": DAY - timedelta(days=366)},
        "2022年5月9日登记的，早了一年以上",
    ),
}


@pytest.mark.parametrize("why", QUESTIONS)
def test_what_looks_like_two_matters_is_asked_about_with_both_texts(client, police, office, why):
    make, words = QUESTIONS[why]
    entry = EntryFactory(unit=police, title="门口道路破损", content="货车进不来")
    other = EntryFactory(unit=police, title="货款被拖欠", content="对方不认账", **make(entry))
    client.force_login(office)
    address = reverse("ledger:entry-move", args=[entry.pk, "mark_duplicate"])
    shown = client.get(address).content.decode()
    assert "both-texts" not in shown
    assert 'name="is_same"' not in shown
    typed = {"duplicate_of": other.pk, "note": "同一件", "version": entry.version}
    asked = client.post(address, typed).content.decode()
    assert words in asked
    assert all(text in asked for text in ("货车进不来", "对方不认账", other.number, "对照过，是同一件事"))
    assert "同一件</textarea>" in asked.replace("\n", "")  # what was typed stays
    entry.refresh_from_db()
    assert entry.state == EntryState.REGISTERED
    third = EntryFactory(unit=police)  # the tick is about the two that were shown
    about = re.search(r'name="asked_about" value="(\d+)"', asked)[1]
    again = client.post(address, {**typed, "duplicate_of": third.pk, "is_same": "on", "asked_about": about})
    assert "企业不同" in again.content.decode()
    assert client.post(address, {**typed, "is_same": "on", "asked_about": about}).status_code == 302
    entry.refresh_from_db()
    assert entry.duplicate_of == other
    assert words in facts_of(entry.events.last().data)[Fact.DIFFERS]


def test_what_is_plainly_one_matter_is_not_asked_about(police, office):
    one, two = pair(police)
    advance_entry(
        entry=two, action=Action.MARK_DUPLICATE, actor=office, at=at(DAY, 15), data=MoveData(duplicate_of=one)
    )
    assert Fact.DIFFERS not in facts_of(two.events.last().data)


@pytest.fixture
def chain(police, office):
    """One merged into a wrong one, that and a stranger into a first, and all of it into a last; each with a file."""
    names = ("first", "wrong", "follower", "stranger", "last")
    made = {name: EntryFactory(unit=police, registered_by=UserFactory(unit=police)) for name in names}
    files = {name: attached(made[name], f"{name}.pdf") for name in names[:-1]}
    for entry, into in (("follower", "wrong"), ("wrong", "first"), ("stranger", "first"), ("first", "last")):
        merge(made[entry], made[into], office)
    Notice.objects.all().delete()
    return SimpleNamespace(**made, files=files)


def names_of(entry):
    return set(entry.attachments.values_list("name", flat=True))


def test_files_and_what_was_merged_before_return(office, chain):
    assert names_of(chain.last) == {file.name for file in chain.files.values()}
    unmerge(chain.wrong, office)
    for entry in (chain.wrong, chain.follower, chain.first, chain.stranger):
        entry.refresh_from_db()
    assert (chain.wrong.state, chain.wrong.duplicate_of) == (EntryState.ACCEPTED, None)
    pointing = [one.duplicate_of for one in (chain.follower, chain.first, chain.stranger)]
    assert pointing == [chain.wrong, chain.last, chain.last]
    assert names_of(chain.wrong) == {"wrong.pdf", "follower.pdf"}
    assert names_of(chain.first) == names_of(chain.last) == {"first.pdf", "stranger.pdf"}  # off all it had come to
    assert all(file.file.storage.exists(file.file.name) for file in chain.files.values())
    audit = LogEntry.objects.get_for_object(chain.follower).order_by("-pk")[0]
    assert audit.changes == {"duplicate_of": [str(chain.last), str(chain.wrong)]}
    assert LogEntry.objects.filter(content_type__model="attachment", action=LogEntry.Action.DELETE).count() == 4


def test_both_timelines_tell_it_with_the_money_to_look_at(office, chain):
    money = record(ProblemEntry.objects.get(pk=chain.wrong.pk), office, "5000")
    assert money in entry_money(chain.last, office)
    record(ProblemEntry.objects.get(pk=chain.last.pk), office, "7000")
    unmerge(chain.wrong, office)
    assert money not in entry_money(chain.last, office)
    told, release = facts_of(chain.wrong.events.last().data), chain.last.events.last()
    assert told[Fact.WAS_MERGED_INTO] == chain.last.number
    assert told[Fact.CAME_BACK] == chain.follower.number
    assert told[Fact.MONEY_MEANWHILE] == "追回 7,000.00 元"
    assert (release.action, release.note, release.to_state) == (Action.RELEASE, WRONG, chain.last.state)
    assert facts_of(release.data)[Fact.RELEASED] == f"{chain.wrong.number} {chain.wrong.title}"
    assert Notice.objects.filter(entry=chain.wrong, recipient=chain.wrong.registered_by).exists()


def test_only_the_office_takes_back_and_says_why(client, police, office, coordinator):
    one, two = pair(police)
    merge(two, one, office)
    with pytest.raises(LedgerError, match="办理，您不在其中"):
        unmerge(two, coordinator)
    with pytest.raises(MissingNeedError, match="请写明撤销并入的说明"):
        unmerge(two, office, note=" ")
    client.force_login(office)
    two.refresh_from_db()
    page = client.get(reverse("ledger:entry-detail", args=[two.pk])).content.decode()
    assert "撤销并入" in page
    address = reverse("ledger:entry-move", args=[two.pk, "unmerge"])
    done = client.post(address, {"note": "并错了", "version": two.version}, follow=True)
    assert "已撤销并入，恢复受理" in done.content.decode()
    survivor = client.get(reverse("ledger:entry-detail", args=[one.pk])).content.decode()
    assert "退出并入" in survivor
    assert two.number in survivor


def test_it_counts_from_the_day_it_came_back_and_closed_half_years_are_told(police, office):
    one, two = pair(police)
    merge(two, one, office, day=date(2023, 5, 20))
    span = {"starts_on": date(2023, 1, 1), "ends_on": date(2023, 6, 30)}
    ClosedPeriod.objects.create(code="2023H1", closed_at=timezone.now(), closed_by="管理员", **span)
    two.refresh_from_db()
    move(two, Action.UNMERGE, actor=office, day=date(2023, 7, 5), note="不是一件事")
    totals = [rates_on(day).all.total for day in (date(2023, 5, 15), date(2023, 6, 30), date(2023, 7, 5))]
    assert totals == [2, 1, 2]
    assert facts_of(two.events.last().data)[Fact.COUNTED_AGAIN].startswith("2023年上半年已结账")


def test_what_the_sample_has_drawn_is_the_rechecker_s_and_returns_the_same(police, office):
    one, two = EntryFactory(unit=police), EntryFactory(unit=police)
    file = attached(two)
    merge(two, one, office)
    draw(span=MAY, at=JUNE)
    with pytest.raises(LedgerError, match="已抽中质检，由复核人判断"):
        unmerge(two, office)
    judge = UserFactory(unit=office.unit, admin=True)
    two.refresh_from_db()
    move(two, Action.REINSTATE, actor=judge, note="不是同一件", day=local_date(JUNE))
    two.refresh_from_db()
    assert (two.state, two.duplicate_of) == (EntryState.ACCEPTED, None)
    assert not one.attachments.filter(file=file.file.name).exists()
    assert one.events.last().action == Action.RELEASE


def test_merged_again_split_meanwhile_and_taken_back_again(police, office):
    """A second merge goes its own way; a split of the other keeps its pieces; twice there and back leaves no trace."""
    one, two, three = (EntryFactory(unit=police) for _ in range(3))
    file = attached(two)
    for _ in range(2):
        merge(two, one, office)
        unmerge(two, office)
        assert not one.attachments.exists()
    merge(two, one, office)
    one.refresh_from_db()
    move(one, Action.SPLIT, actor=office, kept=Piece("其一"), pieces=[Piece("其二")])
    unmerge(two, office)
    assert ProblemEntry.objects.get(split_from=one).duplicate_of is None
    merge(two, three, office)
    assert (two.duplicate_of, list(three.attachments.values_list("file", flat=True))) == (three, [file.file.name])
    one.refresh_from_db()
    merge(one, three, office)
    unmerge(two, office)
    one.refresh_from_db()
    assert one.duplicate_of == three
    numbers = [event.seq for event in three.events.order_by("seq")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_same_money_is_still_noticed_after_it_was_taken_back(police, office):
    one, two = EntryFactory(unit=police), EntryFactory(unit=police)
    merge(two, one, office)
    record(ProblemEntry.objects.get(pk=one.pk), office, "5000")
    unmerge(two, office)
    with pytest.raises(LedgerError, match="同一笔钱只计一次"):
        record(ProblemEntry.objects.get(pk=two.pk), office, "5000")
    assert Decimal("5000.00") == one.recoveries.get().amount


@pytest.mark.django_db(transaction=True)
def test_taken_back_while_the_other_is_merged_on(police):
    """Both at one moment: neither waits for the other forever, and what came back belongs where the last step says."""
    clerks = [UserFactory(unit=police, coordinator=True, city=True) for _ in range(2)]
    for _ in range(4):
        one, two, last = (EntryFactory(unit=police) for _ in range(3))
        merge(two, one, clerks[0])
        mine = [ProblemEntry.objects.get(pk=two.pk), ProblemEntry.objects.get(pk=one.pk)]

        def work(number, barrier, mine=mine, last=last):
            target = ProblemEntry.objects.get(pk=last.pk)
            barrier.wait()
            if number == 0:
                data, action = MoveData(note="并错了"), Action.UNMERGE
            else:
                data, action = MoveData(duplicate_of=target, is_same=True), Action.MARK_DUPLICATE
            return advance_entry(entry=mine[number], action=action, actor=clerks[number], at=timezone.now(), data=data)

        told = together(2, work)
        bad = [one for one in told if isinstance(one, Exception) and not isinstance(one, MoveConflictError)]
        assert not bad, bad
        entry = ProblemEntry.objects.get(pk=two.pk)
        assert (entry.state == EntryState.ACCEPTED) == (entry.duplicate_of is None)
        assert ProblemEntry.objects.get(pk=one.pk).duplicate_of in (None, last)


DUE = date(2026, 12, 4)  # ten working days from Friday 20 November 2026
EXTENDED, WAITED = date(2026, 12, 18), date(2026, 12, 8)


def assigned_once(police, office, clock: str) -> ProblemEntry:
    """Assigned with ten working days, and what its clock went through before it was returned."""
    friday, handler = date(2026, 11, 20), UserFactory(unit=police)
    entry = EntryFactory(unit=police, registered_on=friday, state=EntryState.ACCEPTED)
    move(entry, Action.ASSIGN, actor=office, day=friday, lead_unit=police, handler=handler, deadline=DUE)
    move(entry, Action.ACKNOWLEDGE, actor=handler, day=friday)
    if clock == "extended":
        move(entry, Action.ASK_EXTENSION, actor=handler, day=date(2026, 11, 23), until=EXTENDED, note="等审批")
        move(entry, Action.EXTEND, actor=office, day=date(2026, 11, 24))
    if clock == "waited":
        move(entry, Action.PAUSE, actor=handler, day=date(2026, 11, 23), note="等企业补材料")
        move(entry, Action.RESUME, actor=handler, day=date(2026, 11, 25))
    entry.refresh_from_db()
    assert entry.deadline == {"extended": EXTENDED, "waited": WAITED}.get(clock, DUE)
    return entry


CLOCKS = [  # what went before, returned on, taken back on, the deadline then
    pytest.param("plain", date(2026, 11, 25), date(2026, 11, 25), DUE, id="the same day: nothing is lost"),
    pytest.param("plain", date(2026, 11, 25), date(2026, 11, 27), date(2026, 12, 8), id="two days later"),
    pytest.param("plain", date(2026, 11, 25), date(2026, 12, 4), date(2026, 12, 15), id="on its deadline"),
    pytest.param("plain", date(2026, 11, 25), date(2026, 12, 14), date(2026, 12, 23), id="after its deadline"),
    pytest.param("plain", date(2026, 12, 3), date(2026, 12, 14), date(2026, 12, 17), id="one day was left: the least"),
    pytest.param("plain", date(2026, 12, 9), date(2026, 12, 14), date(2026, 12, 17), id="none was left: the least"),
    pytest.param("extended", date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 23), id="with an extension"),
    pytest.param("waited", date(2026, 11, 26), date(2026, 12, 14), date(2026, 12, 24), id="with a wait for the firm"),
]


@pytest.mark.parametrize(("clock", "returned", "back", "due"), CLOCKS)
def test_taken_back_it_has_the_days_that_were_left_and_climbs_anew(police, office, clock, returned, back, due):
    """Deadline, light and ladder right after the merge is taken back, at several ages, and when the new one is over."""
    entry, calendar = assigned_once(police, office, clock), working_calendar()
    LadderStep.objects.update(to_office=True)
    move(entry, Action.RETURN, actor=UserFactory(unit=police, coordinator=True), day=returned, note="不归我们")
    merge(entry, EntryFactory(unit=police, enterprise=entry.enterprise, registered_on=DAY), office, day=returned)
    climb(at=at(back))  # merged, it is nobody's to hurry
    entry.refresh_from_db()
    assert Escalation.objects.filter(entry=entry).count() == 0
    move(entry, Action.UNMERGE, actor=office, day=back, note=WRONG)
    entry.refresh_from_db()
    assert (entry.state, entry.deadline, entry.paused_on) == (EntryState.ACCEPTED, due, None)
    light = light_of(entry, back, calendar)
    assert light is None or light.colour != "red"
    climb(at=at(back))
    assert Escalation.objects.filter(entry=entry).count() == 0
    assert list(wrong_deadlines()) == []
    late = calendar.add(due, 1)
    assert light_of(entry, late, calendar).colour == "red"
    climb(at=at(late))
    assert list(Escalation.objects.filter(entry=entry).values_list("deadline", "told")) == [(due, True)]
    told = entry.events.filter(action=Action.UNMERGE).get().data
    before = {"extended": EXTENDED, "waited": WAITED}.get(clock, DUE)
    assert told.get("was_deadline") == (None if due == before else before.isoformat())


def test_taken_back_twice_it_goes_on_from_the_last_time(police, office):
    """In between it was with the office, whose days are not the handler's."""
    entry = assigned_once(police, office, "plain")
    move(
        entry, Action.RETURN, actor=UserFactory(unit=police, coordinator=True), day=date(2026, 11, 25), note="不归我们"
    )
    other = EntryFactory(unit=police, enterprise=entry.enterprise, registered_on=DAY)
    merge(entry, other, office, day=date(2026, 11, 26))
    entry.refresh_from_db()
    move(entry, Action.UNMERGE, actor=office, day=date(2026, 11, 27), note=WRONG)
    merge(entry, other, office, day=date(2026, 12, 1))
    entry.refresh_from_db()
    move(entry, Action.UNMERGE, actor=office, day=date(2026, 12, 14), note=WRONG)
    entry.refresh_from_db()
    assert entry.deadline == date(2026, 12, 23)  # the seven days are still there
    assert list(wrong_deadlines()) == []


def test_what_was_never_assigned_has_no_deadline_when_it_is_taken_back(police, office):
    one, two = pair(police)
    merge(two, one, office)
    unmerge(two, office)
    two.refresh_from_db()
    assert (two.state, two.deadline) == (EntryState.ACCEPTED, None)
