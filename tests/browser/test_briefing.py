"""The half-year briefing in a real browser: begun, put into one's own words, issued, downloaded."""

import hashlib
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from playwright.sync_api import expect

from jobs.runner import run_job
from ledger.states import EntryState
from reports.models import IssuedBriefing
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)


def rewrite_the_first_paragraph(desk):
    """A misspelt name is refused with the nearest; then the words are saved, and the paragraph moved down."""
    first = desk.locator(".briefing-paragraph").first
    expect(first).to_contain_text("化解困难1个")
    first.locator("text=修改").click()
    words = desk.locator("form.briefing-paragraph textarea")
    words.fill("化解困难{problem_resolved}。")
    desk.click("text=保存这一段")
    expect(desk.locator("form.briefing-paragraph")).to_contain_text("是不是 {化解困难}")
    desk.fill("form.briefing-paragraph textarea", "自己写的一句，化解困难")
    desk.click(".briefing-insert .ts-control")
    desk.keyboard.type("problems_resol")
    expect(desk.locator(".briefing-insert .option.active")).to_contain_text("化解困难")
    expect(desk.locator(".briefing-insert .option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(words).to_have_value("自己写的一句，化解困难{化解困难}")
    words.press_sequentially("。")
    desk.click("text=保存这一段")
    expect(desk.locator("form.briefing-paragraph")).to_have_count(0)
    expect(first).to_contain_text("自己写的一句，化解困难1个。")
    first.locator("[value=down]").click()
    expect(desk.locator(".briefing-paragraph").nth(1)).to_contain_text("自己写的一句")


def test_author_writes_issues_and_downloads_a_briefing(desk, sign_in, admin, police):
    today = timezone.localdate()
    EntryFactory(unit=police, title="厂区门口道路积水", state=EntryState.CONFIRMED, registered_on=today)
    sign_in(desk, admin)
    desk.click(".nav-group >> text=统计与报告")
    desk.click(".side-links >> text=工作汇报")
    desk.click(".page-actions >> text=起草汇报")
    desk.click("button.btn-save")
    expect(desk).to_have_url(re.compile("/edit/$"))
    rewrite_the_first_paragraph(desk)
    desk.click("text=预览、签发")
    expect(desk.locator(".briefing-sheet a").first).to_have_attribute("href", re.compile("/records/"))
    desk.click(".page-actions >> text=签发")
    expect(desk.locator("[data-reload-when-done]")).to_be_visible()
    run_job()  # the worker's part; the page sees it by itself
    expect(desk.locator(".briefing-issue")).to_contain_text("正文的数字都没有变化")
    with desk.expect_download() as download:
        desk.click("text=下载 Word")
    content = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(content).hexdigest() == IssuedBriefing.objects.get().sha256
    assert "自己写的一句，化解困难1个。" in [one.text for one in Document(BytesIO(content)).paragraphs]
    assert download.value.suggested_filename.endswith("工作情况汇报.docx")
    desk.goto(reverse("reports:briefing-list"))
    expect(desk.locator("tbody tr")).to_contain_text("已签发")


def test_briefing_is_read_and_edited_on_a_phone(phone, sign_in, coordinator):
    sign_in(phone, coordinator)
    phone.goto(reverse("reports:briefing-create"))
    phone.click("button.btn-save")
    expect(phone).to_have_url(re.compile("/edit/$"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.click("text=预览、签发")
    expect(phone.locator(".briefing-sheet")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
