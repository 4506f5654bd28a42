"""Where everything is: each page of the navigation once, in groups by what people do.

The desk's side, the phone's bottom bar and its full list under 我的 are three views of these groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from accounts.rights.permissions import ACTIONS, WORKING, Role

Address = Callable[[str], str]


@dataclass(frozen=True)
class Item:
    """`under`: the beginnings of the names of the other addresses that belong to it. `bar`: its place in the phone's
    bottom bar, where there is room for `short`."""

    label: str
    icon: str
    view: str
    action: str
    under: tuple[str, ...] = ()
    bar: int = 0
    short: str = ""


@dataclass(frozen=True)
class Group:
    """`daily`: the roles for whom it stands open until they close it themselves."""

    key: str
    label: str
    daily: frozenset[str]
    items: tuple[Item, ...]


EVERYONE = WORKING | {Role.AUDITOR}
VISITING = frozenset({Role.STAFF, Role.COORDINATOR})

GROUPS = (
    Group(
        "mine",
        "我的工作",
        EVERYONE,
        (
            Item("工作台", "home", "desk:home", "home.view", under=("desk:waiting", "ledger:notice"), bar=1),
            Item("记一笔", "square-plus", "ledger:activity-create", "activity.log", bar=2),
            Item("工作方案", "target-arrow", "ledger:plan", "plan.view", under=("ledger:plan", "ledger:task")),
            Item(
                "我的",
                "user",
                "accounts:profile",
                "home.view",
                under=("accounts:password", "accounts:reminders", "jobs:"),
                bar=9,
            ),
        ),
    ),
    Group(
        "service",
        "服务",
        WORKING - {Role.LEADER},
        (
            Item("服务活动", "walk", "ledger:activity-list", "activity.view", under=("ledger:activity",)),
            Item("值班表", "calendar-user", "duty:week", "duty.view", under=("duty:",)),
            Item("调查表", "file-description", "ledger:survey-list", "survey.view", under=("ledger:survey",)),
        ),
    ),
    Group(
        "problems",
        "问题",
        WORKING,
        (
            Item(
                "问题台账",
                "clipboard-list",
                "ledger:entry-list",
                "ledger.view",
                under=("ledger:entry", "ledger:bulk", "ledger:view", "ledger:confirmation"),
                bar=3,
                short="台账",
            ),
            Item(
                "督办单",
                "speakerphone",
                "ledger:order-list",
                "supervision.view",
                under=("ledger:order", "ledger:escalation"),
            ),
            Item("撤单质检", "checkup-list", "ledger:recheck-list", "recheck.view", under=("ledger:recheck",)),
        ),
    ),
    Group(
        "cases",
        "案件与挽损",
        frozenset({Role.STAFF}),
        (
            Item("涉企案件", "gavel", "cases:case-list", "case.view", under=("cases:",)),
            Item("挽回损失", "coin-yuan", "ledger:recovery-list", "case.view", under=("ledger:recovery",)),
        ),
    ),
    Group(
        "firms",
        "企业与项目",
        VISITING,
        (
            Item(
                "企业名录",
                "building-factory-2",
                "enterprises:enterprise-list",
                "register.view",
                under=("enterprises:enterprise", "enterprises:double", "enterprises:merge", "enterprises:former"),
                bar=4,
                short="企业",
            ),
            Item("重点项目", "crane", "enterprises:project-list", "register.view", under=("enterprises:project",)),
            Item("走访覆盖", "map-check", "enterprises:coverage", "register.view", under=("enterprises:coverage",)),
            Item(
                "结对联系",
                "heart-handshake",
                "enterprises:pairing-list",
                "register.view",
                under=("enterprises:pairing",),
            ),
            Item("六件大事", "flag", "enterprises:workstream-list", "register.view", under=("enterprises:work",)),
        ),
    ),
    Group(
        "reports",
        "统计与报告",
        frozenset({Role.LEADER}),
        (
            Item("驾驶舱", "chart-dots", "reports:dashboard", "reports.view", under=("reports:dashboard",)),
            Item("每周通报", "report-analytics", "reports:weekly", "reports.view", under=("reports:weekly",)),
            Item(
                "半年统计",
                "table",
                "reports:tally",
                "reports.view",
                under=("reports:tally", "reports:rates", "reports:records", "reports:indicators", "reports:target"),
            ),
            Item("期间结账", "lock", "reports:period-list", "reports.view", under=("reports:period",)),
            Item("工作汇报", "file-text", "reports:briefing-list", "briefing.view", under=("reports:briefing",)),
            Item("大屏", "device-tv", "reports:screen-list", "screens.manage", under=("reports:screen",)),
        ),
    ),
    Group(
        "office",
        "数据与设置",
        frozenset({Role.ADMIN, Role.AUDITOR}),
        (
            Item("数据导入", "file-import", "imports:batch-list", "import.run", under=("imports:",)),
            Item(
                "人员与单位",
                "users",
                "accounts:user-list",
                "users.manage",
                under=("accounts:user", "accounts:people", "accounts:unit"),
            ),
            Item(
                "工作交接",
                "arrows-exchange",
                "ledger:handover-list",
                "users.handover",
                under=("ledger:handover", "ledger:vacancy"),
            ),
            Item(
                "日历与时限",
                "calendar-event",
                "ledger:calendar",
                "calendar.edit",
                under=("ledger:calendar", "ledger:money-rule", "ledger:shift", "ledger:rule"),
            ),
            Item("提醒设置", "bell-cog", "ledger:ladder", "reminders.edit", under=("ledger:ladder", "ledger:robot")),
            Item(
                "审计",
                "shield-check",
                "accounts:audit-list",
                "audit.view",
                under=("accounts:audit", "accounts:signin"),
                bar=2,
            ),
            Item("导出记录", "download", "accounts:export-list", "audit.view", under=("accounts:export",)),
        ),
    ),
)


@dataclass(frozen=True)
class Place:
    """An item as one page shows it."""

    item: Item
    url: str
    current: bool

    @property
    def short(self) -> str:
        return self.item.short or self.item.label


@dataclass(frozen=True)
class Section:
    """A group as one page shows it, with what its reader may do."""

    group: Group
    places: tuple[Place, ...]
    is_open: bool


@dataclass(frozen=True)
class Navigation:
    """The groups of one person on one page; none is empty."""

    sections: tuple[Section, ...]

    @classmethod
    def of(cls, role: str, here: str, turned: Mapping[str, bool], address: Address) -> Self:
        """`here`: the name of the page's address; `turned`: the groups opened or closed by hand before."""
        shown, sections = item_of(here, role), []
        for group in GROUPS:
            places = tuple(
                Place(item, address(item.view), item is shown) for item in group.items if role in ACTIONS[item.action]
            )
            is_open = any(place.current for place in places) or turned.get(group.key, role in group.daily)
            if places:
                sections.append(Section(group, places, is_open))
        return cls(tuple(sections))

    @property
    def bar(self) -> list[Place]:
        """What the phone's bottom bar holds."""
        placed = [place for section in self.sections for place in section.places if place.item.bar]
        return sorted(placed, key=lambda place: place.item.bar)


def item_of(here: str, role: str) -> Item | None:
    """The item a page belongs to: its own, or the one that it stands under."""
    items = [item for group in GROUPS for item in group.items if role in ACTIONS[item.action]]
    own = next((item for item in items if item.view == here), None)
    return own or next((item for item in items if here.startswith(item.under)), None)


def turned_by(cookie: str) -> dict[str, bool]:
    """What frame/navigation.js remembers in the browser: `firms0.reports1` is one group closed, another opened."""
    return {word[:-1]: word[-1] == "1" for word in cookie[:500].split(".") if word[-1:] in {"0", "1"}}
