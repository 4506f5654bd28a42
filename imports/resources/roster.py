"""干警花名册: people of the office. A new account is inactive, without a usable password, until it is invited."""

from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import UnitKind, User
from accounts.permissions import Role
from common.text import pinyin_key
from imports.errors import RowError
from imports.models import RowOutcome
from imports.resources.base import ImportResource
from imports.widgets import Choice, Column, Phone, Text

ROLE_WORDS = {
    "联络员": Role.COORDINATOR,
    "干警": Role.STAFF,
    "干部": Role.STAFF,
    "派驻干警": Role.STAFF,
    "小组专干": Role.STAFF,
    "负责人": Role.LEADER,
    "审计": Role.AUDITOR,
}
MAY_BE_CITY_WIDE = (Role.COORDINATOR, Role.LEADER, Role.ADMIN)


class RosterResource(ImportResource):
    kind, title = "roster", "干警花名册"
    lookups = {"unit": "units", "work_group": "work_groups"}

    username = Column("工号", Text(30), required=True, example="ZF9001")
    name = Column("姓名", Text(50), required=True, example="干警9001")
    unit = Column("单位", Text(100), required=True, example="市公安局", lookup="units")
    post = Column("职务", Text(50), example="干警")
    role = Column("角色", Choice("角色", Role, ROLE_WORDS), required=True, example="派驻干部")
    work_group = Column("派驻工作组", Text(100), example="津市港工作组", lookup="work_groups")
    phone = Column("手机号码", Phone(), example="13800000000")

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        key = values["username"].upper()
        again = register.first_time(key, row.source.where, values)
        if again == "same":
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 工号相同，内容相同")
            return
        if again:
            raise RowError("username", f"与 {register.seen[key][0]} 工号相同但内容不同，请只留一行")
        if values["role"] == Role.ADMIN and values["unit"].kind != UnitKind.COMMISSION:
            raise RowError("role", "管理员只能是市委政法委的人员，请改正角色或单位")
        stored = register.users.get(key)
        row.made = stored
        if stored is None:
            row.made = invite_later(values)
            plan.add(row.made, row)
            return
        narrower = {} if values["role"] in MAY_BE_CITY_WIDE or not stored.city_wide else {"city_wide": False}
        changed = plan.change(stored, values | narrower, row)
        stored.pinyin = pinyin_key(stored.name)
        row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)


def invite_later(values: dict[str, Any]) -> User:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    user = User(**given, is_active=False, must_change_password=True, password=make_password(None))
    user.pinyin = pinyin_key(user.name)
    return user
