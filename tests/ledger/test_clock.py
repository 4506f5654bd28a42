"""The clock of an entry that comes back: sent back, reopened, taken up again, returned, put right, extended in a pause.

20 November 2026 is a Friday; ten working days run to 4 December.
"""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from jinshi_zf.deadline_recount import wrong_deadlines
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.deadlines import RuleBook, current_terms, rule_book
from ledger.forms.entries.moves import MoveForm
from ledger.forms.office.rules import RulesForm, dump, load
from ledger.lights import light_of
from ledger.models import Escalation, LadderStep, Priority, ProblemCategory, Recheck
from ledger.moves.data import MoveData
from ledger.sampling import span_of
from ledger.services.checking.confirmations import answer, ask_enterprise
from ledger.services.checking.rechecks import draw, judge
from ledger.services.deadlines.calendars import CalendarChange, DayPlan, change_calendar
from ledger.services.deadlines.rules import change_rules, preview_rules
from ledger.services.entries.bulk import look_at
from ledger.services.entries.registering import correct_entry
from ledger.services.errors import MissingNeedError
from ledger.services.supervising.ladder import climb
from ledger.services.supervising.papers import order_document
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import at, evidence, move

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
DUE = date(2026, 12, 4)


@pytest.fixture
def handling(police, office):
    entry = EntryFactory(unit=police, registered_on=FRIDAY, state=EntryState.ACCEPTED)
    handler = UserFactory(unit=police)
    move(entry, Action.ASSIGN, actor=office, day=FRIDAY, lead_unit=police, handler=handler, deadline=DUE)
    return move(entry, Action.ACKNOWLEDGE, actor=handler, day=FRIDAY)


def done(entry, day):
    return move(entry, Action.COMPLETE, actor=entry.handler, day=day, note="已办好", files=[evidence()])


def answered(entry, day, office):
    return move(entry, Action.CONFIRM, actor=office, day=day, rating="unsatisfied", spoken_with="厂长", note="没有办好")


def told(entry, name):
    return entry.events.latest("seq").data.get(name)


@pytest.mark.parametrize(
    ("claimed", "back", "due", "words"),
    [
        pytest.param(date(2026, 11, 25), date(2026, 11, 25), DUE, "", id="at once: nothing is lost"),
        pytest.param(
            date(2026, 11, 25),
            date(2027, 1, 25),
            date(2027, 2, 3),
            "再次办理，原来剩 7 个工作日",
            id="two months later",
        ),
        pytest.param(
            date(2026, 12, 3),
            date(2026, 12, 7),
            date(2026, 12, 10),
            "再次办理，原来剩 1 个工作日，至少给 3 个",
            id="claimed on the last day but one",
        ),
        pytest.param(
            date(2026, 12, 9),
            date(2026, 12, 14),
            date(2026, 12, 17),
            "再次办理，原来剩 0 个工作日，至少给 3 个",
            id="claimed after the deadline",
        ),
    ],
)
def test_sent_back_entry_has_the_days_that_were_left_and_climbs_anew(handling, office, claimed, back, due, words):
    move(handling, Action.WARN, actor=office, day=date(2026, 11, 23), note="没有进展")
    LadderStep.objects.update(to_office=True)
    entry = answered(done(handling, claimed), back, office)
    entry.refresh_from_db()
    assert (entry.state, entry.deadline, entry.deadline_reason) == (EntryState.HANDLING, due, words)
    assert (entry.deadline_basis, entry.yellow_reason, told(entry, "deadline")) == (
        "hand" if words else "rule",
        "",
        due.isoformat(),
    )
    assert told(entry, "was_deadline") == (DUE.isoformat() if words else None)
    assert light_of(entry, back, working_calendar()).colour != "red"
    assert climb(at=at(back))["entries"] == 0
    move(entry, Action.PAUSE, actor=entry.handler, day=back, note="等企业")  # neither barred


