"""The ladder of overdue entries: who is told on which day, once, also by two clocks and after days of standstill."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from common.periods import SHANGHAI
from jobs.models import Job, JobState
from jobs.runner import LeaseLostError, run_job
from ledger.models import Escalation, LadderStep, Notice, NoticeKind, ProblemEntry, SupervisionOrder
from ledger.services.supervising.ladder import climb
from ledger.states import Action, EntryState
from ledger.tasks import ask_for_due_work
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import move

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


def morning(day, hour=8, minute=5):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def due(unit, deadline=FRIDAY, state=EntryState.HANDLING, **fields):
    entry = EntryFactory(unit=unit, registered_on=date(2026, 1, 5), state=state, **fields)
    ProblemEntry.objects.filter(pk=entry.pk).update(deadline=deadline, deadline_basis="hand")
    entry.refresh_from_db()
    return entry


def run_days(first, last):
    """The job of every day, working or not, as the clock would ask for it."""
    for n in range((last - first).days + 1):
        with time_machine.travel(morning(first + timedelta(days=n)), tick=False):
            ask_for_due_work()
            while run_job():
                pass


def climbed(entry):
    rows = Escalation.objects.filter(entry=entry).order_by("pk")
    return [(row.day, row.after_days, row.told) for row in rows]


@pytest.mark.parametrize(
    ("deadline", "days"),
    [
        pytest.param(FRIDAY, [(2026, 11, 23), (2026, 11, 26), (2026, 11, 30)], id="over a weekend"),
        pytest.param(date(2026, 11, 21), [(2026, 11, 23), (2026, 11, 26), (2026, 11, 30)], id="due on a Saturday"),
        pytest.param(date(2026, 2, 13), [(2026, 2, 14), (2026, 2, 26), (2026, 2, 28)], id="Spring Festival, two 调休"),
        pytest.param(date(2026, 9, 30), [(2026, 10, 8), (2026, 10, 12), (2026, 10, 14)], id="National Day, one 调休"),
        pytest.param(date(2026, 5, 7), [(2026, 5, 8), (2026, 5, 12), (2026, 5, 14)], id="a worked Saturday"),
        pytest.param(date(2026, 12, 31), [(2027, 1, 1), (2027, 1, 6), (2027, 1, 8)], id="into a year not announced"),
    ],
)
def test_entry_reaches_each_step_on_its_working_day_and_only_once(police, deadline, days):
    entry = due(police, deadline)
    run_days(deadline - timedelta(days=1), date(*days[-1]) + timedelta(days=4))
    assert climbed(entry) == [(date(*day), step, True) for day, step in zip(days, (0, 3, 5), strict=True)]


def test_each_step_tells_its_own_people(police, coordinator, unit_leader, city_leader, office):
    entry = due(police)
    UserFactory(coordinator=True), UserFactory(leader=True)
    run_days(FRIDAY, date(2026, 12, 1))
    told = [
        (notice.recipient, notice.words) for notice in Notice.objects.filter(kind=NoticeKind.OVERDUE).order_by("pk")
    ]
    name = f"{entry.number} {entry.title} 已逾期"
    assert told == [
        (entry.handler, f"{name} 1 个工作日"),
        (coordinator, f"{name} 1 个工作日"),
        (unit_leader, f"{name} 4 个工作日"),
        (city_leader, f"{name} 6 个工作日"),
        (office, f"{name} 6 个工作日"),
        *[(other, f"{name} 6 个工作日") for other in offices_besides(office)],
    ]
    assert Escalation.objects.get(after_days=3).told_to == unit_leader.name


def offices_besides(office):
    """The coordinators of the commission that the factories needed for the moves."""
    rows = type(office).objects.filter(role="coordinator", city_wide=True).exclude(pk=office.pk)
    return list(rows.order_by("pk"))


def test_unit_without_its_own_people_is_looked_after_by_the_one_above_then_by_the_office(police, coordinator):
    station = UnitFactory(parent=police)
    entry = due(station, handler=UserFactory(unit=station, is_active=True))
    climb(at=morning(date(2026, 11, 23)))
    assert Escalation.objects.get(entry=entry).told_to == f"{entry.handler.name}、{coordinator.name}"
    alone = due(UnitFactory(), date(2026, 11, 17))
    climb(at=morning(date(2026, 11, 23)))
    row = Escalation.objects.get(entry=alone, told=True)
    assert (row.after_days, row.told_to.split("、")) == (3, [user.name for user in offices_besides(coordinator)])


def test_three_days_of_standstill_are_caught_up_in_one_notice_a_person(police, coordinator, unit_leader):
    entries = [due(police, date(2026, 11, 18)) for _ in range(3)]
    run_days(date(2026, 11, 23), date(2026, 11, 24))
    assert {tuple(climbed(entry)) for entry in entries} == {
        ((date(2026, 11, 23), 0, True), (date(2026, 11, 24), 3, True))
    }
    late = due(police, date(2026, 11, 18))
    run_days(date(2026, 11, 25), date(2026, 11, 25))
    assert climbed(late) == [(date(2026, 11, 25), 0, False), (date(2026, 11, 25), 3, True)]
    notices = list(Notice.objects.filter(kind=NoticeKind.OVERDUE, recipient=unit_leader).order_by("pk"))
    assert [(notice.entry_id, notice.words) for notice in notices] == [
        (None, f"3 件问题逾期，请督促办理：{'、'.join(entry.number for entry in entries)}"),
        (late.pk, f"{late.number} {late.title} 已逾期 5 个工作日"),
    ]
    assert notices[0].link == f"{reverse('ledger:escalation-list')}?from=2026-11-24&to=2026-11-24"


def test_two_clocks_and_a_restart_ask_for_one_job_a_day(police, coordinator):
    due(police)
    with time_machine.travel(morning(date(2026, 11, 23)), tick=False):
        assert (len(ask_for_due_work()), ask_for_due_work()) == (2, [])  # the ladder and the check of vacancies
        assert None not in (run_job(), run_job())
        assert (ask_for_due_work(), run_job()) == ([], None)
        climb(at=morning(date(2026, 11, 23), 9))
    job = Job.objects.get(kind="ledger.ladder")
    assert (job.state, job.result) == (
        JobState.DONE,
        {"day": "2026-11-23", "entries": 1, "notices": 2, "orders": 0, "passed_over": 0},
    )
    assert (Escalation.objects.count(), Notice.objects.filter(recipient=coordinator).count()) == (1, 1)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 11, 22, 10, tzinfo=SHANGHAI), id="Sunday"),
        pytest.param(datetime(2026, 10, 5, 10, tzinfo=SHANGHAI), id="holiday"),
        pytest.param(datetime(2026, 11, 23, 7, 59, tzinfo=SHANGHAI), id="before eight"),
        pytest.param(datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI), id="evening"),
    ],
)
def test_nothing_is_asked_for_out_of_hours_and_a_late_job_leaves_it_to_the_next_day(police, moment):
    due(police, date(2026, 9, 18))
    with time_machine.travel(moment, tick=False):
        assert ask_for_due_work() == []
        job = Job.objects.create(kind="ledger.ladder", key="late")
        run_job(job.pk)
    assert not Escalation.objects.exists()


def test_killed_half_way_nothing_is_told_and_the_next_run_tells_once(police, coordinator):
    entry = due(police)
    at = morning(date(2026, 11, 23))

    def lost():
        raise LeaseLostError

    with pytest.raises(LeaseLostError):
        climb(at=at, guard=lost)
    with transaction.atomic():
        climb(at=at)
        transaction.set_rollback(True)  # the machine stops before the commit
    assert (Escalation.objects.count(), Notice.objects.count() - other_notices()) == (0, 0)
    climb(at=at)
    climb(at=at)
    assert climbed(entry) == [(date(2026, 11, 23), 0, True)]


def other_notices():
    return Notice.objects.exclude(kind=NoticeKind.OVERDUE).count()


def test_waiting_deferred_and_finished_entries_do_not_climb(police):
    waiting, done = due(police, date(2026, 11, 30)), due(police)
    with time_machine.travel(morning(FRIDAY)):
        move(waiting, Action.PAUSE, actor=waiting.handler, day=FRIDAY, note="等企业答复")
    ProblemEntry.objects.filter(pk=waiting.pk).update(deadline=FRIDAY)
    ProblemEntry.objects.filter(pk=done.pk).update(state=EntryState.COMPLETED, completed_on=FRIDAY)
    due(police, state=EntryState.DEFERRED)
    climb(at=morning(date(2026, 11, 30)))
    assert not Escalation.objects.exists()


def test_a_new_deadline_begins_anew(police, office):
    entry = due(police)
    run_days(date(2026, 11, 23), date(2026, 11, 23))
    ProblemEntry.objects.filter(pk=entry.pk).update(deadline=date(2026, 11, 25))
    run_days(date(2026, 11, 24), date(2026, 12, 1))
    assert climbed(entry) == [
        (date(2026, 11, 23), 0, True),
        (date(2026, 11, 26), 0, True),
        (date(2026, 12, 1), 3, True),
    ]


def test_step_that_issues_orders_does_so_once_also_when_it_was_passed_over(police, coordinator, city_leader):
    LadderStep.objects.filter(after_days=3).update(issues_order=True, answer_days=2)
    entries = [due(police, date(2026, 11, 12)) for _ in range(2)]
    returned = due(police, date(2026, 11, 12), state=EntryState.HANDLING)
    ProblemEntry.objects.filter(pk=returned.pk).update(state=EntryState.ACCEPTED, lead_unit=None, handler=None)
    told = climb(at=morning(date(2026, 11, 20)))
    climb(at=morning(date(2026, 11, 23)))
    assert (told["entries"], told["orders"], told["passed_over"]) == (3, 2, 6)
    orders = list(SupervisionOrder.objects.order_by("pk"))
    assert [(order.number, order.entry, order.issuer, order.issued_on, order.deadline) for order in orders] == [
        (f"督〔2026〕{n}号", entry, "逾期自动督办", date(2026, 11, 20), date(2026, 11, 24))
        for n, entry in enumerate(entries, 1)
    ]
    assert orders[0].demand.startswith("该问题已逾期 6 个工作日。")
    assert [Escalation.objects.get(entry=entry, told=True).order for entry in entries] == orders
    notice = Notice.objects.get(recipient=coordinator, kind=NoticeKind.OVERDUE)
    assert notice.words == (
        f"2 件问题逾期，请督促办理：{entries[0].number}、{entries[1].number}，已签发督〔2026〕1号、督〔2026〕2号督办单"
        "；连同以前告知的，本单位现逾期 3 件"
    )
    page = Notice.objects.get(recipient=city_leader, kind=NoticeKind.OVERDUE).words
    assert page.startswith("3 件问题逾期")


@pytest.mark.parametrize("rows", [1, 4])
def test_a_run_costs_the_same_for_any_number_of_entries(police, coordinator, rows, django_assert_num_queries):
    for _ in range(rows):
        due(police)
    with django_assert_num_queries(13):  # one of them for what is overdue in all, which notices of several tell
        climb(at=morning(date(2026, 11, 23)))


def test_entry_page_and_notice_show_what_was_told(client, police, coordinator, unit_leader):
    entry, other = due(police, date(2026, 11, 18)), due(police, date(2026, 11, 18))
    foreign = due(UnitFactory(), date(2026, 11, 18))
    climb(at=morning(date(2026, 11, 24)))
    client.force_login(unit_leader)
    page = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
    assert f"告知{unit_leader.name}" in page
    assert "略过：同一天已到更高一级" in page
    notice = Notice.objects.get(recipient=unit_leader)
    answer = client.post(reverse("ledger:notice-open", args=[notice.pk]), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == notice.link
    assert (entry.number in text, other.number in text, foreign.number in text) == (True, True, False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("view", "queries"), [("ledger:escalation-list", 10), ("ledger:escalation-export", 8)])
def test_list_of_what_was_told_costs_the_same_for_any_number(
    client, coordinator, police, view, queries, rows, django_assert_num_queries
):
    entries, foreign = [due(police) for _ in range(rows)], due(UnitFactory())
    climb(at=morning(date(2026, 11, 23)))
    client.force_login(coordinator)
    with django_assert_num_queries(queries):
        answer = client.get(reverse(view))
    if view == "ledger:escalation-list":
        text = answer.content.decode()
        assert all(entry.number in text for entry in entries)
        assert foreign.number not in text


class TestSettingTheLadder:
    def test_page_says_when_each_step_comes(self, client, admin):
        client.force_login(admin)
        with time_machine.travel(morning(FRIDAY)):
            page = client.get(reverse("ledger:ladder")).content.decode()
        assert [words in page for words in ("11月20日到期", "11月23日", "11月26日", "11月30日")] == [True] * 4

    def test_admin_changes_a_step_and_the_next_run_obeys(self, client, admin, police, city_leader):
        client.force_login(admin)
        step = LadderStep.objects.get(after_days=3)
        url = reverse("ledger:ladder-step", args=[step.pk])
        typed = {"after_days": 2, "to_city_leader": "on", "answer_days": 5, "is_active": "on", "version": step.version}
        done = client.post(url, typed, follow=True)
        assert "已保存“逾期后第 2 个工作日”：告知市级领导" in done.content.decode()
        due(police)
        run_days(date(2026, 11, 23), date(2026, 11, 25))
        assert [row.after_days for row in Escalation.objects.order_by("pk")] == [0, 2]
        assert client.post(url, {**typed, "after_days": 4}).status_code == 409

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"after_days": 5, "to_office": "on"}, "已有这一天的一级"),
            ({"after_days": 7}, "请至少选择一种告知对象"),
            ({"after_days": "", "to_office": "on"}, "请填写工作日数"),
            ({"after_days": 61, "to_office": "on"}, "最多 60 个工作日"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, client, admin, typed, words):
        client.force_login(admin)
        page = client.post(reverse("ledger:ladder-step-create"), {"answer_days": 5, "is_active": "on", **typed})
        assert (page.status_code, words in page.content.decode()) == (422, True)
        assert LadderStep.objects.count() == 3
