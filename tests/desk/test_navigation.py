"""The navigation: in groups, by role, what was turned by hand stays so, and the page's own group is open."""

import re

import pytest
from django.urls import reverse
from lxml import html

from accounts.rights.permissions import ACTIONS, Role
from jinshi_zf.frame.navigation import GROUPS, Navigation, item_of, turned_by
from tests.access import ADMIN, AUDITOR, COORDINATOR, LEADER, STAFF
from tests.factories import UserFactory
from tests.test_access_matrix import TABLE

ORDER = ["我的工作", "服务", "问题", "案件与挽损", "企业与项目", "统计与报告", "数据与设置"]
LEFT_OUT = {STAFF: {"统计与报告", "数据与设置"}, LEADER: {"数据与设置"}, AUDITOR: set(ORDER[1:6])}
# Reached from the bar at the top, from many pages, or never looked at: they belong to no item.
NOWHERE = re.compile(r"accounts:draft|desk:search|:(choices|\w+-choices)$|-export$|ledger:(attachment|case-files)")
ROLES = [STAFF, COORDINATOR, LEADER, ADMIN, AUDITOR]

pytestmark = pytest.mark.django_db


def looked_at(client, name="desk:home"):
    return html.fromstring(client.get(reverse(name)).content.decode())


def groups_of(tree) -> dict[str, tuple[bool, list[str]]]:
    """Label → (open, its items) of the desk's navigation."""
    found = {}
    for button in tree.xpath("//button[@data-nav-group]"):
        items = tree.get_element_by_id(button.get("aria-controls"))
        is_open = button.get("aria-expanded") == "true"
        assert is_open == (items.get("hidden") is None)
        found[button.text_content().strip()] = (is_open, [a.text_content().strip() for a in items.iter("a")])
    return found


def test_each_role_sees_the_groups_in_one_order_with_what_it_may_do(client, police):
    for role in ROLES:
        user = UserFactory(role=role, unit=None if role == AUDITOR else police)
        client.force_login(user)
        tree = looked_at(client, "accounts:profile")
        groups = groups_of(tree)
        assert list(groups) == [label for label in ORDER if label not in LEFT_OUT.get(role, set())], role
        offered = [item for group in GROUPS for item in group.items if user.can(item.action)]
        assert [label for _, items in groups.values() for label in items] == [item.label for item in offered]
        answers = {item.view: client.get(reverse(item.view)).status_code for item in offered}
        assert {view: status for view, status in answers.items() if status not in {200, 302}} == {}, role
        phone = tree.xpath("//nav[@aria-label='全部页面']")[0]
        assert [word.text_content() for word in phone.iter("h2")] == list(groups)
        assert [a.text_content().strip() for a in phone.iter("a")] == [item.label for item in offered]


def test_the_bar_of_the_phone_holds_the_same_five_in_the_same_order(client, officer, auditor):
    for user, wanted in (
        (officer, ["工作台", "记一笔", "台账", "企业", "我的"]),
        (auditor, ["工作台", "审计", "我的"]),
    ):
        client.force_login(user)
        bar = looked_at(client).xpath("//nav[@aria-label='常用']//a")
        assert [link.text_content().strip() for link in bar] == wanted


def test_what_was_opened_or_closed_by_hand_stays_so_for_its_person_alone(client, officer, coordinator):
    client.force_login(officer)
    client.cookies[f"navigation_{officer.pk}"] = "firms0.service1.mine0"
    groups = groups_of(looked_at(client, "ledger:entry-list"))
    assert {label: is_open for label, (is_open, _) in groups.items()} == {
        "我的工作": False, "服务": True, "问题": True, "案件与挽损": True, "企业与项目": False,
    }  # fmt: skip
    assert groups_of(looked_at(client, "enterprises:project-list"))["企业与项目"][0], "the page's own group is open"
    client.force_login(coordinator)
    assert groups_of(looked_at(client))["企业与项目"][0]


def test_a_cookie_that_says_something_else_is_passed_over(client, officer):
    assert turned_by("firms0..x.reports1.." + "y" * 900) == {"firms": False, "reports": True}
    client.force_login(officer)
    client.cookies[f"navigation_{officer.pk}"] = "<script>.0.1"
    assert all(is_open for is_open, _ in groups_of(looked_at(client)).values())


def test_every_page_belongs_to_an_item():
    """Of somebody: a page may be opened to more people than its item, by a link from where they need it."""
    lost = {
        name
        for name, access in TABLE.items()
        if not NOWHERE.search(name) and not any(item_of(name, role) for role in access.roles or ROLES)
    }
    assert lost == set()


def test_every_item_asks_a_declared_right_and_stands_once():
    items = [item for group in GROUPS for item in group.items]
    assert {item.action for item in items} <= set(ACTIONS)
    assert len({item.view for item in items}) == len({item.label for item in items}) == len(items)
    shown = Navigation.of(Role.STAFF, "ledger:activity-create", {}, reverse)
    assert [place.item.label for section in shown.sections for place in section.places if place.current] == ["记一笔"]
