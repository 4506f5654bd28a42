"""The leader's first screen in a real browser: everything on one screen, every figure opens its records."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from jobs.models import Job, JobState
from ledger.states import EntryState
from reports.dashboard.screens import NewScreen, make_screen, revoke_screen
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ledger(police, court):
    """One resolved entry and one that is still handled, of the police; one of the court's."""
    day = timezone.localdate() - timedelta(days=8)
    resolved = EntryFactory(unit=police, title="厂区门口道路积水", state=EntryState.CONFIRMED, registered_on=day)
    EntryFactory(unit=police, title="货款被拖欠", state=EntryState.HANDLING, registered_on=day)
    EntryFactory(unit=court, title="法院登记的问题", registered_on=day)
    return resolved


def test_leader_opens_the_rate_its_records_and_an_entry_and_comes_back(desk, sign_in, ledger, unit_leader):
    sign_in(desk, unit_leader)
    expect(desk).to_have_url(re.compile(reverse("reports:dashboard")))
    card = desk.locator(".dash-cards a", has_text="化解率")
    expect(card).to_contain_text("50.0%")
    expect(card).to_contain_text("办结率")
    card.click()
    expect(desk.locator("h1")).to_contain_text("化解率")
    expect(desk.locator("h1")).to_contain_text("50.0%")
    expect(desk.locator("tbody tr")).to_have_count(2)
    expect(desk.locator("main")).not_to_contain_text("法院登记的问题")
    desk.click("text=已化解")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.click("table >> text=厂区门口道路积水")
    expect(desk).to_have_url(re.compile(reverse("ledger:entry-detail", args=[ledger.pk])))
    expect(desk.locator("main")).to_contain_text(ledger.number)
    desk.go_back()
    desk.click(".breadcrumb >> text=驾驶舱")
    expect(desk.locator(".dash-sentence")).to_contain_text("计入 2 件，化解 1 件，化解率 50.0%")


def test_dashboard_is_one_screen_with_its_chart_drawn(desk, sign_in, ledger, city_leader):
    sign_in(desk, city_leader)
    expect(desk.locator("[data-chart] canvas")).to_be_visible()
    height = desk.evaluate("document.documentElement.scrollHeight")
    assert height <= 900
    desk.click("[data-theme-toggle]")
    expect(desk.locator("[data-chart] canvas")).to_be_visible()
    desk.click(".dash-numbers summary")
    expect(desk.locator(".dash-numbers table")).to_contain_text("化解率")


def test_a_category_opens_its_records_from_the_chart_and_from_its_table(desk, sign_in, ledger, unit_leader):
    sign_in(desk, unit_leader)
    desk.click("text=更多图表")
    expect(desk.locator("#forecast tbody tr").first).to_contain_text("50.0%")
    expect(desk.locator("#nearest .line")).to_have_count(1)
    expect(desk.locator("#categories canvas")).to_be_visible()
    desk.click("#categories summary")
    desk.click("#categories table a")
    expect(desk.locator("h1")).to_contain_text("其他 · 本年度台账 · 50.0%")
    expect(desk.locator("tbody tr")).to_have_count(2)


def test_a_wall_turns_keeps_its_last_figures_and_goes_out_when_stopped(desk, ledger, admin):
    data = NewScreen("指挥大厅", None, timezone.localdate())
    screen, key = make_screen(data=data, by=admin, now=timezone.now(), submission=None)
    desk.clock.install()
    desk.goto(reverse("reports:screen", args=[key]))
    shown = desk.locator("[data-panel]:visible")
    expect(shown).to_have_attribute("data-panel", "总览")
    expect(shown).to_contain_text("计入 3 件")
    desk.clock.run_for(21_000)
    expect(shown).to_have_attribute("data-panel", "计入与化解")
    expect(shown.locator("canvas")).to_be_visible()
    desk.context.set_offline(True)
    desk.clock.run_for(60_000)
    expect(desk.locator("[data-state]")).to_contain_text("连接中断")
    expect(desk.locator("[data-panel]:visible")).to_have_count(1)
    desk.context.set_offline(False)  # the browser says so, and the wall asks at once
    expect(desk.locator("[data-state]")).to_contain_text("每分钟自动更新")
    revoke_screen(screen=screen, by=admin, now=timezone.now())
    desk.clock.run_for(40_000)  # two minutes after the first, and no longer than an answer may take
    expect(desk.locator("body")).to_have_text(re.compile("已停用或过期"))


def test_choosing_another_half_year_shows_it_at_once(desk, sign_in, ledger, city_leader):
    sign_in(desk, city_leader)
    desk.select_option("[name=period]", "2023H1")
    expect(desk.locator(".dash-sentence")).to_contain_text("2023年上半年没有任何记录。")


def test_dashboard_fits_a_phone(phone, sign_in, ledger, city_leader):
    sign_in(phone, city_leader)
    expect(phone.locator("[data-chart] canvas")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator("[data-chart]").bounding_box()
    assert box["height"] == 220


def test_tally_page_shows_the_new_figures_by_itself_when_they_are_counted(desk, sign_in, ledger, admin):
    job = Job.objects.create(kind="reports.tally", params={"period": "2023H1"}, owner=admin)
    sign_in(desk, admin)
    desk.goto(reverse("reports:tally") + "?period=2023H1")
    expect(desk.locator("#tally-job")).to_contain_text("排队中")
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    expect(desk.locator("#tally-job")).to_have_count(0)
    expect(desk.locator("h1")).to_contain_text("统计 · 2023年上半年")
