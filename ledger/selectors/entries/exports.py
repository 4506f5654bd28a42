"""The columns of the ledger's workbooks.

Headings and words are those that an import reads: a list may be put right in a spreadsheet and brought back.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from common.books.sheets import Column, words_of
from common.templatetags.ui import masked
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import light_of
from ledger.models import MAIN_MEASURES, ActivityKind, Measure, ProblemEntry, ServiceActivity, SurveyForm
from ledger.selectors.entries.lists import provisional
from ledger.selectors.surveys import sees_phone
from ledger.states import EntryState

# By these an imported row is recognised as the form or the activity it was exported from: neither has a number.
SURVEY_PREFIX, ACTIVITY_PREFIX = "DC", "HD"


def entry_columns(today: date, only: Sequence[str] = (), day: date | None = None) -> list[Column]:
    """What a row of the exported ledger tells: all columns, or those of a view's that there still are, in their usual
    order.

    Contacts' names and telephones stay in the system. As of a past `day`, its state that day stands first.
    """
    found = columns_by(today, working_calendar())
    if only:
        found = [column for column in found if column.label in only] or found
    if day:
        label = f"{day:%Y-%m-%d}状态"
        found.insert(1, Column(label, lambda entry: EntryState(entry.state_then).label, 14))
    return found


def columns_by(today: date, calendar: WorkingCalendar) -> list[Column]:
    basis_of = words_of(ProblemEntry, "deadline_basis")

    def standing(entry: ProblemEntry) -> str:
        light = light_of(entry, today, calendar)
        return light.words if light else ""

    def explained(entry: ProblemEntry) -> str:
        basis = basis_of(entry)
        waited = f"，等待企业顺延 {entry.paused_days} 个工作日" if entry.paused_days else ""
        return f"{basis}{waited}{'，暂定' if provisional(entry, calendar) else ''}".lstrip("，")

    return [
        Column("编号", lambda entry: entry.number, 15),
        Column("问题", lambda entry: entry.title, 40),
        Column("具体情况", lambda entry: entry.content, 50),
        Column("企业", lambda entry: entry.enterprise and entry.enterprise.name, 32),
        Column("重点项目", lambda entry: entry.project and entry.project.name, 24),
        Column("所属大事", lambda entry: entry.workstream and entry.workstream.name),
        Column("类别", lambda entry: entry.category.name),
        Column("缓急", words_of(ProblemEntry, "priority"), 8),
        Column("来源", words_of(ProblemEntry, "source"), 10),
        Column("登记单位", lambda entry: entry.unit.name, 18),
        Column("牵头单位", lambda entry: entry.lead_unit and entry.lead_unit.name, 18),
        Column("经办人", lambda entry: entry.handler and entry.handler.name, 12),
        Column("状态", words_of(ProblemEntry, "state"), 10),
        Column("办理期限", lambda entry: entry.deadline, 12),
        Column("期限说明", explained, 20),
        Column("时限", standing, 16),
        Column("涉及金额（元）", lambda entry: entry.amount, 18, total=True),
        Column("办理结果", lambda entry: entry.outcome, 40),
        Column("企业评价", words_of(ProblemEntry, "rating"), 10),
        Column("登记日期", lambda entry: entry.registered_on, 12),
        Column("办结日期", lambda entry: entry.completed_on, 12),
        Column("确认日期", lambda entry: entry.confirmed_on, 12),
        Column("销号日期", lambda entry: entry.closed_on, 12),
    ]


def output_of(activity: ServiceActivity, measure: Measure | None) -> int | None:
    found = (output.quantity for output in activity.outputs.all() if output.measure == measure)
    return next(found, None)


def quantity_of(activity: ServiceActivity) -> int | None:
    """What 数量 counts for its kind: the kind's own measure, else how many times."""
    main = MAIN_MEASURES.get(ActivityKind(activity.kind))
    return output_of(activity, main) if main else activity.times


def measure_of(activity: ServiceActivity) -> str:
    main = MAIN_MEASURES.get(ActivityKind(activity.kind))
    return main.unit_word if main else "次"


ACTIVITY_COLUMNS = [
    Column("日期", lambda row: row.happened_on, 12),
    Column("活动类型", words_of(ServiceActivity, "kind"), 14),
    Column("服务对象", lambda row: row.target, 36),
    Column("所属大事", lambda row: row.workstream, 14),
    Column("单位", lambda row: row.unit, 16),
    Column("经办干警", lambda row: row.officer, 12),
    Column("带队领导", lambda row: row.led_by, 16),
    Column("专项行动", lambda row: row.campaign, 16),
    Column("数量", quantity_of, 8),
    Column("计量单位", measure_of, 10),
    Column("发放资料", lambda row: output_of(row, Measure.LEAFLETS), 10, total=True),
    Column("咨询人次", lambda row: output_of(row, Measure.ADVICE), 10, total=True),
    Column("次数", lambda row: row.times, 8, total=True),
    Column("成果", lambda row: "、".join(str(output) for output in row.outputs.all()), 24),
    Column("内容摘要", lambda row: row.summary, 50),
    Column("地点", lambda row: row.place, 20),
    Column("见到的人", lambda row: row.met_with, 14),
    Column("系统编号", lambda row: f"{ACTIVITY_PREFIX}-{row.pk:05d}", 12),
]


def phone(row: SurveyForm, user: Any) -> str:
    return row.contact_phone if sees_phone(row, user) else masked(row.contact_phone)


def survey_columns(user: Any) -> list[Column]:
    return [
        Column("序号", lambda row: row.serial, 10),
        Column("企业名称", lambda row: row.enterprise, 36),
        Column("所属行业", lambda row: row.industry, 14),
        Column("所属大事", lambda row: row.workstream, 14),
        Column("走访单位", lambda row: row.unit, 16),
        Column("走访干警", lambda row: row.officer_name or row.officer, 12),
        Column("走访日期", lambda row: row.visited_on, 12),
        Column("联系人", lambda row: row.contact_name, 12),
        Column("联系电话", partial(phone, user=user), 16),
        Column("满意度", words_of(SurveyForm, "satisfaction"), 10),
        Column("诉求类别", lambda row: row.category, 14),
        Column("问题诉求", lambda row: row.appeal, 50),
        Column("涉及金额（元）", lambda row: row.amount, 18),
        Column("意见建议", lambda row: row.suggestion, 40),
        Column("备注", lambda row: row.notes, 20),
        Column("系统编号", lambda row: f"{SURVEY_PREFIX}-{row.pk:05d}", 12),
    ]


COLUMNS = tuple(column.label for column in columns_by(date.min, WorkingCalendar({}, 0)))


def view_rows(entries: Iterable[ProblemEntry], columns: Sequence[Column]) -> list[tuple[ProblemEntry, list[Any]]]:
    """What a page shows of entries in a view's own columns: values as the workbook has them."""
    return [(entry, [column.value(entry) for column in columns]) for entry in entries]


SHIFT_COLUMNS = [
    Column("编号", lambda shift: shift.entry.number, 15),
    Column("问题", lambda shift: shift.entry.title, 40),
    Column("责任单位", lambda shift: shift.unit.name, 18),
    Column("原期限", lambda shift: shift.was, 12),
    Column("新期限", lambda shift: shift.now, 12),
    Column("原因", lambda shift: str(shift.cause), 30),
    Column("日期", lambda shift: shift.event.happened_on, 12),
]
