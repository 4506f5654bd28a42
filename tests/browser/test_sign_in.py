import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from ledger.models import ServiceActivity
from tests.factories.accounts import PASSWORD

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


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again(phone, sign_in, officer):
    sign_in(phone, officer)
    phone.goto("/ledger/activities/new/")
    phone.locator("textarea[name=summary]").fill("协调解决用电增容，约定下周三现场踏勘")
    Session.objects.all().delete()
    phone.locator("main form[method=post] button[type=submit]").last.click()
    expect(phone).to_have_url(re.compile("/accounts/login/"))
    phone.fill("[name=username]", officer.username)
    phone.fill("[name=password]", PASSWORD)
    phone.click("button[type=submit]")
    expect(phone).to_have_url(re.compile("/ledger/activities/new/"))
    expect(phone.locator("textarea[name=summary]")).to_have_value("协调解决用电增容，约定下周三现场踏勘")
    assert ServiceActivity.objects.count() == 0
