"""axe-core over every address of the access matrix, in both themes: who hears the page, or cannot tell its colours
apart, uses it too."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, Page

from accounts.models import User
from duty.models import DutyShift
from ledger.models import BulkRun, ConfirmationLink, NoticeKind
from ledger.services.checking.confirmations import token_of
from ledger.services.messages.notices import notify
from ledger.states import EntryState
from reports.dashboard.screens import NewScreen, make_screen
from tests.access import ADMIN, AUDITOR, COORDINATOR, LEADER, STAFF
from tests.factories import EntryFactory, KeyProjectFactory, PairingFactory, UserFactory
from tests.factories.duty import leave, shift
from tests.test_access_matrix import OPEN, TABLE

pytestmark = pytest.mark.django_db(transaction=True)
AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
ROLES = [COORDINATOR, ADMIN, LEADER, STAFF, AUDITOR]  # the first that may open an address opens it
# Not on by default: what a button is called aloud begins with the words that it shows.
ALL_RULES = {"rules": {"label-content-name-mismatch": {"enabled": True}}}
# The theme changes colours, and nothing else; the width, what is shown at all.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
CHECK = """async (options) => {
  const found = await axe.run(document, { resultTypes: ["violations"], ...options });
  return found.violations.map((rule) => [rule.id, rule.nodes.map((node) => `${node.target.join(" ")}  ${node.html}`)]);
}"""
OPEN_ALL = """async () => {
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  document.querySelectorAll(".collapse, .dropdown-menu").forEach((one) => one.classList.add("show"));
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""
SET_THEME = "(theme) => { document.documentElement.dataset.bsTheme = theme; }"
# Shown to nobody of a role, only to whoever it belongs to.
OWNERS = {
    "duty:swap-create": lambda pk: DutyShift.objects.get(pk=pk).officer,
    "ledger:bulk-result": lambda pk: BulkRun.objects.get(pk=pk).actor,
}
A_FILE = "jobs:export-download"
ON_THE_PHONE = {
    *("accounts:profile", "desk:home", "duty:mine", "duty:week", "ledger:activity-create", "ledger:entry-detail"),
    *("ledger:entry-list", "reports:dashboard", "reports:target", "reports:weekly"),
}

Visit = tuple[str, str, User | None]


def furnish(police, users: dict[str, User]) -> None:
    """What the rows of the addresses leave out: something unread, somebody to visit, a shift of one's own."""
    entry, now = EntryFactory(unit=police, handler=users[STAFF], state=EntryState.HANDLING), timezone.now()
    notify([user for user in users.values() if user.unit], NoticeKind.REMINDED, entry, "请抓紧", by=None, at=now)
    PairingFactory(officer=users[STAFF])
    PairingFactory(officer=users[STAFF], enterprise=None, project=KeyProjectFactory(builder="津市样例建设公司"))
    for half in ("am", "pm"):
        shift(users[STAFF], half=half)
    leave(users[COORDINATOR], timezone.localdate(), timezone.localdate())


def visits(police) -> list[Visit]:
    """(name, address, who) of all that are read, after the rows of every one of them were made."""
    users = {role: UserFactory(unit=None if role == AUDITOR else police, role=role) for role in ROLES}
    furnish(police, users)
    found: list[Visit] = []
    for name, access in sorted(TABLE.items()):
        if access.method != "get" or name == A_FILE:
            continue
        arguments = access.make(police) if access.make else {}
        who = next((users[role] for role in ROLES if role in access.roles), None) or OWNERS[name](**arguments)
        found.append((name, reverse(name, kwargs=arguments), who))
    found += [("desk:home", reverse("desk:home"), user) for user in users.values()]
    return sorted(found, key=lambda visit: visit[2].pk) + open_to_all(users[ADMIN])


def open_to_all(admin: User) -> list[Visit]:
    now = timezone.now()
    data = NewScreen(name="大厅", unit=None, expires_on=timezone.localdate() + timedelta(days=1))
    arguments = {
        "accounts:login": {},
        "ledger:confirmation-answer": {"token": token_of(ConfirmationLink.objects.latest("pk"))},
        "reports:screen": {"key": make_screen(data=data, by=admin, now=now, submission=None)[1]},
    }
    assert set(arguments) | {"accounts:logout"} == OPEN
    return [(name, reverse(name, kwargs=given), None) for name, given in arguments.items()]


class Visitor:
    """One browser page that becomes whoever may see the address."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.user = page, site, None
        page.context.add_init_script(path=AXE)
        page.emulate_media(reduced_motion="reduce")

    def become(self, user: User | None) -> None:
        if user == self.user:
            return
        self.user = user
        self.page.context.clear_cookies()
        if user:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            self.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site}])

    def open(self, visit: Visit) -> bool:
        """False for what is no page: files, and parts that htmx puts into one."""
        self.become(visit[2])
        try:
            answer = self.page.goto(visit[1])
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return False
        is_page = answer.headers["content-type"].startswith("text/html")
        return is_page and self.page.evaluate("document.doctype !== null")

    def faults(self, themes: dict[str, dict]) -> dict[str, list[str]]:
        found = defaultdict(list)
        self.page.evaluate(OPEN_ALL)
        for theme, options in themes.items():
            self.page.evaluate(SET_THEME, theme)
            for rule, nodes in self.page.evaluate(CHECK, options):
                found[f"{rule} ({theme})"] += nodes
        return found


def told(faults: dict[str, dict[str, list[str]]]) -> str:
    return json.dumps(faults, ensure_ascii=False, indent=1)


def test_axe_finds_nothing_on_any_page_in_either_theme(desk, live_server, police):
    visitor, faults, opened = Visitor(desk, live_server.url), {}, set()
    for visit in visits(police):
        if visitor.open(visit):
            opened.add(visit[0])
            if found := visitor.faults({"light": ALL_RULES, "dark": COLOURS}):
                faults[f"{visit[0]} ({visit[2]})"] = found
    assert len(opened) > 100
    assert faults == {}, told(faults)


def test_axe_finds_nothing_on_the_pages_that_are_others_on_a_phone(phone, live_server, police):
    visitor, faults = Visitor(phone, live_server.url), {}
    for visit in visits(police):
        if visit[0] in ON_THE_PHONE and visitor.open(visit) and (found := visitor.faults({"light": ALL_RULES})):
            faults[f"{visit[0]} ({visit[2]})"] = found
    assert faults == {}, told(faults)