def test_reopening_asks_for_a_deadline_in_its_form_and_later_than_what_was_left_says_why(
    client, handling, office, admin
):
    entry = done(handling, date(2026, 11, 25))
    move(entry, Action.CONFIRM, actor=office, day=date(2026, 11, 26), rating="satisfied", spoken_with="厂长", note="好")
    move(entry, Action.CLOSE_OUT, actor=office, day=date(2026, 11, 27))
    client.force_login(admin)
    page = client.get(reverse("ledger:entry-move", args=[entry.pk, "reopen"])).content.decode()
    assert "原来剩 7 个工作日" in page
    day = date(2027, 1, 25)
    with pytest.raises(MissingNeedError) as refused:
        move(entry, Action.REOPEN, actor=admin, day=day, note="又欠了", deadline=date(2027, 2, 4))
    assert refused.value.every == {"deadline_reason": "原来剩 7 个工作日，应为 2027-02-03；定得更晚请写明理由"}
    given = {"deadline": date(2027, 2, 4), "deadline_reason": "企业放假"}
    move(entry, Action.REOPEN, actor=admin, day=day, note="又欠了", **given)
    entry.refresh_from_db()
    assert (entry.deadline, entry.deadline_reason, told(entry, "deadline")) == (
        date(2027, 2, 4),
        "企业放假",
        "2027-02-04",
    )
    text = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
    assert "另行确定：企业放假" in text


def test_the_enterprise_says_no_by_its_link_and_the_clock_is_set_of_itself(handling, office):
    entry = done(handling, date(2026, 11, 25))
    link = ask_enterprise(entry=entry, actor=office, at=at(date(2026, 11, 26)))
    answer(link=link, rating="unsatisfied", words="没有收到", name="厂长", at=at(date(2026, 12, 11)))
    entry.refresh_from_db()
    assert (entry.state, entry.deadline) == (EntryState.HANDLING, date(2026, 12, 22))


def test_returned_entry_goes_on_with_what_was_left_in_form_and_bulk(handling, office, police, court):
    clerk = UserFactory(unit=police, coordinator=True)
    move(handling, Action.WARN, actor=office, day=date(2026, 11, 24), note="没有进展")
    entry = move(handling, Action.RETURN, actor=clerk, day=date(2026, 11, 25), note="不归我们")
    assert entry.yellow_reason == ""
    late = date(2026, 12, 14)
    (line,) = look_at("assign", [entry], actor=office, at=at(late), data=MoveData(lead_unit=court))
    assert (line.done, line.words[-9:]) == (True, "期限 12月23日")
    with pytest.raises(MissingNeedError):
        move(entry, Action.ASSIGN, actor=office, day=late, lead_unit=court, deadline=date(2026, 12, 24))
    move(entry, Action.ASSIGN, actor=office, day=late, lead_unit=court, deadline=date(2026, 12, 23))
    entry.refresh_from_db()
    assert (entry.deadline, entry.deadline_reason) == (date(2026, 12, 23), "再次办理，原来剩 7 个工作日")


def test_overdue_entry_assigned_again_without_having_been_returned_gets_today_and_no_more(handling, office, court):
    entry = move(handling, Action.TRANSFER, actor=office, day=date(2026, 12, 14), lead_unit=court, note="转办")
    day = date(2026, 12, 15)
    (line,) = look_at("assign", [entry], actor=office, at=at(day), data=MoveData(lead_unit=court))
    assert line.words[-9:] == "期限 12月15日"


def test_entry_set_aside_after_its_return_and_taken_up_again_is_not_overdue_at_once(handling, office, police, admin):
    clerk = UserFactory(unit=police, coordinator=True)
    move(handling, Action.RETURN, actor=clerk, day=date(2026, 11, 25), note="不归我们")
    entry = move(handling, Action.REJECT, actor=office, day=date(2026, 11, 26), note="不属受理范围")
    draw(span=span_of(date(2026, 11, 26), weekly=False), at=at(date(2026, 12, 1)))
    recheck, judges = Recheck.objects.get(), UserFactory(unit=office.unit, coordinator=True, city=True)
    judge(
        recheck=recheck,
        actor=judges,
        verdict="overturned",
        words="仍要办",
        seen=entry.version,
        at=at(date(2026, 12, 14)),
    )
    entry.refresh_from_db()
    assert (entry.state, entry.deadline) == (EntryState.ACCEPTED, date(2026, 12, 23))
    assert (told(entry, "deadline"), told(entry, "was_deadline")) == ("2026-12-23", DUE.isoformat())
    # Two working days more until it is assigned: they are given again.
    (line,) = look_at("assign", [entry], actor=office, at=at(date(2026, 12, 16)), data=MoveData(lead_unit=police))
    assert line.words[-9:] == "期限 12月25日"


