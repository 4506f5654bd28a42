"""An enterprise on its phone: the link shown by the office's screen is opened, answered once, and then worthless."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.models import ConfirmationLink
from ledger.services.checking.confirmations import ask_enterprise, token_of
from ledger.states import EntryState
from tests.factories import EnterpriseFactory, EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_enterprise_answers_by_its_link_without_an_account(desk, phone, sign_in, office, police):
    enterprise = EnterpriseFactory(name="津市样例纺织有限公司")
    entry = EntryFactory(unit=police, enterprise=enterprise, title="货款被拖欠", state=EntryState.COMPLETED)
    sign_in(desk, office)
    desk.goto(f"/ledger/entries/{entry.pk}/")
    desk.get_by_role("button", name="请企业扫码确认").click()
    expect(desk.locator(".qr-frame svg")).to_be_visible()
    address = desk.locator("#confirmation-address").input_value()

    phone.goto(address)
    expect(phone.get_by_role("main")).to_contain_text("货款被拖欠")
    phone.get_by_text("不满意", exact=True).click()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("main")).to_contain_text("请写一句哪里没有解决")
    phone.fill("[name=words]", "货款没有收到")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("main")).to_contain_text("评价已收到")
    phone.goto(address)
    expect(phone.get_by_role("main")).to_contain_text("货款没有收到")
    phone.goto(address.replace("/ledger/c/", "/ledger/c/0"))
    expect(phone.get_by_role("main")).to_contain_text("网址不完整或不正确")

    desk.goto(f"/ledger/entries/{entry.pk}/")
    expect(desk.get_by_role("main")).to_contain_text("企业不满意，已提请单位领导过问")


def test_an_expired_link_says_so_on_the_phone_and_takes_no_answer(phone, office, police):
    """Opened in time and answered too late, or opened too late: both are told whom to ask for a new one."""
    entry = EntryFactory(unit=police, title="货款被拖欠", state=EntryState.COMPLETED)
    link = ask_enterprise(entry=entry, actor=office, at=timezone.now())
    address = f"/ledger/c/{token_of(link)}/"
    phone.goto(address)
    expect(phone.get_by_role("main")).to_contain_text("货款被拖欠")
    past = timezone.now() - timedelta(days=29)
    ConfirmationLink.objects.update(created_at=past, expires_at=past + timedelta(days=28))
    phone.get_by_text("满意", exact=True).click()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("main")).to_contain_text("已过有效期")
    phone.goto(address)
    expect(phone.get_by_role("main")).to_contain_text("请联系走访您的工作人员重新发送")
    expect(phone.get_by_role("button", name="提交评价")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    entry.refresh_from_db()
    assert entry.state == EntryState.COMPLETED
