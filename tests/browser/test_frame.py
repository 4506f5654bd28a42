"""The frame around every page: the navigation's groups, by mouse and by keyboard, on the next page and the next day."""

import pytest
from playwright.sync_api import expect

from tests.factories import EntryFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_group_closed_by_hand_stays_closed_on_the_next_page_and_opens_around_the_page_within(
    desk, sign_in, coordinator
):
    sign_in(desk, coordinator)
    firms = desk.get_by_role("button", name="企业与项目")
    expect(firms).to_have_attribute("aria-expanded", "true")
    firms.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="结对联系")).to_be_hidden()
    desk.get_by_role("button", name="统计与报告").click()
    desk.get_by_role("link", name="每周通报").click()
    expect(firms).to_have_attribute("aria-expanded", "false")
    expect(desk.get_by_role("link", name="每周通报")).to_have_attribute("aria-current", "page")
    desk.goto("/register/pairings/")
    expect(firms).to_have_attribute("aria-expanded", "true")
    desk.goto("/ledger/entries/")
    expect(firms).to_have_attribute("aria-expanded", "false")


def test_on_the_phone_several_filters_are_chosen_in_a_sheet_and_asked_for_at_once(phone, sign_in, coordinator, police):
    entry = EntryFactory(unit=police, title="厂区断电", priority="urgent")
    EntryFactory(unit=police, title="货款拖欠")
    sign_in(phone, coordinator)
    phone.goto("/ledger/entries/")
    sheet = phone.locator("#filters")
    expect(sheet).to_be_hidden()
    phone.get_by_role("button", name="筛选").tap()
    expect(sheet).to_have_attribute("aria-modal", "true")
    sheet.locator("[name=state]").select_option("open")
    sheet.locator("[name=priority]").select_option("urgent")  # one of the rarer ones, which come with the sheet
    assert "priority" not in phone.url, "nothing is asked for before the button"
    sheet.get_by_role("button", name="查看结果").tap()
    phone.wait_for_url("**priority=urgent**")
    expect(phone.get_by_role("button", name="筛选（2）")).to_be_visible()
    expect(phone.locator(".row-card")).to_have_count(1)
    expect(phone.locator(".row-card")).to_contain_text(entry.title)
    phone.get_by_role("button", name="筛选（2）").tap()
    expect(sheet).to_be_focused()
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_without_scripts_the_phone_s_button_opens_the_page_with_all_filters_in_it(browser, live_server, coordinator):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=username]", coordinator.username)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.goto("/ledger/entries/?state=open")
    page.get_by_role("button", name="筛选（1）").click()
    page.locator("[name=priority]").select_option("urgent")
    page.get_by_role("button", name="查看结果").click()
    assert "state=open" in page.url
    assert "priority=urgent" in page.url
    context.close()
