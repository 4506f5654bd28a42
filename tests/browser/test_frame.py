"""The frame around every page: the navigation's groups, by mouse and by keyboard, on the next page and the next day."""

import pytest
from playwright.sync_api import expect

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