def test_order_says_that_the_entry_came_back_and_what_its_deadline_was(client, handling, office, admin):
    leader = UserFactory(leader=True, city=True)
    entry = answered(done(handling, date(2026, 11, 25)), date(2027, 1, 25), office)
    entry.refresh_from_db()
    order = issue_order(entry=entry, actor=leader, at=at(date(2027, 1, 26)), demand=Demand("请尽快", date(2027, 1, 29)))
    words = "（2027年1月25日退回重办，原期限 2026年12月4日）"
    client.force_login(leader)
    assert words in client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()
    text = "".join(one.text for one in Document(BytesIO(order_document(order))).paragraphs)
    assert f"办理期限 2027年2月3日{words}" in text


def test_extension_granted_in_a_pause_is_the_date_granted_and_only_what_is_waited_after_it_is_added(handling, office):
    handler = handling.handler
    move(handling, Action.PAUSE, actor=handler, day=date(2026, 11, 24), note="等企业补材料")
    move(handling, Action.ASK_EXTENSION, actor=handler, day=date(2026, 12, 7), note="等批复", until=date(2026, 12, 25))
    move(handling, Action.EXTEND, actor=office, day=date(2026, 12, 7))
    entry = move(handling, Action.RESUME, actor=handler, day=date(2026, 12, 9))
    assert (entry.deadline, entry.paused_days, told(entry, "waited")) == (date(2026, 12, 29), 11, "11 个工作日")
    move(entry, Action.PAUSE, actor=handler, day=date(2026, 12, 10), note="再等")  # after the grant: all of it counts
    assert move(entry, Action.RESUME, actor=handler, day=date(2026, 12, 14)).deadline == date(2026, 12, 31)


def test_pause_over_days_off_counts_once_these_become_working_days(handling, admin):
    move(handling, Action.PAUSE, actor=handling.handler, day=date(2026, 11, 27), note="等企业")  # Friday
    entry = move(handling, Action.RESUME, actor=handling.handler, day=date(2026, 11, 29))  # Sunday
    assert (entry.paused_days, entry.deadline) == (0, DUE)
    days = {date(2026, 11, 28): DayPlan(True, "调休"), date(2026, 11, 29): DayPlan(True, "调休")}
    correction(days, admin, date(2026, 11, 30))
    entry.refresh_from_db()
    assert (entry.paused_days, entry.deadline) == (2, DUE)  # two days more at work, two of them waited


def correction(days, admin, day):
    change = CalendarChange("更正", "样例", days)
    change_calendar(change=change, seen=working_calendar().version, actor=admin, at=at(day))


def test_correcting_kind_or_urgency_of_a_returned_entry_moves_its_deadline_by_rule(handling, office, police):
    clerk = UserFactory(unit=police, coordinator=True)
    entry = move(handling, Action.RETURN, actor=clerk, day=date(2026, 11, 23), note="退")

    def corrected(**fields):
        correct_entry(entry=entry, actor=office, at=at(date(2026, 11, 24)), version=entry.version, fields=fields)
        return entry.deadline, entry.counted_days, entry.events.latest("seq").action

    assert corrected(title="样例改题") == (DUE, 10, "return")
    assert corrected(priority=Priority.HARD) == (date(2026, 12, 25), 25, "recount")
    assert (told(entry, "was_deadline"), told(entry, "deadline")) == ("2026-12-04", "2026-12-25")
    kind = ProblemCategory.objects.get(name="法律咨询")
    assert corrected(priority=Priority.NORMAL, category=kind)[:2] == (date(2026, 11, 24), 2)


@pytest.mark.parametrize("name", ["deadline", "until"])
def test_no_date_lies_beyond_all_reach_in_service_form_or_bulk(client, handling, office, court, name):
    far, day = date(9999, 12, 31), date(2026, 11, 25)
    given = {"lead_unit": court, "deadline_reason": "样例", "note": "样例", name: far}
    if name == "until":
        with pytest.raises(MissingNeedError, match="9999-12-31 太远，最晚到 2031-11-01"):
            move(handling, Action.ASK_EXTENSION, actor=handling.handler, day=day, **given)
        return
    entry = move(handling, Action.TRANSFER, actor=office, day=day, lead_unit=court, note="转办")
    with pytest.raises(MissingNeedError, match="9999-12-31 太远"):
        move(entry, Action.ASSIGN, actor=office, day=day, **given)
    (line,) = look_at("assign", [entry], actor=office, at=at(day), data=MoveData(**given))
    assert (line.done, "太远" in line.words) == (False, True)
    client.force_login(office)
    typed = {"lead_unit": court.pk, "deadline": "2088-12-31", "deadline_reason": "样例", "version": entry.version}
    page = client.post(reverse("ledger:entry-move", args=[entry.pk, "assign"]), typed)
    assert (page.status_code, "太远" in page.content.decode()) == (422, True)
    assert WorkingCalendar({}, 2026).add(far, 3) == far  # what is stored already breaks no page


