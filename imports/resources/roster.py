"""干警花名册: people of the office. A new account is inactive, without a usable password, until it is invited."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Unit, UnitKind, User, WorkGroup
from accounts.posts import CITY_WIDE, AccountError, check_an_admin_stays, check_post, check_username
from accounts.rights.permissions import Role
from accounts.services import leave_nothing
from common.text import name_key, pinyin_key
from imports.cells.widgets import Choice, Column, Flag, Number, PersonName, Phone, Text
from imports.errors import RowError
from imports.known import people
from imports.models import RowOutcome
from imports.resources.base import ImportResource

# A city leader, a clerk of the commission's office: leader and coordinator of the whole city.
CITY = "city_"
ROLE_WORDS = {
    **dict.fromkeys(("市领导", "市级领导", "市委领导", "市政府领导", "分管市领导"), CITY + Role.LEADER),
    **dict.fromkeys(
        ("市级联络员", "全市联络员", "政法委联络员", "政法委办公室", "政法委办公室人员"), CITY + Role.COORDINATOR
    ),
    "单位领导": Role.LEADER,
    "系统管理员": Role.ADMIN,
    "政法委办公室管理员": Role.ADMIN,
    "审计人员": Role.AUDITOR,
    "结对干警": Role.STAFF,
    "联络员": Role.COORDINATOR,
    "干警": Role.STAFF,
    "干部": Role.STAFF,
    "派驻干警": Role.STAFF,
    "小组专干": Role.STAFF,
    "负责人": Role.LEADER,
    "审计": Role.AUDITOR,
}


class RosterResource(ImportResource):
    kind, title = "roster", "干警花名册"
    writes = (WorkGroup, User)
    page = "accounts:user-edit"
    looked_at = ("username",)
    lookups = {"unit": "units"}
    read_only = ("在用", "最近登录")

    username = Column("工号", Number("工号", 30), required=True, example="ZF9001")
    name = Column("姓名", PersonName(50), required=True, example="干警9001")
    unit = Column(
        "单位", Text(100), required=True, must_fill=False, example="市公安局", lookup="units", hint="只有审计员可以空着"
    )
    post = Column("职务", Text(50), example="干警")
    role = Column(
        "角色",
        Choice("角色", Role, ROLE_WORDS),
        required=True,
        example="派驻干部",
        hint="市领导填“市领导”，范围就是全市",
    )
    city_wide = Column("全市范围", Flag("全市范围"), example="否", hint="市领导和政法委办公室人员填是", clears=())
    work_group = Column(
        "派驻工作组", Text(100), example="津市港工作组", hint="还没有的工作组会新建", lookup="work_groups"
    )
    phone = Column("手机号码", Phone(), example="13800000000")

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        register.number_widths = people.padded(register.users)

    def look_ahead(self, register: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        register.number_widths |= people.padded(cells["username"] or "" for cells in rows)

    def count(self, row: Any, tally: Any) -> None:
        tally.by_unit[row.made.unit.name if row.made.unit else "不属于单位"] += 1
        tally.rights.update(row.facts.get("rights", ()))

    def figures(self, tally: Any) -> dict[str, Any]:
        moved = {words: tally.rights[words] for words in RIGHTS if tally.rights[words]}
        return {"by_unit": dict(tally.by_unit)} | ({"rights": moved} if moved else {})

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        values["username"] = people.with_zeros(register, row, values["username"])
        key = values["username"].upper()
        again = register.first_time(key, row.source.where, dict(values))
        if again == "same":
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 工号相同，内容相同")
            return
        if again:
            raise RowError("username", f"与 {register.seen[key][0]} 工号相同但内容不同，请只留一行")
        stored = register.users.get(key)
        self.refuse_retired(values, stored)
        settle_scope(values)
        check_right(values, stored)
        keep_an_admin(values, stored, register)
        leave_nothing_behind(values, stored, register)
        values["work_group"] = work_group(values["work_group"], stored, row, register, plan)
        row.made = stored
        if stored is None:
            row.made = invite_later(values)
            plan.add(row.made, row)
            return
        before = rights(stored)
        changed = plan.change(stored, values, row)
        row.facts["rights"] = differences(before, rights(stored))
        stored.pinyin = pinyin_key(stored.name)
        row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)


def settle_scope(values: dict[str, Any]) -> None:
    """The role and the scope that the two cells mean together; who loses such a role loses the scope.

    Raises:
        RowError: a scope that the role cannot have.
    """
    if str(values["role"]).startswith(CITY):
        values["role"] = Role(values["role"].removeprefix(CITY))
        if values["city_wide"] is False:
            raise RowError("city_wide", "角色是全市的，全市范围却填了否，请改正其一")
        values["city_wide"] = True
    if values["role"] not in CITY_WIDE and not values["city_wide"]:
        values["city_wide"] = False


def check_right(values: dict[str, Any], stored: User | None) -> None:
    """Role, unit and scope fit, as on the page; what is stored already is left in peace.

    Raises:
        RowError: what does not; or an admin outside the commission.
    """
    role: str = values["role"]
    unit: Unit | None = values["unit"] or (stored.unit if stored else None)
    try:
        check_username(values["username"])
        check_post(User(role=role, unit=unit, city_wide=bool(values["city_wide"])))
    except AccountError as error:
        raise RowError(error.field or "role", f"{error}；请改正") from error
    as_stored = stored is not None and (stored.role, stored.unit) == (role, unit)
    if role == Role.ADMIN and (unit is None or unit.kind != UnitKind.COMMISSION) and not as_stored:
        raise RowError("role", "管理员只能是市委政法委的人员，请改正角色或单位")


def keep_an_admin(values: dict[str, Any], stored: User | None, register: Any) -> None:
    """As on the page, somebody must be able to let people in.

    Raises:
        RowError: the row takes the role from the last one in use.
    """
    if stored is None or stored.role != Role.ADMIN or values["role"] == Role.ADMIN:
        return
    try:
        check_an_admin_stays(stored, register.users.values(), "role")
    except AccountError as error:
        raise RowError("role", str(error)) from error


def leave_nothing_behind(values: dict[str, Any], stored: User | None, register: Any) -> None:
    """As on the page, nobody goes to another post while work would be left; of the rows above it is known who will be
    coordinator.

    Raises:
        RowError: something is open that would be nobody's.
    """
    if stored is None or not stored.works:
        return
    unit = values["unit"] or stored.unit
    after = User(pk=stored.pk, name=stored.name, role=values["role"], unit=unit, is_active=True)
    if (after.role, after.unit_id) == (stored.role, stored.unit_id):
        return
    try:
        leave_nothing(stored, after, register.users.values())
    except AccountError as error:
        raise RowError(error.field or "role", str(error)) from error


ABOVE = {Role.LEADER: "升为领导", Role.ADMIN: "升为管理员"}
RIGHTS = ("岗位变动", *ABOVE.values(), "单位变动", "改为全市范围", "不再是全市范围")  # in the order they are told
Rights = tuple[str, int | None, bool]


def rights(user: User) -> Rights:
    """What decides what a person sees and may do: role, unit, scope."""
    return user.role, user.unit_id, user.city_wide


def differences(before: Rights, after: Rights) -> list[str]:
    """How they differ, in the words that are counted on the preview."""
    told = ["岗位变动", ABOVE.get(Role(after[0]), "")] if before[0] != after[0] else []
    told += ["单位变动"] if before[1] != after[1] else []
    told += ["改为全市范围" if after[2] else "不再是全市范围"] if before[2] != after[2] else []
    return [words for words in told if words]


def work_group(name: str, stored: User | None, row: Any, register: Any, plan: Any) -> WorkGroup | None:
    """The group of that name, made where the roster is the first to name it."""
    if not name:
        return None
    known = register.work_groups
    key = name_key(name)
    group = known.get(key) or known.get(key.removesuffix("指挥部"))
    if group is not None and not group.is_active and group != (stored and stored.work_group):
        raise RowError("work_group", f"派驻工作组“{group}”已停用，请改填在用的工作组")
    if group is None:
        group = known[key] = WorkGroup(name=name)
        plan.add(group, row)
        row.notes.append(f"新建派驻工作组“{name}”")
    return group


def invite_later(values: dict[str, Any]) -> User:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    user = User(**given, is_active=False, must_change_password=True, password=make_password(None))
    user.pinyin = pinyin_key(user.name)
    return user
