"""The columns of the ledger's workbook."""

from datetime import date

from common.sheets import Column
from ledger.calendar import working_calendar
from ledger.lights import light_of
from ledger.models import ProblemEntry
from ledger.selectors.entries import provisional


def entry_columns(today: date) -> list[Column]:
    """What a row of the exported ledger tells; contacts' names and telephones stay in the system."""
    calendar = working_calendar()

    def standing(entry: ProblemEntry) -> str:
        light = light_of(entry, today, calendar)
        return light.words if light else ""

    def explained(entry: ProblemEntry) -> str:
        basis = entry.get_deadline_basis_display()
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
        Column("缓急", lambda entry: entry.get_priority_display(), 8),
        Column("来源", lambda entry: entry.get_source_display(), 10),
        Column("登记单位", lambda entry: entry.unit.name, 18),
        Column("牵头单位", lambda entry: entry.lead_unit and entry.lead_unit.name, 18),
        Column("经办人", lambda entry: entry.handler and entry.handler.name, 12),
        Column("状态", lambda entry: entry.get_state_display(), 10),
        Column("办理期限", lambda entry: entry.deadline, 12),
        Column("期限说明", explained, 20),
        Column("时限", standing, 16),
        Column("涉及金额（元）", lambda entry: entry.amount, 18, total=True),
        Column("办理结果", lambda entry: entry.outcome, 40),
        Column("企业评价", lambda entry: entry.get_rating_display(), 10),
        Column("登记日期", lambda entry: entry.registered_on, 12),
        Column("办结日期", lambda entry: entry.completed_on, 12),
        Column("确认日期", lambda entry: entry.confirmed_on, 12),
        Column("销号日期", lambda entry: entry.closed_on, 12),
    ]
