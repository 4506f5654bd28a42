"""Columns of the exports about people and the audit trail."""

from common.books.sheets import Column
from common.templatetags.ui import browser

PEOPLE = [
    Column("工号", lambda user: user.username),
    Column("姓名", lambda user: user.name),
    Column("单位", lambda user: user.unit.name if user.unit else "", 20),
    Column("岗位", lambda user: user.get_role_display()),
    Column("全市范围", lambda user: user.city_wide, 10),
    Column("职务", lambda user: user.post),
    Column("派驻工作组", lambda user: user.work_group.name if user.work_group else "", 20),
    Column("手机号码", lambda user: user.masked_phone, 16),
    Column("在用", lambda user: user.is_active, 8),
    Column("最近登录", lambda user: user.last_login, 18),
]
INITIAL_PASSWORDS = [
    Column("单位", lambda given: given[0].unit and given[0].unit.name, 24),
    Column("姓名", lambda given: given[0].name, 12),
    Column("工号", lambda given: given[0].username, 14),
    Column("初始密码", lambda given: given[1], 18),
    Column("领取人签字", lambda given: "", 16),
]
HISTORY = [
    Column("时间", lambda line: line.at, 18),
    Column("操作人", lambda line: line.person),
    Column("工号", lambda line: line.number),
    Column("来源地址", lambda line: line.address, 16),
    Column("动作", lambda line: line.action, 8),
    Column("对象", lambda line: line.kind),
    Column("名称", lambda line: line.what, 30),
    Column("改动", lambda line: line.words, 60),
]
SIGN_INS = [
    Column("时间", lambda row: row.attempt_time, 18),
    Column("工号", lambda row: row.username),
    Column("来源地址", lambda row: row.ip_address, 16),
    Column("设备和浏览器", lambda row: browser(row.user_agent), 20),
    Column("浏览器标识（原文）", lambda row: row.user_agent, 60),
]
EXPORTS = [
    Column("时间", lambda row: row.exported_at, 18),
    Column("导出人", lambda row: row.user.name),
    Column("工号", lambda row: row.user.username),
    Column("内容", lambda row: row.what, 20),
    Column("筛选条件", lambda row: row.filtered or "无，全部导出", 40),
    Column("行数", lambda row: row.rows, 10),
]
