"""The ledger's life in a real browser: from an officer's words to a closed entry, and what others see of it."""

import base64
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger.models import Notice, ProblemEntry
from ledger.states import EntryState
from reports.days.from_events import rates_on
from tests.browser.choosing import choose
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PHOTO = {"name": "现场照片.png", "mimeType": "image/png", "buffer": PIXEL}


def switch(page: Page, sign_in, user) -> None:
    page.context.clear_cookies()
    sign_in(page, user)


def open_move(page: Page, action: str) -> None:
    page.click(f"[data-action={action}]")
    expect(page.locator("#move-form")).to_be_visible()


def send(page: Page, says: str) -> None:
    page.click("#move-form button[type=submit]")
    expect(page.locator("#messages")).to_contain_text(says)


def rate() -> str:
    return rates_on(timezone.localdate()).all.resolution_text


def accept_and_assign(page: Page, number: str, handler: str) -> None:
    open_move(page, "accept")
    send(page, f"{number} 已受理")
    open_move(page, "assign")
    choose(page.locator("[data-field=handler]"), handler)
    send(page, f"{number} 已交办市公安局{handler}")


def handle(page: Page) -> None:
    open_move(page, "acknowledge")
    send(page, "已签收")
    open_move(page, "complete")
    page.click("#move-form button[type=submit]")
    expect(page.locator("#move-form")).to_contain_text("请填写办理结果")
    page.fill("#move-form [name=note]", "已协调，道路恢复通行")
    page.set_input_files("#move-form [name=files]", PHOTO)
    send(page, "已办结，等待回访企业")
    expect(page.locator(".story img")).to_have_attribute("alt", "现场照片.png")
    assert page.evaluate("document.querySelector('.story img').decode().then(() => true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("[data-action]")).to_have_count(0)


def call_back(page: Page) -> None:
    open_move(page, "confirm")
    page.locator("#move-form .form-selectgroup-label", has_text="满意").first.click()
    page.fill("#move-form [name=spoken_with]", "厂长")
    page.fill("#move-form [name=note]", "大货车能进来了")
    send(page, "企业满意，可以销号")


def finds_nothing(page: Page, entry: ProblemEntry) -> None:
    assert page.goto(reverse("ledger:entry-detail", args=[entry.pk])).status == 404
    page.goto(f"{reverse('ledger:entry-list')}?q={entry.title}")
    expect(page.locator("main")).to_contain_text("0 条")
    expect(page.locator("main")).not_to_contain_text(entry.number)
    answer = page.request.get(f"{reverse('ledger:entry-export')}?q={entry.title}")
    assert answer.headers["x-rows"] == "0"


def test_problem_goes_from_acceptance_to_closing_and_the_rate_follows(
    desk, phone, sign_in, police, coordinator, office, foreign_officer
):
    yesterday = timezone.localdate() - timedelta(days=1)
    entry = EntryFactory(unit=police, title="厂区门口道路被占", registered_on=yesterday)
    EntryFactory(unit=police, registered_on=yesterday)
    handler = UserFactory(unit=police, name="干警9001")
    page = reverse("ledger:entry-detail", args=[entry.pk])
    assert rate() == "0.0%"

    sign_in(desk, coordinator)
    desk.goto(page)
    accept_and_assign(desk, entry.number, handler.name)
    sign_in(phone, handler)
    phone.goto(page)
    handle(phone)
    assert rate() == "0.0%"
    switch(desk, sign_in, office)
    desk.goto(page)
    call_back(desk)
    assert rate() == "50.0%"
    switch(desk, sign_in, coordinator)
    desk.goto(page)
    open_move(desk, "close_out")
    send(desk, f"{entry.number} 已销号")
    expect(desk.locator(".story")).to_contain_text("大货车能进来了")
    switch(desk, sign_in, foreign_officer)
    finds_nothing(desk, entry)


def test_second_mover_keeps_the_typed_reason_and_reads_who_was_faster(desk, sign_in, police, coordinator, office):
    entry = EntryFactory(unit=police)
    sign_in(desk, coordinator)
    desk.goto(reverse("ledger:entry-detail", args=[entry.pk]))
    open_move(desk, "reject")
    desk.fill("#move-form [name=note]", "不属本单位职责")
    other = desk.context.browser.new_context(base_url=desk.url.split("/ledger")[0]).new_page()
    sign_in(other, office)
    other.goto(reverse("ledger:entry-detail", args=[entry.pk]))
    open_move(other, "accept")
    send(other, "已受理")
    other.context.close()
    desk.click("#move-form button[type=submit]")
    expect(desk.locator("#move-form")).to_contain_text(f"{entry.number} 已由{office.name}受理")
    assert desk.input_value("#move-form [name=note]") == "不属本单位职责"


def test_problem_refused_on_a_phone_keeps_its_photo_and_is_one_entry_however_often_save_is_tapped(
    phone, sign_in, officer
):
    sign_in(phone, officer)
    phone.goto(reverse("ledger:entry-create"))
    phone.set_input_files("[name=files]", PHOTO)
    phone.fill("[name=title]", "拖欠农民工工资")
    phone.click("button[type=submit]:has-text('登记')")
    expect(phone.locator(".kept-file")).to_contain_text("还在，保存时一并存入")
    phone.select_option("[name=category]", label="劳资纠纷")
    phone.dblclick("button[type=submit]:has-text('登记')")
    expect(phone.locator("#messages")).to_contain_text("已登记 JS-")
    assert [entry.attachments.count() for entry in ProblemEntry.objects.all()] == [1]
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_several_are_reminded_of_from_the_phone(phone, sign_in, office, police):
    late = [EntryFactory(unit=police, state=EntryState.HANDLING) for _ in range(2)]
    EntryFactory(unit=police, state=EntryState.HANDLING)
    sign_in(phone, office)
    phone.goto("/ledger/entries/")
    expect(phone.locator("#bulk")).to_be_hidden()
    for entry in late:
        phone.get_by_role("checkbox", name=f"选择 {entry.number}").check()
    expect(phone).to_have_url(re.compile("/ledger/entries/$"))
    phone.get_by_role("button", name="批量催办").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("批量催办 · 2 条")
    phone.fill("[name=note]", "请本周内上门")
    phone.get_by_role("button", name="确认批量催办 2 条").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("批量催办")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert {notice.entry for notice in Notice.objects.filter(kind="reminded")} == set(late)
