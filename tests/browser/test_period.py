"""An admin closes a half-year, puts an old record right, and reads on the period's page what that moved."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from jobs.runner import run_job
from ledger.models import ActivityKind, Correction
from reports.closing.adjusting import request_recounts
from reports.models import FrozenFigure
from tests.factories import ActivityFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(police):
    return ActivityFactory(
        unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2023, 5, 8), led_by="样例领导", summary="调研园区"
    )


def close(desk):
    """Refused without a reason, since a unit has not signed; then closed with one."""
    button = desk.get_by_role("button", name="结账2023年上半年")
    button.click()
    expect(desk.get_by_role("alert").first).to_contain_text("还没有签字（或签字后数字有变化）：市公安局")
    desk.fill("#id_reason", "已电话核对")
    button.click()
    expect(desk.locator("main")).to_contain_text("正在结账")
    run_job()  # the worker's part; the page sees it by itself
    expect(desk.locator("h1")).to_contain_text("2023年上半年 · 已结账")
    expect(desk.locator("#adjustments")).to_contain_text("结账以后数字没有变化")
    expect(desk.locator("main")).to_contain_text("未签字：市公安局。原因：已电话核对")


def correct(desk, visit):
    """The form asks why once it is sent, and keeps what was typed."""
    desk.goto(reverse("ledger:activity-detail", args=[visit.pk]))
    desk.get_by_role("link", name="修改").click()
    expect(desk.locator("[name=correction_reason]")).to_have_count(0)
    desk.click("summary:has-text('更多')")
    desk.fill("[name=times]", "4")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("[name=times]")).to_have_value("4")
    desk.fill("[name=correction_reason]", "次数记错")
    desk.get_by_role("button", name="保存").click()
    expect(desk).to_have_url(re.compile(reverse("ledger:activity-detail", args=[visit.pk]) + "$"))
    assert Correction.objects.get().reason == "次数记错"


def count_again():
    """What beat asks for within a minute, and a worker does."""
    request_recounts(now=timezone.now())
    while run_job():
        pass


def test_an_admin_closes_a_half_year_and_reads_what_a_correction_moved(desk, sign_in, admin, visit):
    sign_in(desk, admin)
    desk.goto(reverse("reports:period", args=["2023H1"]))
    close(desk)
    correct(desk, visit)
    count_again()
    desk.goto(reverse("reports:period", args=["2023H1"]))
    expect(desk.locator("#adjustments")).to_contain_text("领导调研督导 · 全部 +3，因次数记错")
    expect(desk.locator("#adjustments")).to_contain_text("次数：1 → 4")
    figure = desk.get_by_role("link", name="领导调研督导")
    expect(figure).to_contain_text("1次")
    figure.click()
    expect(desk.locator("main")).to_contain_text("结账时为 1，此后 +3（因次数记错）")
    assert FrozenFigure.objects.get(indicator="leader_visits", slot="all::").value == 1
