"""An officer on site: a visit, a photo and a problem, on a phone, in one go."""

import struct
import zlib
from datetime import date

import pytest
from playwright.sync_api import expect

from common.periods import local_date
from enterprises.models import KeyProject
from ledger.models import ProblemCategory, ProblemEntry, ServiceActivity
from tests.browser.choosing import choose
from tests.factories import EnterpriseFactory, PairingFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def picture() -> bytes:
    """A real PNG of one blue pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\x3c\x6e\xb4")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture
def paired(police):
    """An officer paired with one enterprise and one project."""
    officer = UserFactory(unit=police)
    PairingFactory(
        officer=officer, enterprise=EnterpriseFactory(name="津市样例纺织有限公司"), starts_on=date(2023, 1, 1)
    )
    project = KeyProject.objects.create(name="津市样例码头项目")
    PairingFactory(officer=officer, enterprise=None, project=project, starts_on=date(2023, 1, 1))
    return officer


def test_a_visit_with_a_photo_and_a_problem_is_logged_on_a_phone(phone, sign_in, paired):
    category = ProblemCategory.objects.order_by("order", "pk").first()
    sign_in(phone, paired)
    phone.get_by_role("link", name="记一笔").last.click()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_text("走访企业", exact=True).click()
    phone.get_by_role("button", name="我的结对企业").click()
    phone.get_by_role("button", name="了解生产经营情况").click()
    phone.get_by_text("听到的问题").click()
    phone.fill("[name=problems-0-title]", "厂区门口道路破损")
    phone.select_option("[name=problems-0-category]", label=category.name)
    phone.fill("[name=problems-0-amount]", "120000")
    for name in ("现场.png", "门口.png", "不要的.png"):  # the camera, opened three times
        shot = {"name": name, "mimeType": "image/png", "buffer": picture() + name.encode()}
        phone.set_input_files("[name=photos]", shot)
    phone.get_by_role("button", name="不要 不要的.png").click()
    phone.get_by_role("button", name="保存").dblclick()

    expect(phone.get_by_role("main")).to_contain_text("走访企业 · 津市样例纺织有限公司")
    expect(phone.get_by_role("main")).to_contain_text("照片 2 张")
    activity, entry = ServiceActivity.objects.get(), ProblemEntry.objects.get()
    expect(phone.get_by_role("main")).to_contain_text(entry.number)
    assert (activity.officer, activity.summary, activity.happened_on) == (
        paired,
        "了解生产经营情况",
        local_date(activity.created_at),
    )
    assert (entry.source_activity, entry.enterprise.name) == (activity, "津市样例纺织有限公司")
    assert sorted(file.name for file in activity.attachments.all()) == ["现场.png", "门口.png"]

    phone.get_by_role("link", name=entry.number).click()
    expect(phone.get_by_role("main")).to_contain_text("厂区门口道路破损")


def test_the_screen_asks_for_what_the_kind_counts_and_keeps_what_was_typed(phone, sign_in, paired):
    sign_in(phone, paired)
    phone.goto("/ledger/activities/new/")
    attendance = phone.locator("[name=output_attendance]")
    expect(attendance).to_be_hidden()
    phone.get_by_text("驻点坐班", exact=True).click()
    expect(attendance).to_be_visible()
    phone.fill("[name=summary]", "接待三家企业咨询")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("alert").first).to_contain_text("请填写坐班多少人次，没有就填 0")
    expect(phone.locator("[name=summary]")).to_have_value("接待三家企业咨询")
    expect(phone.get_by_role("alert").first).to_contain_text("请选择在哪个指挥部坐班")
    attendance.fill("2")
    phone.select_option("[name=headquarters]", label="五好园区")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("坐班2人次")
    duty = ServiceActivity.objects.get()
    assert (duty.workstream.name, duty.enterprise) == ("五好园区", None)


def test_another_kind_takes_the_firm_and_what_it_has_not_off_the_screen(phone, sign_in, paired):
    sign_in(phone, paired)
    firm = paired.pairings.exclude(enterprise=None).get().enterprise
    phone.goto(f"/ledger/activities/new/?enterprise={firm.pk}")
    target = phone.locator("[name=target]")
    expect(target).to_have_value(f"enterprise:{firm.pk}")
    begun = f"enterprise:{firm.pk}"
    for kind, words in (("驻点坐班", ""), ("走访企业", begun), ("法律咨询", ""), ("法治体检", begun)):
        phone.locator(".big-choices").get_by_text(kind, exact=True).click()
        expect(target).to_have_value(words)
    phone.get_by_text("驻点坐班", exact=True).click()
    expect(phone.locator("[data-field=target]")).to_be_hidden()
    phone.fill("[name=output_attendance]", "3")
    phone.get_by_text("领导调研督导", exact=True).click()
    expect(phone.locator("[name=output_attendance]")).to_have_value("")


def test_back_after_saving_and_saving_again_records_nothing_twice(phone, sign_in, paired):
    sign_in(phone, paired)
    phone.goto("/ledger/activities/new/")
    phone.get_by_text("走访企业", exact=True).click()
    phone.get_by_role("button", name="我的结对企业").click()
    phone.fill("[name=summary]", "了解用工")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("走访企业 · 津市样例纺织有限公司")
    phone.go_back()
    phone.get_by_text("走访企业", exact=True).click()
    phone.locator("[name=target]").evaluate("(field, value) => field.tomselect.setValue(value)", mine(paired))
    phone.fill("[name=summary]", "了解用工")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("已保存过：走访企业")
    phone.go_back()
    phone.get_by_text("走访企业", exact=True).click()
    phone.fill("[name=summary]", "换了内容")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("alert").first).to_contain_text("这张表单已保存过")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="保留已保存的").click()
    expect(phone.get_by_role("main")).to_contain_text("了解用工")
    assert ServiceActivity.objects.get().summary == "了解用工"


def mine(officer) -> str:
    return f"enterprise:{officer.pairings.exclude(enterprise=None).get().enterprise_id}"


def test_what_is_half_typed_comes_back(phone, sign_in, paired):
    sign_in(phone, paired)
    phone.goto("/ledger/activities/new/")
    phone.get_by_text("听到的问题").click()
    phone.fill("[name=problems-0-title]", "欠薪")
    phone.get_by_role("button", name="再加一个问题").click()
    phone.fill("[name=problems-1-title]", "融资难")
    phone.get_by_role("button", name="我的结对项目").click()
    expect(phone.locator("[data-draft-note]")).to_contain_text("已自动保存")
    phone.goto("/ledger/activities/new/")
    expect(phone.get_by_role("main")).to_contain_text("已恢复您上次没有保存的内容")
    expect(phone.locator("[name=problems-0-title]")).to_have_value("欠薪")
    expect(phone.locator("[name=problems-1-title]")).to_have_value("融资难")
    expect(phone.locator(".ts-control").first).to_contain_text("津市样例码头项目")


def test_saving_without_a_network_keeps_the_page_and_what_was_typed(phone, sign_in, paired):
    sign_in(phone, paired)
    phone.goto("/ledger/activities/new/")
    phone.get_by_text("走访企业", exact=True).click()
    phone.get_by_role("button", name="我的结对企业").click()
    phone.context.set_offline(True)
    phone.fill("[name=summary]", "车间里没有信号")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("alert")).to_contain_text("没有网络，还没有保存")
    expect(phone.locator("[name=summary]")).to_have_value("车间里没有信号")
    phone.context.set_offline(False)
    expect(phone.get_by_role("alert")).to_have_count(0)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("走访企业 · 津市样例纺织有限公司")
    assert ServiceActivity.objects.get().summary == "车间里没有信号"


def test_an_enterprise_of_the_register_is_found_by_pinyin(phone, sign_in, paired):
    EnterpriseFactory(name="湘雅样例制药有限公司")
    sign_in(phone, paired)
    phone.goto("/ledger/activities/new/")
    choose(phone.locator("[data-field=target]"), "xyyl", "湘雅样例制药有限公司")
    phone.get_by_text("走访企业", exact=True).click()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("走访企业 · 湘雅样例制药有限公司")
    assert ServiceActivity.objects.get().enterprise.name == "湘雅样例制药有限公司"
