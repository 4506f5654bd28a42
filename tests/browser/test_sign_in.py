import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_officer_signs_in_on_a_phone_and_finds_the_own_page(phone, sign_in, officer):
    sign_in(phone, officer)
    phone.goto("/accounts/me/")
    expect(phone.locator("main")).to_contain_text(officer.name)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(desk, officer):
    desk.goto("/accounts/login/")
    for password in ["wrong-1", "wrong-2", "wrong-3", "wrong-4", "wrong-5", "Jinshi-2026-test"]:
        desk.fill("[name=username]", officer.username)
        desk.fill("[name=password]", password)
        desk.click("button[type=submit]")
        desk.wait_for_load_state()
    expect(desk.locator("body")).to_contain_text("账号已锁定 30 分钟")
