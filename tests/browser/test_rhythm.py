"""A coordinator's morning: what is new taken from 待受理 to 交办, counted in clicks; choosers that keep still."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from ledger.models import ProblemEntry, SupervisionOrder
from ledger.states import EntryState
from tests.browser.choosing import choose
from tests.browser.test_accessibility import ALL_RULES, AXE, CHECK, COLOURS, SET_THEME
from tests.factories import EnterpriseFactory, EntryFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
NEW, MOST = 20, 45
LIST = reverse("ledger:entry-list")


class Counted:
    """Does what a person does, and counts the clicks of the mouse and the keys pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += len(words)

    def tab_to(self, what: Locator, key: str = "Tab") -> None:
        """By as many presses as it takes; a page whose order makes no sense fails by the count."""
        while not what.evaluate("one => one === document.activeElement"):
            self.press(key)
            assert self.keys <= 10 * MOST


@pytest.fixture
def morning(police):
    """What came in, and a colleague to handle it."""
    for n in range(NEW):
        EntryFactory(unit=police, title=f"新来的问题{n + 1}")
    return UserFactory(unit=police, name="欧阳经办")


def all_assigned() -> set[tuple[str, int | None]]:
    return set(ProblemEntry.objects.values_list("state", "handler"))


def test_twenty_new_entries_are_assigned_in_few_clicks_with_the_mouse(desk, sign_in, coordinator, morning):
    sign_in(desk, coordinator)
    hand = Counted(desk)
    hand.click(desk.locator(".queue-card", has_text="待受理"))
    hand.click(desk.get_by_role("checkbox", name="全选本页").first)
    expect(desk.locator("#bulk")).to_contain_text("选中 20 条：没有您能交办的、没有您能销号的")
    hand.click(desk.get_by_role("button", name="批量受理 20 条"))
    hand.click(desk.get_by_role("button", name="确认批量受理 20 条"))
    hand.click(desk.get_by_role("button", name="接着批量交办 20 条"))
    handler = desk.locator("[data-field=handler]")
    hand.click(handler.locator(".ts-control"))
    hand.click(handler.locator(".option", has_text=morning.name))
    hand.click(desk.get_by_role("button", name="再看一遍"))
    expect(desk.locator(".list-group")).to_contain_text(f"交办市公安局{morning.name}")
    hand.click(desk.get_by_role("button", name="确认批量交办 20 条"))
    expect(desk.get_by_role("heading", level=1)).to_contain_text("办了 20 条")
    assert all_assigned() == {(EntryState.ASSIGNED, morning.pk)}
    assert hand.clicks <= 10
    desk.get_by_role("link", name="回到台账").click()
    expect(desk.locator("main")).to_contain_text("“待受理”里没有要办的了")


def test_twenty_new_entries_are_assigned_in_few_presses_of_the_keyboard(desk, sign_in, coordinator, morning):
    """Every key counts, the Tab and each letter too."""
    sign_in(desk, coordinator)
    desk.goto(f"{LIST}?queue=to_accept")
    hand = Counted(desk)
    hand.press("Tab")
    hand.press("Enter")  # 跳到正文
    hand.tab_to(desk.get_by_role("checkbox", name="全选本页").first)
    hand.press("Space")
    hand.tab_to(desk.locator("[data-pick-for=accept]"), "Shift+Tab")
    hand.press("Enter")
    expect(desk.get_by_role("button", name="确认批量受理 20 条")).to_be_focused()
    hand.press("Enter")
    expect(desk.get_by_role("button", name="接着批量交办 20 条")).to_be_focused()
    hand.press("Enter")
    expect(desk.locator("#id_lead_unit-ts-control")).to_be_focused()
    hand.press("Tab")
    hand.type("oy")
    expect(desk.locator("[data-field=handler] .option.active")).to_contain_text(morning.name)
    hand.press("Enter")
    hand.tab_to(desk.locator("[name=note]"))
    hand.press("Control+Enter")
    expect(desk.locator(".list-group")).to_contain_text(f"交办市公安局{morning.name}")
    expect(desk.get_by_role("button", name="确认批量交办 20 条")).to_be_focused()
    hand.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("办了 20 条")
    assert all_assigned() == {(EntryState.ASSIGNED, morning.pk)}
    assert hand.keys <= MOST, hand.keys


def test_one_after_another_each_is_read_and_takes_one_click(desk, sign_in, coordinator, morning):
    sign_in(desk, coordinator)
    hand = Counted(desk)
    hand.click(desk.locator(".panel-head ~ .line", has_text="新来的问题1").first)
    for n in range(NEW):
        expect(desk.locator(".round-bar")).to_contain_text(f"还有 {NEW - 1 - n} 件" if n < NEW - 1 else "没有别的了")
        expect(desk.locator("#move-form [type=submit]")).to_be_focused()
        hand.click(desk.locator("#move-form [type=submit]"))
    expect(desk.locator("main")).to_contain_text("“待受理”里没有要办的了")
    expect(desk.get_by_role("link", name="接着看待交办")).to_be_focused()
    hand.click(desk.get_by_role("link", name="接着看待交办"))
    hand.click(desk.locator("tbody a").first)
    for _ in range(NEW):
        expect(desk.locator("#move-form [type=submit]")).to_be_focused()
        hand.click(desk.locator("#move-form [type=submit]"))
    expect(desk.locator("main")).to_contain_text("“待交办”里没有要办的了")
    expect(desk.get_by_role("link", name="回到工作台")).to_be_focused()
    assert all_assigned() == {(EntryState.ASSIGNED, None)}
    assert hand.clicks <= MOST, hand.clicks


