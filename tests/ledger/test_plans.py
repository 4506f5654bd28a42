"""The plan of a year: goals, tasks, phases, progress."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import ActionPlan, KeyTask, PlanPhase
from ledger.selectors.office.plans import band, line_of, plan_of, plan_page
from ledger.services.plans import PlanData, create_plan
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def plan_for(year=2026):
    return create_plan(data=PlanData(year, f"{year}年工作方案", 85, date(year, 10, 31), date(year, 6, 1)))


def task(plan, unit=None, number=1, **fields):
    days = {"starts_on": date(plan.year, 4, 1), "ends_on": date(plan.year, 6, 30)}
    return KeyTask.objects.create(
        plan=plan, goal=plan.goals.first(), number=number, name=f"样例任务{number}", lead_unit=unit, **days, **fields
    )


def text(response):
    return response.content.decode()


def test_a_year_without_a_plan_says_what_to_do(client, officer, admin):
    client.force_login(officer)
    assert "方案由政法委办公室管理员建立" in text(client.get(reverse("ledger:plan")))
    client.force_login(admin)
    assert reverse("ledger:plan-create") in text(client.get(reverse("ledger:plan")))


def test_an_admin_sets_a_year_up_with_its_goals_and_phases(client, admin):
    client.force_login(admin)
    year = timezone.localdate().year
    form = {
        "year": year,
        "title": "样例方案",
        "target_percent": "85",
        "target_on": f"{year}-10-31",
        "concentrated_from": f"{year}-06-01",
    }
    page = text(client.post(reverse("ledger:plan-create"), form, follow=True))
    for words in ["已建立样例方案", "保护市场主体合法权益", "宣传发动", "行动攻坚", "总结提升", "10月31日"]:
        assert words in page
    again = client.post(reverse("ledger:plan-create"), form)
    assert again.context["form"].errors == {"year": [f"{year} 年的工作方案已经有了"]}
    assert ActionPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"target_percent": "120"}, "target_percent", "要在 0 到 100 之间"),
        ({"target_percent": "0"}, "target_percent", "目标要在 1 到 100 之间"),
        ({"target_on": "2027-10-31"}, "target_on", "目标日期要在 2026 年内"),
        ({"concentrated_from": "2026-11-01"}, "concentrated_from", "集中化解起始日不能晚于目标日期"),
        ({"title": ""}, "title", "请填写方案名称"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_field(client, admin, changes, field, words):
    client.force_login(admin)
    form = {
        "year": "2026",
        "title": "样例方案",
        "target_percent": "85",
        "target_on": "2026-10-31",
        "concentrated_from": "2026-06-01",
    }
    answer = client.post(reverse("ledger:plan-create"), form | changes)
    assert answer.context["form"].errors == {field: [words]}
    assert ActionPlan.objects.count() == 0


def test_tasks_are_numbered_in_their_plan(client, admin, police):
    plan = plan_for()
    client.force_login(admin)
    url = reverse("ledger:task-create", args=[plan.pk])
    form = {
        "goal": plan.goals.first().pk,
        "name": "涉企积案清理",
        "lead_unit": police.pk,
        "starts_on": "2026-06-01",
        "ends_on": "2026-10-31",
    }
    client.post(url, form)
    twice = client.post(url, form)
    client.post(url, form | {"name": "法治体检"})
    early = client.post(url, form | {"name": "其他", "ends_on": "2026-05-31"})
    assert [str(one) for one in plan.tasks.all()] == ["1. 涉企积案清理", "2. 法治体检"]
    assert twice.context["form"].errors == {"name": ["方案里已有重点工作“涉企积案清理”"]}
    assert early.context["form"].errors == {"ends_on": ["结束 2026-05-31 早于开始 2026-06-01，请改正"]}


def test_the_page_groups_tasks_by_goal_and_says_what_is_late(admin, police):
    plan = plan_for()
    done, late = task(plan, police, 1, progress=100), task(plan, police, 2, progress=41)
    page = plan_page(plan, admin, date(2026, 7, 1))
    goal = page.goals[0]
    assert [(one.task, one.late) for one in goal.tasks] == [(done, False), (late, True)]
    assert (goal.progress, page.average, page.days_left, page.without_tasks) == (70, 70, 122, False)
    assert [band.is_current for band in page.bands] == [False, True, False]


def test_the_line_runs_from_the_first_day_to_the_last():
    phases = [
        PlanPhase(name="甲", starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 10)),
        PlanPhase(name="乙", starts_on=date(2026, 4, 11), ends_on=date(2026, 4, 20)),
    ]
    line = line_of(phases)
    told = [band(phase, line, [], date(2026, 4, 11)) for phase in phases]
    assert [(one.x, one.width, one.is_current) for one in told] == [(0.0, 50.0, False), (50.0, 50.0, True)]
    assert (line.at(date(2026, 4, 11)), line.months) == (50.0, [(0.0, "4月")])
    assert line_of([]) is None


@pytest.mark.parametrize(
    ("today", "progress", "elapsed", "late", "behind", "done"),
    [
        (date(2026, 3, 31), 0, 0, False, False, 0),
        (date(2026, 4, 1), 0, 1, False, True, 0),
        (date(2026, 6, 30), 99, 100, False, True, 32.76),
        (date(2026, 6, 30), 100, 100, False, False, 33.09),
        (date(2026, 7, 1), 41, 100, True, False, 13.57),
    ],
)
def test_a_task_is_a_bar_filled_as_far_as_it_is_done(admin, today, progress, elapsed, late, behind, done):
    one = task(plan_for(), progress=progress)  # April to June, in a line from April to December: 91 of 275 days
    shown = plan_page(one.plan, admin, today).goals[0].tasks[0]
    assert (shown.x, shown.width, shown.done) == (0.0, 33.09, done)
    assert (shown.elapsed, shown.late, shown.behind) == (elapsed, late, behind)


def test_each_phase_counts_the_tasks_that_end_in_it(admin):
    plan = plan_for()
    task(plan, number=1, progress=100), task(plan, number=2, progress=99)
    assert [(one.due, one.done) for one in plan_page(plan, admin, date(2026, 7, 1)).bands] == [(0, 0), (2, 1), (0, 0)]


def test_without_a_year_asked_the_latest_begun_is_shown(officer):
    plans = {year: plan_for(year) for year in (2023, 2025, 2028)}
    assert plan_of(officer, "", date(2026, 7, 1)) == plans[2025]
    assert plan_of(officer, "2023", date(2026, 7, 1)) == plans[2023]
    assert [plan_of(officer, year, date(2026, 7, 1)) for year in ("2024", "x", "99999999")] == [None, None, None]


def report(client, one, **changes):
    form = {"progress": "60", "progress_note": "已走访 40 家", "version": "1", **changes}
    return client.post(reverse("ledger:task-edit", args=[one.pk]), form)


def test_the_lead_units_coordinator_reports_progress(client, coordinator, police):
    one = task(plan_for(), police)
    client.force_login(coordinator)
    assert "填报进展" in text(client.get(f"{reverse('ledger:plan')}?year=2026"))
    report(client, one)
    one.refresh_from_db()
    assert (one.progress, one.progress_note, one.version) == (60, "已走访 40 家", 2)


def test_others_do_not(client, officer, police, unit_leader):
    one = task(plan_for(), police)
    for person in [officer, unit_leader, UserFactory(coordinator=True)]:
        client.force_login(person)
        assert report(client, one).status_code == 403
        assert "填报进展" not in text(client.get(f"{reverse('ledger:plan')}?year=2026"))
    one.refresh_from_db()
    assert one.progress == 0


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"progress": "101"}, "progress", "要在 0 到 100 之间"),
        ({"progress": "-1"}, "progress", "要在 0 到 100 之间"),
        ({"progress": ""}, "progress", "请填写百分比"),
        ({"progress_note": " "}, "progress_note", "请写明进展，例如做了哪些工作、还差什么"),
    ],
)
def test_a_report_that_says_nothing_is_refused(client, coordinator, police, changes, field, words):
    one = task(plan_for(), police)
    client.force_login(coordinator)
    assert report(client, one, **changes).context["form"].errors == {field: [words]}


def test_the_second_to_report_sees_both_texts(client, coordinator, police):
    one = task(plan_for(), police)
    client.force_login(coordinator)
    report(client, one, progress_note="先填的")
    page = text(report(client, one, progress_note="后填的"))
    assert "先填的" in page
    assert "后填的" in page
    assert KeyTask.objects.get().progress_note == "先填的"


@pytest.mark.parametrize("rows", [1, 3])
def test_plan_query_budget(client, officer, police, court, rows, django_assert_num_queries):
    plan = plan_for()
    for number in range(rows):
        task(plan, (police, court)[number % 2], number + 1)
    client.force_login(officer)
    with django_assert_num_queries(11):
        client.get(f"{reverse('ledger:plan')}?year=2026")
