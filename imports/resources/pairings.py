"""结对联系表: which officer serves which enterprise or key project, from a day to a day."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import models

from accounts.models import User
from accounts.rights.permissions import Role
from common.text import name_key
from enterprises.models import Enterprise, KeyProject, Pairing
from imports.cells.widgets import Choice, Code, Column, Day, Number, Text
from imports.errors import RowError
from imports.known import people
from imports.known.matching import by_code, match
from imports.known.naming import listed
from imports.known.register import pairing_key, take_projects
from imports.models import RowOutcome
from imports.resources.base import ImportResource

Target = Enterprise | KeyProject


class TargetKind(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    PROJECT = "project", "重点项目"


KIND_WORDS = {"项目": TargetKind.PROJECT, "市场主体": TargetKind.ENTERPRISE, "公司": TargetKind.ENTERPRISE}


class PairingResource(ImportResource):
    kind, title, label_field = "pairings", "结对联系表", "officer"
    writes = (Pairing,)
    named_fields = ("target", "enterprise", "project")
    matched_fields = ("target", "enterprise")
    lookups = {"unit": "units", "workstream": "workstreams"}
    read_only = ("状态",)

    officer = Column("结对干警", Text(50), example="干警0001", hint="工号、姓名填一样即可；重名的请填工号或单位")
    username = Column("工号", Number("工号", 30), example="")
    unit = Column("单位", Text(100), example="市公安局", lookup="units")
    kind_of = Column("对象类别", Choice("对象类别", TargetKind, KIND_WORDS), example="企业")
    target = Column("企业或项目", Text(200), example="津市样例泰和物流有限公司", hint="须已在企业名录或重点项目里")
    enterprise = Column("结对企业", Text(200), example="", hint="企业和项目分两列填的表用这一列")
    project = Column("结对项目", Text(200), example="", hint="企业和项目分两列填的表用这一列")
    uscc = Column("统一社会信用代码", Code(), example="", hint="有同名企业时填")
    workstream = Column("所属大事", Text(50), example="", lookup="workstreams", hint="只作核对，不改动企业或项目")
    starts_on = Column("开始日期", Day(), required=True, example="2023-04-01")
    ends_on = Column("结束日期", Day(), example="", hint="还在结对的空着；填了就是结束结对，备注里写明原因")
    notes = Column("备注", Text(200), example="")

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        take_projects(register, keys)
        register.learn_pairings(Pairing.objects.for_list())

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        officer = find_officer(values, row, register)
        targets = list(find_targets(values, row, register))
        if not targets:
            raise RowError("target", "请填写企业或重点项目的名称")
        row.label = f"{officer.name} — {'、'.join(str(target) for target in targets)}"[:200]
        results = [place_one(officer, target, values, row, register, plan) for target in targets]
        order = [RowOutcome.CREATE, RowOutcome.UPDATE, RowOutcome.UNCHANGED, RowOutcome.DUPLICATE]
        row.settle(min((outcome for outcome, _ in results), key=order.index))
        row.made = next((pairing for _, pairing in results if pairing), None)
        register.learn_pairings([pairing for outcome, pairing in results if outcome == RowOutcome.CREATE])


def find_officer(values: dict[str, Any], row: Any, register: Any) -> User:
    """The officer by staff number, else the one of that name, in that unit or below it where one is given.

    Raises:
        RowError: nobody, somebody else, or several.
    """
    name, unit = values["officer"], values["unit"]
    if values["username"]:
        found = register.users.get(values["username"].upper())
        if found is None:
            raise RowError("username", f"工号“{values['username']}”不在花名册里，请核对或先导入花名册")
        if name and name_key(found.name) != name_key(name):
            raise RowError("officer", f"工号 {found.username} 是{found.name}，与姓名“{name}”不符，请改正其一")
        return found
    if not name:
        raise RowError("officer", "请填写结对干警的姓名或工号")
    named = register.people.get(name_key(name), [])
    of_unit = [user for user in named if unit is None or people.is_under(user.unit, unit)]
    if len(of_unit) == 1:
        return of_unit[0]
    if of_unit:
        raise RowError("officer", f"有 {len(of_unit)} 位“{name}”，请填工号")
    where = f"；同名的在 {'、'.join(str(user.unit) for user in named)}" if named else ""
    raise RowError("officer", f"“{name}”不在{unit or ''}花名册里{where}，请核对或先导入花名册")


def find_targets(values: dict[str, Any], row: Any, register: Any) -> Iterator[Target]:
    """The enterprise, the project, or both, that the row names.

    Raises:
        RowError: a name that is not in the register, or that is both.
        UnsureError: a name that several enterprises have, or nearly have.
    """
    wanted = values["kind_of"]
    if values["target"] or (values["uscc"] and not values["enterprise"]):
        yield from one_of("target", values["target"], wanted, values["uscc"], row, register)
    if values["enterprise"]:
        yield from one_of("enterprise", values["enterprise"], TargetKind.ENTERPRISE, values["uscc"], row, register)
    if values["project"]:
        yield from one_of("project", values["project"], TargetKind.PROJECT, None, row, register)


def one_of(
    column: str, words: str, wanted: TargetKind | None, code: str | None, row: Any, register: Any
) -> list[Target]:
    """What the words mean: one enterprise or project, or each of those that they list."""
    found = exactly(column, words, wanted, code, row, register)
    if not found and not code:
        parts = listed(words)
        each = [exactly(column, part, wanted, None, row, register) for part in parts]
        found = [target for targets in each for target in targets] if len(parts) > 1 and all(each) else []
    if not found and not code and wanted != TargetKind.PROJECT:
        near = match(register, row, column, words, otherwise="")
        found = [near] if near else []
    if not found:
        lists: dict[TargetKind | None, str] = {TargetKind.ENTERPRISE: "企业名录", TargetKind.PROJECT: "重点项目"}
        where = lists.get(wanted, "企业名录和重点项目") if not code else "企业名录"
        raise RowError(column, f"“{words or code}”不在{where}里，请核对名称，或先在那里登记")
    return list(dict.fromkeys(found))


def exactly(
    column: str, words: str, wanted: TargetKind | None, code: str | None, row: Any, register: Any
) -> list[Target]:
    """The enterprise of that code, else the enterprise or the project of exactly that name."""
    if code and code in register.by_code:
        known = by_code(register, row, column, code, words)
        return [known] if known else []
    enterprise = register.enterprise(code, words) if wanted != TargetKind.PROJECT else None
    project = register.projects.get(name_key(words)) if wanted != TargetKind.ENTERPRISE and not code else None
    found = [target for target in (enterprise, project) if target]
    if len(found) == 2:
        raise RowError("kind_of", f"“{words}”既是企业也是重点项目，请填写对象类别")
    return found


def place_one(
    officer: User, target: Target, values: dict[str, Any], row: Any, register: Any, plan: Any
) -> tuple[RowOutcome, Pairing | None]:
    """One pairing of the row: made, ended, left as it is, or the same as a row before."""
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    if ends_on and ends_on < starts_on:
        raise RowError("ends_on", f"结束日期 {ends_on} 早于开始日期 {starts_on}，请改正")
    check_matter(target, values["workstream"], row)
    key = f"{officer.pk}|{target._meta.model_name}|{target.pk}|{starts_on}"
    again = register.first_time(key, row.source.where, (ends_on, values["notes"]))
    if again == "same":
        row.notes.append(f"与 {register.seen[key][0]} 是同一次结对，内容相同")
        return RowOutcome.DUPLICATE, None
    if again:
        raise RowError("starts_on", f"与 {register.seen[key][0]} 是同一次结对但内容不同，请只留一行")
    same = register.pairings[pairing_key(officer.pk, target)]
    stored = next((pairing for pairing in same if pairing.starts_on == starts_on), None)
    if stored is None:
        pairing = start(officer, target, values, same)
        if isinstance(target, Enterprise):  # it counts where it is in force on the last day
            register.check_ends(row, "starts_on", starts_on, ends_on)
        plan.add(pairing, row)
        return RowOutcome.CREATE, pairing
    return RowOutcome.UPDATE if amend(stored, values, row, register, plan) else RowOutcome.UNCHANGED, stored


def check_matter(target: Target, workstream: Any, row: Any) -> None:
    if workstream and target.workstream and target.workstream != workstream:
        row.notes.append(f"“{target}”在系统里属于{target.workstream}，这里写的是{workstream}，未改动")


def start(officer: User, target: Target, values: dict[str, Any], same: list[Pairing]) -> Pairing:
    """A new pairing; like one started on the page, it must not overlap another of the two.

    Raises:
        RowError: overlapping, or an officer who cannot serve any more.
    """
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    for other in same:
        if starts_on <= (other.ends_on or date.max) and other.starts_on <= (ends_on or date.max):
            until = f"到 {other.ends_on}" if other.ends_on else "至今"
            raise RowError("starts_on", f"{officer.name}从 {other.starts_on} {until}已与“{target}”结对，日期不能重叠")
    if ends_on is None and (officer.role == Role.AUDITOR or not (officer.is_active or officer.last_login is None)):
        raise RowError("officer", f"{officer.name} 的账号已停用或是审计员，不能再结对")
    side = "enterprise" if isinstance(target, Enterprise) else "project"
    return Pairing(officer=officer, starts_on=starts_on, ends_on=ends_on, notes=values["notes"], **{side: target})


def amend(stored: Pairing, values: dict[str, Any], row: Any, register: Any, plan: Any) -> bool:
    """Ends a running pairing, or corrects its notes; one that has ended stays as it ended."""
    ends_on = values["ends_on"]
    if ends_on and ends_on != stored.ends_on:
        if stored.ends_on:
            raise RowError("ends_on", f"这次结对已于 {stored.ends_on} 结束，不能由导入改期")
        if not (values["notes"] or stored.notes):
            raise RowError("notes", "结束结对请在备注写明原因，如岗位调整、项目完工")
        if stored.enterprise_id:
            register.check_ends(row, "ends_on", ends_on + timedelta(days=1))
    return bool(plan.change(stored, {"ends_on": ends_on, "notes": values["notes"]}, row))
