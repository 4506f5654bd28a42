"""The target day: frozen once with its list, told from then on, and held beside what the records say today."""

from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from common.periods import SHANGHAI, Period
from jobs.models import Job, JobState
from jobs.runner import run_job
from ledger.models import ActionPlan
from ledger.states import Action, EntryState
from reports.closing.target_day import freeze_target_days, frozen_rates, request_target_days, result_of
from reports.dashboard.first_screen import dashboard
from reports.days.from_events import rates_on
from reports.models import TargetEntry, TargetResult
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import move, walk

pytestmark = pytest.mark.django_db
DAY = date(2023, 10, 31)
NEXT = datetime(2023, 11, 1, 0, 5, tzinfo=SHANGHAI)
H2 = Period.parse("2023H2")


@pytest.fixture
def plan():
    return ActionPlan.objects.create(
        year=2023, title="方案", target_on=DAY, target_percent=75, concentrated_from=date(2023, 6, 1)
    )


@pytest.fixture
def ledger(plan, police, court):
    """Three of four resolved by the day; one rejected; one registered the day after."""
    for unit, state in ((police, EntryState.CLOSED), (police, EntryState.CONFIRMED), (court, EntryState.CLOSED)):
        EntryFactory(unit=unit, state=state, registered_on=date(2023, 9, 1))
    late = EntryFactory(unit=court, state=EntryState.HANDLING, registered_on=date(2023, 9, 1))
    EntryFactory(unit=court, state=EntryState.REJECTED, registered_on=date(2023, 9, 1))
    EntryFactory(unit=court, state=EntryState.HANDLING, registered_on=date(2023, 11, 1))
    return late


def test_freezes_this_years_ledger_with_its_list_by_unit_and_matter(ledger, city_leader, unit_leader, police):
    assert freeze_target_days(now=NEXT) == ["2023-10-31"]
    result = TargetResult.objects.get()
    told = rates_on(DAY, city_leader).year
    whole = frozen_rates(result, city_leader)[None]
    assert (whole.registered, whole.left_out, whole.total, whole.resolved) == (5, 1, 4, 3)
    assert (whole.resolution_text, whole.reached, whole.target) == ("75.0%", True, 75)
    assert (told.all.registered, told.all.total, told.all.resolved) == (5, 4, 3)
    by_unit = frozen_rates(result, city_leader, "unit")
    assert sorted((one.total, one.resolved) for one in by_unit.values()) == [(2, 1), (2, 2)]
    assert TargetEntry.objects.filter(result=result).count() == 5
    assert frozen_rates(result, unit_leader)[None].total == 2
    assert set(TargetEntry.objects.visible_to(unit_leader).values_list("unit", flat=True)) == {police.pk}


def test_is_asked_for_when_the_day_is_over_once_and_done_by_a_worker(ledger):
    assert request_target_days(today=DAY) == []
    [key] = request_target_days(today=date(2023, 11, 1))
    assert request_target_days(today=date(2023, 11, 1)) == [key]
    job = Job.objects.get(kind="reports.target_day")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"days": ["2023-10-31"]})
    assert request_target_days(today=date(2023, 11, 2)) == []


def test_what_comes_later_changes_nothing_of_it_and_is_told_beside(client, ledger, city_leader, admin):
    freeze_target_days(now=NEXT)
    late = EntryFactory(unit=ledger.unit, registered_on=date(2023, 10, 20))  # entered late: it was resolved in time
    walk(late, EntryState.CLOSED, DAY)
    client.force_login(city_leader)
    page = client.get(reverse("reports:target", args=[2023])).context["page"]
    assert (page.whole.resolved, page.now.resolved) == (3, 4)
    assert page.moved == "冻结以后因补记和更正：计入 +1，办结 +1，化解 +1；按现在的记录，这一天的化解率是 80.0%"
    assert freeze_target_days(now=NEXT) == []


def test_the_dashboard_says_how_the_day_ended_and_forecasts_no_more(ledger, city_leader):
    before = dashboard(city_leader, H2, DAY, datetime(2023, 10, 31, 9, tzinfo=SHANGHAI))
    assert (before.met, before.forecast is None) == (None, False)
    freeze_target_days(now=NEXT)
    after = dashboard(city_leader, H2, date(2023, 11, 20), datetime(2023, 11, 20, 9, tzinfo=SHANGHAI))
    assert (after.met.words, after.forecast) == ("10月31日 75.0% 已达标", None)