def test_calendar_correction_neither_tells_the_ladder_again_nor_writes_second_orders(handling, office, admin):
    LadderStep.objects.filter(after_days=5).update(issues_order=True)
    late, next_day = date(2026, 12, 15), date(2026, 12, 16)
    first = climb(at=at(late))
    assert (first["entries"], first["orders"], Escalation.objects.count()) == (1, 1, 3)
    correction({date(2026, 11, 26): DayPlan(False, "停工")}, admin, next_day)
    handling.refresh_from_db()
    assert handling.deadline == date(2026, 12, 7)
    assert climb(at=at(next_day))["entries"] == 0
    # Moved ahead of today it begins anew: overdue again, told again.
    days = {date(2026, 12, day): DayPlan(False, "停工") for day in (1, 2, 3, 4, 7, 8, 9, 10, 11)}
    correction(days, admin, next_day)
    handling.refresh_from_db()
    assert handling.deadline > next_day
    assert climb(at=at(date(2026, 12, 21)))["entries"] == 1


def test_the_least_is_a_rule_of_its_own_and_never_more_than_the_rule_gives_in_all(handling, office, admin):
    book = rule_book()
    assert load(dump(book)) == book
    form = RulesForm({"least": "0", "seen": dump(book)}, book=book)
    assert "至少 1 天" in str(form.errors["least"])
    wanted = RuleBook(book.days, 5)
    change = change_rules(book=wanted, seen=book, actor=admin, at=at(FRIDAY))
    assert change.changes == [["退回重办、重新打开、恢复受理、退单后重新交办，至少", "3 个工作日", "5 个工作日"]]
    entry = answered(done(handling, DUE), date(2026, 12, 7), office)
    entry.refresh_from_db()
    assert (rule_book(), entry.deadline) == (wanted, date(2026, 12, 14))
    entry.category = ProblemCategory.objects.get(name="法律咨询")
    assert current_terms().least(entry) == 2


def test_a_deadline_given_on_coming_back_stays_when_the_calendar_or_the_rules_change(handling, office, admin, police):
    """It is a date that was told to everybody concerned, as one that was granted is; the preview says how many stay,
    and whoever is short of days by it asks for an extension."""
    entry = answered(done(handling, date(2026, 12, 9)), date(2026, 12, 14), office)
    by_rule = EntryFactory(unit=police, registered_on=FRIDAY, state=EntryState.ACCEPTED)
    day = date(2026, 12, 14)
    due = current_terms().term(by_rule, day).deadline
    move(by_rule, Action.ASSIGN, actor=office, day=day, lead_unit=police, deadline=due)
    entry.refresh_from_db()
    assert (entry.deadline, entry.deadline_basis) == (date(2026, 12, 17), "hand")
    correction({date(2026, 12, 16): DayPlan(False, "停工")}, admin, date(2026, 12, 15))
    book = rule_book()
    shorter = RuleBook(dict.fromkeys(book.days, 5), 1)
    assert preview_rules(shorter, date(2026, 12, 15)).outlook.by_hand == 1
    change_rules(book=shorter, seen=book, actor=admin, at=at(date(2026, 12, 15), 11))
    entry.refresh_from_db()
    by_rule.refresh_from_db()
    assert (entry.deadline, by_rule.deadline < due) == (date(2026, 12, 17), True)
    assert list(wrong_deadlines()) == []
    move(
        entry, Action.ASK_EXTENSION, actor=entry.handler, day=date(2026, 12, 15), until=date(2026, 12, 18), note="停工"
    )


def test_the_form_of_a_call_back_has_the_moment_it_was_opened_at(handling, office):
    entry = done(handling, date(2026, 11, 25))
    opened = at(date(2026, 11, 26), 15)
    form = MoveForm(entry=entry, action=Action.CONFIRM, user=office, now=opened)
    assert form.initial["spoken_at"] == opened
