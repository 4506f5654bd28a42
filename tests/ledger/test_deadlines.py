"""Deadlines by rule, by hand, and while the enterprise is waited for."""

from datetime import date

import pytest

from ledger.deadlines import RuleBook, current_terms, rule_book
from ledger.lights import light_of
from ledger.models import DeadlineRule, EntryPause, Priority, ProblemCategory
from ledger.services.entries.moving import MoveData, advance_entry
from ledger.services.errors import MissingNeedError, MoveRefusedError
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import at, evidence, move

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("category", "priority", "days"),
    [(7, "normal", 2), (7, "hard", 25), (7, "urgent", 1), (8, "normal", 10), (8, "hard", 25), (8, "urgent", 10)],
)
def test_the_most_particular_rule_counts_and_how_hard_a_problem_is_before_its_kind(category, priority, days):
    rules = RuleBook({(None, ""): 10, (7, ""): 2, (None, "hard"): 25, (7, "urgent"): 1})
    assert rules.allowed(category, priority) == days


def test_rules_that_come_with_the_system_are_two_ten_and_twenty_five():
    rules, kinds = rule_book(), {kind.name: kind.pk for kind in ProblemCategory.objects.all()}
    assert (
        rules.allowed(kinds["法律咨询"], Priority.NORMAL),
        rules.allowed(kinds["合同纠纷"], Priority.NORMAL),
        rules.allowed(kinds["合同纠纷"], Priority.HARD),
    ) == (2, 10, 25)


@pytest.fixture
def people(police):
    return {
        "office": UserFactory(coordinator=True, city=True),
        "handler": UserFactory(unit=police),
        "leader": UserFactory(unit=police, leader=True),
    }


@pytest.fixture
def accepted(police):
    return EntryFactory(unit=police, registered_on=FRIDAY, state=EntryState.ACCEPTED)


def assigned(entry, people, deadline=None, day=FRIDAY, **data):
    given = {"lead_unit": entry.unit, "handler": people["handler"], **data}
    return move(entry, Action.ASSIGN, actor=people["office"], day=day, deadline=deadline or date(2026, 12, 4), **given)


def how(entry):
    return (
        entry.deadline_basis,
        entry.deadline_reason,
        entry.counted_from,
        entry.counted_days,
        entry.calendar_version_id,
    )


def test_deadline_of_the_rule_says_from_when_how_many_days_and_by_which_calendar(accepted, people):
    entry = assigned(accepted, people)
    assert how(entry) == ("rule", "", FRIDAY, 10, 1)
    assert entry.events.last().data["deadline_basis"] == "按规则 10 个工作日"


def test_earlier_deadline_needs_no_reason_and_a_later_one_does(accepted, people):
    with pytest.raises(MissingNeedError) as refused:
        assigned(accepted, people, date(2026, 12, 7))
    assert refused.value.every == {"deadline_reason": "按规则 10 个工作日，应为 2026-12-04；定得更晚请写明理由"}
    assert how(assigned(accepted, people, date(2026, 12, 3)))[:2] == ("hand", "")


def test_later_deadline_keeps_its_reason(accepted, people):
    entry = assigned(accepted, people, date(2026, 12, 31), deadline_reason="等待省厅批复")
    assert how(entry) == ("hand", "等待省厅批复", FRIDAY, 10, 1)
    assert entry.events.last().data["deadline_reason"] == "等待省厅批复"


def test_assigning_again_gives_no_new_time(accepted, people):
    entry = assigned(accepted, people)
    monday = date(2026, 11, 30)
    assert current_terms().term(entry, monday).deadline == date(2026, 12, 4)
    with pytest.raises(MissingNeedError):
        assigned(entry, people, date(2026, 12, 14), day=monday)
    assert how(assigned(entry, people, day=monday)) == ("rule", "", FRIDAY, 10, 1)


@pytest.fixture
def handling(accepted, people):
    return move(assigned(accepted, people), Action.ACKNOWLEDGE, actor=people["handler"])