@pytest.mark.parametrize(("day", "forecast"), [(DAY, True), (date(2023, 11, 20), False)])
def test_more_charts_tell_the_result_where_there_is_nothing_left_to_forecast(
    client, ledger, city_leader, day, forecast
):
    freeze_target_days(now=datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))
    client.force_login(city_leader)
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI), tick=False):
        page = client.get(reverse("reports:dashboard-more"), {"period": "2023H2"}).content.decode()
    told = [word in page for word in ("达标预测", "近四周每周化解", "10月31日 75.0% 已达标", "还没有登记问题")]
    assert told == [forecast, forecast, not forecast, forecast]  # the last of matters without an entry


def test_missing_the_target_is_said_with_what_was_lacking(plan, police, city_leader):
    EntryFactory.create_batch(3, unit=police, state=EntryState.HANDLING, registered_on=date(2023, 9, 1))
    freeze_target_days(now=NEXT)
    after = dashboard(city_leader, H2, date(2023, 11, 20), datetime(2023, 11, 20, 9, tzinfo=SHANGHAI))
    assert after.met.words == "10月31日 0.0% 未达标，差 3 件"


def test_a_plan_that_names_another_day_is_frozen_on_that_day_too(ledger, plan):
    freeze_target_days(now=NEXT)
    ActionPlan.objects.filter(pk=plan.pk).update(target_on=date(2023, 11, 30))
    assert result_of(2023) is None
    assert freeze_target_days(now=datetime(2023, 12, 1, 9, tzinfo=SHANGHAI)) == ["2023-11-30"]
    assert result_of(2023).day == date(2023, 11, 30)
    assert TargetResult.objects.count() == 2


def test_word_has_the_result_its_meaning_and_who_signs_on_one_page(client, ledger, city_leader):
    freeze_target_days(now=NEXT)
    client.force_login(city_leader)
    paper = Document(BytesIO(client.get(reverse("reports:target-word", args=[2023])).content))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "计入 4 件（登记 5，剔除 1），其中历年结转 0 件、本年登记 5 件" in text
    assert "化解 3 件，化解率 75.0%，已达到 75% 目标" in text
    assert "口径：当年1月1日尚未化解的问题" in text
    assert "审核人：" in text
    [table] = paper.tables
    assert [cell.text for cell in table.rows[1].cells] == ["全部", "5", "1", "4", "3", "75.0%", "75.0%"]


@pytest.mark.parametrize("rows", [1, 3])
def test_page_and_export_ask_the_same_however_long_the_list(
    client, plan, police, city_leader, rows, django_assert_num_queries
):
    EntryFactory.create_batch(rows, unit=police, state=EntryState.HANDLING, registered_on=date(2023, 9, 1))
    freeze_target_days(now=NEXT)
    client.force_login(city_leader)
    client.get(reverse("reports:target", args=[2023]))
    with django_assert_num_queries(17):
        page = client.get(reverse("reports:target", args=[2023]))
    assert page.context["rows"].paginator.count == rows
    with django_assert_num_queries(16):
        export = client.get(reverse("reports:target-export", args=[2023]))
    assert export["X-Rows"] == str(rows)


def test_a_unit_sees_its_own_part_only(client, ledger, court):
    freeze_target_days(now=NEXT)
    client.force_login(UserFactory(unit=court, leader=True))
    page = client.get(reverse("reports:target", args=[2023]), {"part": "all"})
    assert {row.unit for row in page.context["rows"]} == {court}
    assert page.context["page"].whole.total == 2
    assert client.get(reverse("reports:target", args=[2022])).status_code == 404


def test_an_entry_handed_on_afterwards_stays_with_whom_it_was(ledger, court, police, admin, unit_leader):
    office = UserFactory(coordinator=True, city=True)
    freeze_target_days(now=NEXT)
    move(ledger, Action.TRANSFER, actor=office, day=date(2023, 11, 3), lead_unit=police, note="转办")
    assert frozen_rates(TargetResult.objects.get(), unit_leader)[None].total == 2
