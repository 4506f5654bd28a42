"""How the records behind a figure are listed: columns and the page each row opens, by kind of record.

The same columns make the page and its Excel.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from common.books.sheets import Column
from ledger.states import EntryState

Row = Any


@dataclass(frozen=True)
class Listing:
    """`url` gives the page of a row, or None where the kind has none; `related` is read with the rows."""

    columns: tuple[Column, ...]
    url: Callable[[Row], str | None]
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ("-pk",)


def to(view: str, attribute: str = "pk") -> Callable[[Row], str | None]:
    """The detail page of the row, or of what one of its foreign keys names."""

    def url(row: Row) -> str | None:
        key = getattr(row, attribute)
        return reverse(view, args=[key]) if key else None

    return url


def recovery_url(row: Row) -> str | None:
    for view, key in (
        ("cases:case-detail", row.case_id),
        ("ledger:entry-detail", row.entry_id),
        ("ledger:activity-detail", row.activity_id),
    ):
        if key:
            return reverse(view, args=[key])
    return None


def recovery_subject(row: Row) -> str:
    return str(row.case or row.entry or row.activity)


def who_or_what(row: Row) -> str:
    return str(row.enterprise or row.project or "")


UNIT = Column("单位", lambda row: row.unit, 16)
MATTER = Column("所属大事", lambda row: row.workstream, 12)

ACTIVITIES = Listing(
    (
        Column("服务对象", lambda row: row.target, 32),
        Column("类型", lambda row: row.get_kind_display(), 14),
        Column("日期", lambda row: row.happened_on, 14),
        Column("次数", lambda row: row.times, 8, total=True),
        UNIT,
        Column("经办干警", lambda row: row.officer, 12),
        MATTER,
    ),
    to("ledger:activity-detail"),
    ("enterprise", "project", "unit", "officer", "workstream"),
    ("-happened_on", "-pk"),
)
OUTPUTS = Listing(
    (
        Column("服务对象", lambda row: row.activity.target, 32),
        Column("类型", lambda row: row.activity.get_kind_display(), 14),
        Column("日期", lambda row: row.activity.happened_on, 14),
        Column("成果", lambda row: row.get_measure_display(), 12),
        Column("数量", lambda row: row.quantity, 10, total=True),
        Column("单位", lambda row: row.activity.unit, 16),
        Column("所属大事", lambda row: row.activity.workstream, 12),
    ),
    to("ledger:activity-detail", "activity_id"),
    ("activity__enterprise", "activity__project", "activity__unit", "activity__workstream"),
    ("-activity__happened_on", "-pk"),
)
CONFIRMATIONS = Listing(
    (
        Column("问题", lambda row: row.entry.title, 40),
        Column("编号", lambda row: row.entry.number, 16),
        Column("企业或项目", lambda row: who_or_what(row.entry), 28),
        Column("所属大事", lambda row: row.entry.workstream, 12),
        Column("牵头单位", lambda row: row.entry.lead_unit or row.entry.unit, 16),
        Column("状态", lambda row: row.entry.get_state_display(), 10),
        Column("登记日期", lambda row: row.entry.registered_on, 14),
        Column("确认日期", lambda row: row.happened_on, 14),
    ),
    to("ledger:entry-detail", "entry_id"),
    ("entry__enterprise", "entry__project", "entry__workstream", "entry__lead_unit", "entry__unit"),
    ("-happened_on", "-pk"),
)
REGISTRATIONS = Listing(
    (
        Column("问题", lambda row: row.entry.title, 40),
        Column("编号", lambda row: row.entry.number, 16),
        Column("企业或项目", lambda row: who_or_what(row.entry), 28),
        Column("所属大事", lambda row: row.entry.workstream, 12),
        Column("登记时单位", lambda row: row.unit, 16),
        Column("状态", lambda row: row.entry.get_state_display(), 10),
        Column("登记日期", lambda row: row.happened_on, 14),
    ),
    to("ledger:entry-detail", "entry_id"),
    ("entry__enterprise", "entry__project", "entry__workstream", "unit"),
    ("-happened_on", "-pk"),
)
CASES = Listing(
    (
        Column("案号", lambda row: row.number, 28),
        Column("类型", lambda row: row.get_kind_display(), 14),
        Column("案由", lambda row: row.title, 28),
        UNIT,
        MATTER,
        Column("立案日期", lambda row: row.filed_on, 14),
        Column("结案日期", lambda row: row.closed_on, 14),
        Column("结果", lambda row: row.get_result_display(), 12),
        Column("拘留（名）", lambda row: row.detained_persons, 10, total=True),
    ),
    to("cases:case-detail"),
    ("unit", "workstream"),
    ("-filed_on", "-pk"),
)
RECOMMENDATIONS = Listing(
    (
        Column("文号", lambda row: row.number, 24),
        Column("事由", lambda row: row.subject, 36),
        Column("发送对象", lambda row: row.addressee, 24),
        Column("制发单位", lambda row: row.unit, 16),
        MATTER,
        Column("制发日期", lambda row: row.issued_on, 14),
    ),
    to("cases:case-detail", "case_id"),
    ("unit", "workstream"),
    ("-issued_on", "-pk"),
)
RECOVERIES = Listing(
    (
        Column("依据", lambda row: row.basis, 36),
        Column("类型", lambda row: row.get_kind_display(), 10),
        Column("金额（元）", lambda row: row.amount, 18, total=True),
        Column("日期", lambda row: row.happened_on, 14),
        Column("案件、问题或活动", recovery_subject, 32),
        UNIT,
        MATTER,
    ),
    recovery_url,
    ("case", "entry", "activity__enterprise", "activity__project", "unit", "workstream"),
    ("-amount", "-pk"),
)
TYPICAL_CASES = Listing(
    (
        Column("标题", lambda row: row.title, 40),
        Column("发布渠道", lambda row: row.channel, 24),
        Column("发布日期", lambda row: row.published_on, 14),
        Column("报送单位", lambda row: row.unit, 16),
        MATTER,
    ),
    to("cases:case-detail", "case_id"),
    ("unit", "workstream"),
    ("-published_on", "-pk"),
)
SURVEYS = Listing(
    (
        Column("企业", lambda row: row.enterprise, 32),
        Column("走访日期", lambda row: row.visited_on, 14),
        Column("走访单位", lambda row: row.unit, 16),
        Column("走访干警", lambda row: row.officer_name, 12),
        Column("满意度", lambda row: row.get_satisfaction_display(), 10),
        Column("问题诉求", lambda row: row.appeal, 40),
        MATTER,
    ),
    to("ledger:survey-detail"),
    ("enterprise", "unit", "workstream"),
    ("-visited_on", "-pk"),
)
TASKS = Listing(
    (
        Column("任务", lambda row: row.name, 40),
        Column("序号", lambda row: row.number, 8),
        Column("牵头单位", lambda row: row.lead_unit, 16),
        Column("开始", lambda row: row.starts_on, 14),
        Column("结束", lambda row: row.ends_on, 14),
        Column("进度（%）", lambda row: row.progress, 10),
    ),
    lambda row: reverse("ledger:plan"),
    ("lead_unit",),
    ("number", "pk"),
)
ENTERPRISES = Listing(
    (
        Column("名称", lambda row: row.name, 36),
        Column("统一社会信用代码", lambda row: row.uscc, 22),
        Column("类型", lambda row: row.get_kind_display(), 12),
        Column("规模以上", lambda row: row.is_above_scale, 10),
        Column("所属产业", lambda row: row.industry, 14),
        MATTER,
    ),
    to("enterprises:enterprise-detail"),
    ("industry", "workstream"),
    ("name", "pk"),
)
PROJECTS = Listing(
    (
        Column("名称", lambda row: row.name, 36),
        Column("项目编号", lambda row: row.number, 14),
        Column("建设单位", lambda row: row.builder, 28),
        Column("责任单位", lambda row: row.lead_unit, 16),
        MATTER,
    ),
    to("enterprises:project-detail"),
    ("lead_unit", "workstream"),
    ("name", "pk"),
)
RATED = Listing(
    (
        Column("问题", lambda row: row.title, 40),
        Column("编号", lambda row: row.number, 16),
        Column("企业或项目", who_or_what, 28),
        Column("所属大事", lambda row: row.workstream, 12),
        Column("当日状态", lambda row: EntryState(row.state_then).label, 10),
        Column("计入化解", lambda row: row.was_resolved, 10),
        Column("登记日期", lambda row: row.registered_on, 14),
    ),
    to("ledger:entry-detail"),
    ("enterprise", "project", "workstream"),
    ("-registered_on", "-pk"),
)

LISTINGS: dict[str, Listing] = {
    "activities": ACTIVITIES,
    "outputs": OUTPUTS,
    "confirmations": CONFIRMATIONS,
    "registrations": REGISTRATIONS,
    "cases": CASES,
    "recommendations": RECOMMENDATIONS,
    "recoveries": RECOVERIES,
    "typical_cases": TYPICAL_CASES,
    "surveys": SURVEYS,
    "tasks": TASKS,
    "enterprises": ENTERPRISES,
    "projects": PROJECTS,
}