def test_waiting_for_the_enterprise_moves_the_deadline_by_the_working_days_waited(handling, people):
    entry = move(handling, Action.PAUSE, actor=people["handler"], day=date(2026, 11, 24), note="等企业补合同原件")
    calendar = current_terms().calendar
    light = light_of(entry, date(2026, 12, 9), calendar)
    assert (light.colour, light.words) == ("paused", "等待企业 11 个工作日")
    move(entry, Action.RESUME, actor=people["handler"], day=date(2026, 12, 9), note="企业已补齐")
    pause = EntryPause.objects.get(entry=entry)
    assert (pause.started_on, pause.ended_on, pause.waiting_for) == (
        date(2026, 11, 24),
        date(2026, 12, 9),
        "等企业补合同原件",
    )
    assert (entry.deadline, entry.paused_on, entry.paused_days) == (date(2026, 12, 21), None, 11)
    assert current_terms().term(entry, date(2026, 12, 9)).deadline == entry.deadline
    assert entry.events.last().data == {"waited": "11 个工作日", "deadline": "2026-12-21"}
    assert light_of(entry, date(2026, 12, 9), calendar).words == "剩 8 个工作日"


def test_pausing_over_new_year_makes_a_provisional_deadline_and_two_pauses_add_up(handling, people):
    for start, end in ((date(2026, 12, 1), date(2026, 12, 3)), (date(2026, 12, 4), date(2026, 12, 31))):
        move(handling, Action.PAUSE, actor=people["handler"], day=start, note="等企业答复")
        move(handling, Action.RESUME, actor=people["office"], day=end)
    assert (handling.paused_days, handling.deadline) == (21, date(2027, 1, 4))
    assert current_terms().calendar.is_provisional(handling.deadline)


def test_clock_cannot_be_stopped_after_the_deadline(handling, people):
    with pytest.raises(MoveRefusedError, match=r"^JS-2026-\d+ 期限已过，现在不能等待企业$"):
        move(handling, Action.PAUSE, actor=people["handler"], day=date(2026, 12, 5), note="等企业答复")


def test_nothing_is_completed_while_the_enterprise_is_waited_for(handling, people):
    entry = move(handling, Action.PAUSE, actor=people["handler"], day=date(2026, 11, 24), note="等企业答复")
    given = MoveData(note="已解决", files=[evidence()])
    with pytest.raises(MoveRefusedError, match=r"正在等待企业，现在不能办结，请先“继续办理”$"):
        advance_entry(
            entry=entry, action=Action.COMPLETE, actor=people["handler"], at=at(date(2026, 11, 25)), data=given
        )


def test_leader_turns_a_green_light_yellow_and_back(handling, people):
    calendar = current_terms().calendar
    entry = move(handling, Action.WARN, actor=people["leader"], note="一周没有进展")
    light = light_of(entry, FRIDAY, calendar)
    assert (light.colour, light.words) == ("yellow", "剩 10 个工作日 · 被督促")
    move(entry, Action.UNWARN, actor=people["leader"])
    assert light_of(entry, FRIDAY, calendar).colour == "green"
    assert [event.note for event in entry.events.filter(action=Action.WARN)] == ["一周没有进展"]


def test_leader_of_a_supporting_unit_only_looks_on(handling, people, court):
    handling.supporting_units.add(court)
    with pytest.raises(MoveRefusedError):
        move(handling, Action.WARN, actor=UserFactory(unit=court, leader=True), note="太慢")


def test_urgent_consultations_may_have_a_rule_of_their_own(police, people):
    kind = ProblemCategory.objects.get(name="法律咨询")
    DeadlineRule.objects.create(category=kind, priority=Priority.URGENT, working_days=1)
    entry = EntryFactory(
        unit=police, registered_on=FRIDAY, state=EntryState.ACCEPTED, category=kind, priority=Priority.URGENT
    )
    assert how(assigned(entry, people, date(2026, 11, 23)))[3] == 1