def test_a_key_held_down_takes_one_step_only(desk, sign_in, coordinator, police):
    first, second = (EntryFactory(unit=police) for _ in range(2))
    sign_in(desk, coordinator)
    desk.goto(f"{reverse('ledger:entry-detail', args=[first.pk])}?queue=to_accept&sort=number")
    expect(desk.locator("#move-form [type=submit]")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(second.title)
    expect(desk.locator("#move-form [type=submit]")).to_be_focused()
    desk.keyboard.down("Enter")  # the second of a key that was never let go
    desk.keyboard.up("Enter")
    expect(desk.locator("main")).to_contain_text("没有要办的了")
    assert ProblemEntry.objects.filter(state=EntryState.ACCEPTED).count() == 2


def press_slowly(page: Page, what: Locator) -> None:
    """The mouse goes down, and up a moment later at the same place, as a hand does it."""
    what.evaluate("one => one.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = what.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(120)
    page.mouse.up()


def test_the_first_click_after_choosing_a_person_counts(desk, sign_in, coordinator, police):
    long = UnitFactory(name="津市市公安局交通警察大队城区中队事故处理和车辆管理办公室", parent=police)
    person = UserFactory(unit=long, name="欧阳经办")
    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED)
    sign_in(desk, coordinator)
    desk.goto(reverse("ledger:entry-detail", args=[entry.pk]))
    desk.click("[data-action=assign]")
    handler, submit = desk.locator("[data-field=handler]"), desk.locator("#move-form [type=submit]")
    expect(desk.locator("#id_lead_unit-ts-control")).to_be_focused()
    heights = []
    for _ in range(2):  # chosen, and sought again
        choose(handler, "oyjb", person.name)
        heights.append(handler.bounding_box()["height"])
    press_slowly(desk, desk.locator("[data-field=supporting_units] .ts-control"))
    expect(desk.locator("[data-field=supporting_units] .ts-wrapper")).to_have_class(re.compile("dropdown-active"))
    desk.keyboard.press("Escape")
    heights.append(handler.bounding_box()["height"])
    choose(handler, "oyjb", person.name)
    assert len(set(heights)) == 1
    press_slowly(desk, submit)
    expect(desk.locator("#messages")).to_contain_text(f"{entry.number} 已交办市公安局{person.name}")


def test_the_people_follow_the_unit_chosen_by_pinyin_and_what_was_typed_stays(desk, sign_in, office, police, court):
    here, there = UserFactory(unit=police, name="甲警官"), UserFactory(unit=court, name="乙法官")
    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED)
    sign_in(desk, office)
    desk.goto(reverse("ledger:entry-detail", args=[entry.pk]))
    desk.click("[data-action=assign]")
    expect(desk.locator("#move-form :focus")).to_have_count(1)  # it is open
    desk.fill("#move-form [name=note]", "请当面答复企业")
    handler = desk.locator("[data-field=handler]")
    choose(handler, "jjg", here.name)
    choose(desk.locator("[data-field=lead_unit]"), "rmfy", court.name)
    expect(handler.locator(".item")).to_have_count(0)
    choose(handler, "yfg", there.name)
    expect(handler.locator(".option", has_text=here.name)).to_have_count(0)
    assert desk.input_value("#move-form [name=note]") == "请当面答复企业"
    desk.click("#move-form [type=submit]")
    expect(desk.locator("#messages")).to_contain_text(f"已交办{court.name}{there.name}")


def test_the_form_of_a_step_has_the_focus_and_the_only_main_button_until_it_is_put_away(
    desk, sign_in, coordinator, police
):
    entry = EntryFactory(unit=police)
    sign_in(desk, coordinator)
    desk.goto(reverse("ledger:entry-detail", args=[entry.pk]))
    desk.click("[data-action=reject]")
    expect(desk.locator("#move-form [name=note]")).to_be_focused()
    expect(desk.locator("main .btn-primary:visible")).to_have_count(1)
    expect(desk.locator("[data-action=reject]")).to_be_hidden()
    desk.get_by_role("link", name="取消").click()
    expect(desk.locator("#move-form")).to_have_count(0)
    expect(desk.locator("[data-action=reject]")).to_be_focused()
    expect(desk.locator("[data-action=accept]")).to_have_class(re.compile("btn-primary"))


