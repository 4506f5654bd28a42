"""Columns of the register's exports, the same facts as on the lists.

Headings and words are those that an import reads: a list may be put right in a spreadsheet and brought back.
"""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.rights.permissions import Role
from common.books.sheets import Column, words_of
from common.templatetags.ui import masked
from enterprises.models import Enterprise, Pairing


def officers(row: Any) -> str:
    return "、".join(str(pairing.officer) for pairing in row.pairings_now)


def officer_units(row: Any) -> str:
    units = dict.fromkeys(pairing.officer.unit.label for pairing in row.pairings_now if pairing.officer.unit)
    return "、".join(units)


def enterprise_columns(user: User, today: date) -> list[Column]:
    sees_phone = phone_rule(user, today)
    return [
        Column("企业名称", lambda row: row.name, 36),
        Column("统一社会信用代码", lambda row: row.uscc, 22),
        Column("市场主体类型", words_of(Enterprise, "kind"), 12),
        Column("规模以上", lambda row: row.is_above_scale, 9),
        Column("所属产业", lambda row: row.industry and row.industry.name, 12),
        Column("所属大事", lambda row: row.workstream and row.workstream.name, 12),
        Column("企业类型", lambda row: row.legal_form, 16),
        Column("注册资金（元）", capital, 18),
        Column("注册日期", lambda row: row.registered_on, 12),
        Column("经营范围", lambda row: row.business_scope, 40),
        Column("地区", lambda row: row.region, 10),
        Column("注册地址", lambda row: row.address, 36),
        Column("联系人", lambda row: row.contact_name, 10),
        Column("联系电话", lambda row: row.contact_phone if sees_phone(row) else masked(row.contact_phone), 15),
        Column("结对干警", officers, 18),
        Column("结对单位", officer_units, 16),
        Column("最近走访", lambda row: row.last_visit, 12),
        Column("状态", lambda row: status(row, "已注销或迁出"), 12),
        Column("备注", lambda row: row.notes, 24),
    ]


PROJECT_COLUMNS = [
    Column("项目名称", lambda row: row.name, 36),
    Column("项目编号", lambda row: row.number, 16),
    Column("所属大事", lambda row: row.workstream and row.workstream.name, 12),
    Column("建设单位", lambda row: row.builder or (row.enterprise and row.enterprise.name), 30),
    Column("总投资（元）", lambda row: row.investment, 20, total=True),
    Column("开工日期", lambda row: row.started_on, 12),
    Column("计划竣工", lambda row: row.due_on, 12),
    Column("责任单位", lambda row: row.lead_unit and row.lead_unit.name, 16),
    Column("联系干警", lambda row: row.contact and row.contact.name, 10),
    Column("结对干警", officers, 18),
    Column("最近走访", lambda row: row.last_visit, 12),
    Column("状态", lambda row: "在建" if row.is_active else "已完工", 10),
    Column("备注", lambda row: row.notes, 24),
]


def pairing_columns(today: date) -> list[Column]:
    return [
        Column("结对干警", lambda row: row.officer.name, 12),
        Column("工号", lambda row: row.officer.username, 12),
        Column("单位", lambda row: row.officer.unit and row.officer.unit.name, 18),
        Column("对象类别", lambda row: "企业" if row.enterprise_id else "重点项目", 10),
        Column("企业或项目", lambda row: str(row.enterprise or row.project), 36),
        Column("统一社会信用代码", lambda row: row.enterprise and row.enterprise.uscc, 22),
        Column("开始日期", lambda row: row.starts_on, 12),
        Column("结束日期", lambda row: row.ends_on, 12),
        Column("状态", lambda row: "已结束" if row.ends_on and row.ends_on < today else "在结对", 10),
        Column("备注", lambda row: row.notes, 30),
    ]


COVERAGE_COLUMNS = [
    Column("名称", lambda row: row.name, 36),
    Column("所属大事", lambda row: row.workstream and row.workstream.name, 12),
    Column("结对干警", officers, 18),
    Column("结对单位", officer_units, 16),
    Column("最近走访", lambda row: row.last_visit, 12),
]


def capital(row: Any) -> Any:
    """Registered capital in yuan; where it is none, such as another currency, its own words."""
    return row.registered_capital if row.registered_capital is not None else row.capital_text


def status(row: Any, gone: str) -> str:
    if not row.is_active:
        return gone
    return "在册" if row.is_verified else "在册（未核实）"


def phone_rule(user: User, today: date) -> Any:
    """Contact phones are whole for those who see all, coordinators, and the officers paired that day."""
    if user.sees_all or user.role == Role.COORDINATOR:
        return lambda enterprise: True
    mine = set(Pairing.objects.visible_to(user).of(user).on(today).values_list("enterprise_id", flat=True))
    return lambda enterprise: enterprise.pk in mine
