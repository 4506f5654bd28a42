"""What every page's frame needs: the navigation of this person's role."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.rights.permissions import Role


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    view: str
    action: str
    phone: bool = False
    under: tuple[str, ...] = ()


NAVIGATION = [
    Item("工作台", "home", "desk:home", "home.view", phone=True, under=("desk:waiting",)),
    Item("记一笔", "square-plus", "ledger:activity-create", "activity.log", phone=True),
    Item("服务活动", "walk", "ledger:activity-list", "activity.view", under=("ledger:activity",)),
    Item("值班表", "calendar-user", "duty:week", "duty.view", under=("duty:",)),
    Item(
        "问题台账",
        "clipboard-list",
        "ledger:entry-list",
        "ledger.view",
        phone=True,
        under=("ledger:entry",),
    ),
    Item(
        "督办单", "speakerphone", "ledger:order-list", "supervision.view", under=("ledger:order", "ledger:escalation")
    ),
    Item("撤单质检", "checkup-list", "ledger:recheck-list", "recheck.view", under=("ledger:recheck",)),
    Item("涉企案件", "gavel", "cases:case-list", "case.view", under=("cases:",)),
    Item("挽回损失", "coin-yuan", "ledger:recovery-list", "case.view", under=("ledger:recovery",)),
    Item(
        "企业与项目",
        "building-factory-2",
        "enterprises:enterprise-list",
        "register.view",
        phone=True,
        under=("enterprises:",),
    ),
    Item("调查表", "file-description", "ledger:survey-list", "survey.view", under=("ledger:survey",)),
    Item("工作方案", "target-arrow", "ledger:plan", "plan.view", under=("ledger:plan", "ledger:task")),
    Item("驾驶舱", "chart-dots", "reports:dashboard", "reports.view", under=("reports:dashboard",)),
    Item("每周通报", "report-analytics", "reports:weekly", "reports.view", under=("reports:weekly",)),
    Item(
        "半年统计",
        "table",
        "reports:tally",
        "reports.view",
        under=("reports:tally", "reports:rates", "reports:records", "reports:indicators"),
    ),
    Item("期间结账", "lock", "reports:period-list", "reports.view", under=("reports:period",)),
    Item("大屏", "device-tv", "reports:screen-list", "screens.manage", under=("reports:screen",)),
    Item("工作汇报", "file-text", "reports:briefing-list", "briefing.view", under=("reports:briefing",)),
    Item(
        "日历与时限",
        "calendar-event",
        "ledger:calendar",
        "calendar.edit",
        under=("ledger:calendar", "ledger:money-rule", "ledger:shift"),
    ),
    Item("提醒设置", "bell-cog", "ledger:ladder", "reminders.edit", under=("ledger:ladder", "ledger:robot")),
    Item("数据导入", "file-import", "imports:batch-list", "import.run", under=("imports:",)),
    Item(
        "工作交接",
        "arrows-exchange",
        "ledger:handover-list",
        "users.handover",
        under=("ledger:handover", "ledger:vacancy"),
    ),
    Item(
        "人员与单位",
        "users",
        "accounts:user-list",
        "users.manage",
        under=("accounts:user", "accounts:people", "accounts:unit"),
    ),
    Item(
        "审计",
        "shield-check",
        "accounts:audit-list",
        "audit.view",
        phone=True,
        under=("accounts:audit", "accounts:signin"),
    ),
    Item("导出记录", "download", "accounts:export-list", "audit.view", under=("accounts:export",)),
    Item("我的", "user", "accounts:profile", "home.view", phone=True),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    here = request.resolver_match.view_name if request.resolver_match else ""
    items = []
    for item in NAVIGATION:
        if not user.can(item.action):
            continue
        url = reverse(item.view)
        current = here == item.view or any(
            here.startswith(prefix) and here != "ledger:activity-create" for prefix in item.under
        )
        items.append(
            {
                "label": item.label,
                "icon": item.icon,
                "url": url,
                "phone": item.phone,
                "current": current,
            }
        )
    return {"navigation": items, "is_auditor": user.role == Role.AUDITOR}