def test_a_queue_is_gone_through_on_the_phone(phone, sign_in, coordinator, police):
    for n in range(2):
        EntryFactory(unit=police, title=f"新来的问题{n + 1}", content="厂区门口的道路被占，货车进不来")
    sign_in(phone, coordinator)
    phone.goto(f"{LIST}?queue=to_accept&sort=number")
    phone.get_by_text("全选本页").click()
    expect(phone.locator("#bulk")).to_contain_text("选中 2 条：没有您能交办的、没有您能销号的")
    phone.locator(".row-card").first.click()
    expect(phone.locator("#move-form")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    told, form = phone.locator(".story-words").first.bounding_box(), phone.locator("#move-form").bounding_box()
    assert told["y"] < form["y"]  # read first
    for _ in range(2):
        phone.locator("#move-form [type=submit]").click()
        phone.wait_for_load_state()
    expect(phone.locator("main")).to_contain_text("“待受理”里没有要办的了")


def test_a_firms_number_and_address_are_the_first_thing_under_the_thumb(phone, sign_in, coordinator, police):
    firm = EnterpriseFactory(
        contact_phone="13907360001", region="津市市", address="孟姜女大道1号津市高新区样例路与兴业路交汇处"
    )
    EntryFactory(unit=police, enterprise=firm)
    sign_in(phone, coordinator)
    phone.goto(reverse("enterprises:enterprise-detail", args=[firm.pk]))
    lines = [line.bounding_box() for line in phone.locator(".contact-first .contact-line").all()]
    story = phone.locator(".detail-grid").bounding_box()
    assert len(lines) == 2
    assert all(line["height"] >= 44 and line["width"] >= 300 for line in lines)
    assert all(line["y"] + line["height"] <= min(story["y"], 844) for line in lines)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="复制地址").click()
    expect(phone.locator(".contact-first")).to_contain_text("已复制")
    assert phone.evaluate("getSelection().toString()") == "津市市孟姜女大道1号津市高新区样例路与兴业路交汇处"
    here = phone.evaluate("location.host")  # nothing of a firm is sent to a map or anywhere else
    links = phone.evaluate("[...document.links].map((link) => link.protocol === 'tel:' ? '' : link.host)")
    assert set(links) <= {here, ""}


def test_an_overdue_order_reads_as_a_sentence_on_a_phone(phone, sign_in, coordinator, police):
    today = timezone.localdate()
    SupervisionOrder.objects.create(
        number="督〔2026〕9号", entry=EntryFactory(unit=police, lead_unit=police), unit=police, demand="限期回复",
        issued_on=today - timedelta(days=9), deadline=today - timedelta(days=1),
    )  # fmt: skip
    sign_in(phone, coordinator)
    phone.goto(reverse("ledger:order-list"))
    expect(phone.locator(".row-card").first).to_contain_text("回复期限 昨天，已逾期")
    assert "前回复" not in phone.locator(".row-card").first.inner_text()


def test_no_button_of_a_page_is_narrower_than_its_words_on_a_phone(phone, sign_in, admin, police):
    firm = EnterpriseFactory()
    EntryFactory(unit=police, enterprise=firm)
    sign_in(phone, admin)
    phone.goto(reverse("enterprises:enterprise-detail", args=[firm.pk]))
    buttons = phone.locator(".page-actions .btn")
    assert buttons.count() == 5
    assert buttons.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def faults_of(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(CHECK, ALL_RULES)
    page.evaluate(SET_THEME, "dark")
    return [*found, *page.evaluate(CHECK, COLOURS)]


def test_axe_finds_nothing_where_steps_are_open_or_many_are_ticked(desk, phone, sign_in, coordinator, police):
    """What only shows once somebody is at work: the matrix of all pages comes by when nobody is."""
    firm = EnterpriseFactory(contact_phone="13907360001", address="孟姜女大道1号")
    given = {"unit": police, "enterprise": firm}
    new, taken, done = (
        EntryFactory(state=state, **given)
        for state in (EntryState.REGISTERED, EntryState.ACCEPTED, EntryState.COMPLETED)
    )
    EntryFactory(state=EntryState.REGISTERED, **given)
    for page in (desk, phone):
        page.emulate_media(reduced_motion="reduce")
        sign_in(page, coordinator)
        for entry, queue in ((new, "to_accept"), (taken, "to_assign"), (done, "to_confirm")):
            page.goto(f"{reverse('ledger:entry-detail', args=[entry.pk])}?queue={queue}")
            expect(page.locator("#move-form")).to_be_visible()
            assert faults_of(page) == [], queue
        page.goto(f"{reverse('ledger:bulk', args=['assign'])}?entry={new.pk}&entry={taken.pk}")
        assert faults_of(page) == []
        page.goto(LIST)
        page.get_by_role("checkbox", name=f"选择 {taken.number}").check()
        assert faults_of(page) == []
    phone.goto(reverse("enterprises:enterprise-detail", args=[firm.pk]))
    assert faults_of(phone) == []
