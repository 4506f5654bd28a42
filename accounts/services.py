"""Who may sign in, with which role: the rules of the office's people and units."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from axes.utils import reset
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from accounts.leaving import (
    Counts,
    check_in_reach,
    check_unit_free,
    in_words,
    open_work,
    out_of_reach,
    received_alone,
)
from accounts.models import Unit, User
from accounts.posts import AccountError, check_an_admin_stays, check_person, check_unit_in_use, is_admin_in_use
from accounts.rights.permissions import Role
from accounts.signin.passwords import initial_password, stored_initial
from common.closing import changed_words, look, settle_register
from common.forms.conflicts import save_version
from common.rows.database import one_at_a_time

RIGHTS = "accounts.rights"  # held by whoever changes who may do what, or the tree of units: one after the other


@transaction.atomic
def create_user(*, data: dict[str, Any]) -> tuple[User, str]:
    """Adds a person who can sign in at once, and gives back the initial password, which is kept nowhere.

    Raises:
        AccountError: the staff number is taken, role and unit or city-wide scope don't fit.
    """
    one_at_a_time(RIGHTS)
    user = User(must_change_password=True)
    fill(user, data)
    check_person(user)
    check_unit_in_use(user)
    password = initial_password()
    user.password = stored_initial(password)
    store(user, None, "username", "这个工号已有人使用，请核对")
    return user, password


@transaction.atomic
def edit_user(*, pk: int, data: dict[str, Any], version: int | None, by: User | None = None) -> User:
    """Changes a person's post, unit, role or scope; in force at their next click. Closed periods that count a firm
    paired with them by their unit are told.

    Raises:
        AccountError: as in create_user; or the office would be left without an admin.
        StaleVersionError: another admin saved the person in between.
    """
    one_at_a_time(RIGHTS)
    user, before = held(pk), User.objects.get(pk=pk)
    seen = look(user)
    fill(user, data)
    check_person(user)
    if user.unit_id != before.unit_id:
        check_unit_in_use(user)
    if is_admin_in_use(before) and not is_admin_in_use(user):
        keep_an_admin(before, "role")
    leave_nothing(before, user)
    store(user, version, "username", "这个工号已有人使用，请核对")
    settle_register(seen, user, changed_words(before, user, only=("unit",)), by)
    return user


def held(pk: int) -> User:
    """The person as stored now, held until the transaction ends: what is written then undoes nobody's change, and
    who is given work at this moment is either counted or refused (`share_rows` in the ledger)."""
    return User.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)


def put(user: User, **fields: Any) -> None:
    """Writes these fields of a held person and no other; a form opened before them is told."""
    fill(user, {**fields, "version": user.version + 1})
    user.save(update_fields=[*fields, "version"])


def keep_an_admin(user: User, field: str | None = None) -> None:
    """Somebody must be able to let people in."""
    check_an_admin_stays(user, User.objects.filter(role=Role.ADMIN, is_active=True), field)


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Ends a person's access, at once and in every browser.

    Raises:
        AccountError: oneself, the last admin, or someone in whose name something is still open.
    """
    if user.pk == by.pk:
        raise AccountError("不能停用自己的账号，请由另一位管理员办理")
    one_at_a_time(RIGHTS)
    stored = held(user.pk)
    if not stored.is_active:
        return
    if stored.role == Role.ADMIN:
        keep_an_admin(stored)
    before = copy(stored)
    stored.is_active = False
    leave_nothing(before, stored)
    put(stored, is_active=False)


def leave_nothing(before: User, after: User, others: Iterable[User] | None = None) -> None:
    """Whether a person may go from one post to another, or for good, without leaving work behind: on the page, in the
    roster and its undoing, in the maintenance door. `others` are the people as they will be, unless as stored.

    Raises:
        AccountError: something is open that is not theirs to do afterwards; `holder` where it can be handed over.
    """
    if not before.works:
        return
    waiting: Counts = {}
    if not after.is_active:
        waiting, then, name = open_work(before), "停用", None
    elif not after.works:
        waiting, then, name = open_work(before), "改为审计员", "role"
    elif before.unit_id != after.unit_id:
        waiting, then, name = out_of_reach(before, after.unit), f"调到{after.unit}", "unit"
    if waiting:
        raise AccountError(f"{before.name} 名下还有{in_words(waiting)}，请先交接再{then}", name, holder=before)
    keep_a_coordinator(before, after, others)


def keep_a_coordinator(before: User, after: User, others: Iterable[User] | None) -> None:
    """Somebody must receive what waits for the coordinator of a unit.

    Raises:
        AccountError: it waits for this one only.
    """
    stays = after.works and (after.role, after.unit_id) == (before.role, before.unit_id)
    if before.role != Role.COORDINATOR or stays:
        return
    if others is None:
        others = User.objects.filter(role=Role.COORDINATOR, is_active=True).select_related("unit")
    clerks = [one for one in others if one.role == Role.COORDINATOR and one.is_active and one.pk != before.pk]
    waiting = received_alone(before, {str(one.unit.path) for one in clerks if one.unit})
    if waiting:
        told = f"{before.unit}只有 {before.name} 一位联络员，还有{in_words(waiting)}等联络员办理，请先另设一位联络员"
        raise AccountError(told, "unit" if after.role == before.role and after.works else "role")


@transaction.atomic
def invite(*, user: User) -> str:
    """Lets a person in (again) with a new initial password, which is given back and kept nowhere.

    Raises:
        AccountError: role and unit don't fit, as for someone the roster named without a unit; or another admin has
            just let them in, whose password holds.
    """
    one_at_a_time(RIGHTS)
    stored = held(user.pk)
    if stored.is_active:
        raise AccountError(f"{stored.name} 的账号已经启用，初始密码由启用的人发给；要新密码请用“重置密码”")
    return let_in(stored)


def let_in(user: User) -> str:
    check_person(user)
    return give_password(user, is_active=True)


@transaction.atomic
def invite_people(people: models.QuerySet) -> list[tuple[User, str]]:
    """Lets in those of the people who were never let in, and gives back whose initial password is which.

    Raises:
        AccountError: one of them cannot be let in, by name; then nobody is.
    """
    one_at_a_time(RIGHTS)
    waiting = people.select_for_update(of=("self",)).filter(is_active=False, last_login__isnull=True)
    given = []
    for user in waiting.select_related("unit").order_by("unit__order", "username"):
        try:
            given.append((user, let_in(user)))
        except AccountError as error:
            raise AccountError(f"{user.name}（{user.username}）：{error}") from error
    return given


@transaction.atomic
def reset_password(*, user: User) -> str:
    """A new initial password; whoever is signed in with the old one is signed out, a lock is lifted.

    Raises:
        AccountError: the account is not in use.
    """
    stored = held(user.pk)
    if not stored.is_active:
        raise AccountError(f"{stored.name} 的账号未启用，请用“启用并生成初始密码”")
    return give_password(stored)


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> User:
    """A person's own new password, chosen while signed in; `user` holds the one it takes the place of.

    Raises:
        AccountError: the account was closed or its password reset while the new one was typed.
    """
    stored = held(user.pk)
    if not stored.is_active or stored.password != user.password:
        raise AccountError("管理员刚停用了您的账号或重置了密码，新密码没有保存，请联系管理员")
    put(stored, password=make_password(password), must_change_password=False, password_changed_at=at)
    note_password(stored, "已更改")
    return stored


@transaction.atomic
def set_reminders(*, user: User, email: str, wants_digest: bool, wants_figures: bool = False) -> None:
    """Where a person's e-mails go, and whether they want one a day, and one a week with the figures."""
    put(held(user.pk), email=email, wants_digest=wants_digest, wants_figures=wants_figures)


def give_password(user: User, **more: Any) -> str:
    password = initial_password()
    put(user, password=stored_initial(password), must_change_password=True, **more)
    unlock(user=user)
    note_password(user, "已重置")
    return password


def note_password(user: User, words: str) -> None:
    """The audit row of a password, which is never written down itself."""
    LogEntry.objects.log_create(user, action=LogEntry.Action.UPDATE, changes={"password": ["***", words]})


def unlock(*, user: User) -> int:
    """Lifts the lock that wrong passwords brought; gives back how many notes of wrong tries were dropped."""
    dropped = reset(username=user.username)
    if dropped:
        LogEntry.objects.log_create(user, action=LogEntry.Action.UPDATE, changes={"lock": ["输错密码", "已解除"]})
    return dropped


@transaction.atomic
def save_unit(*, pk: int | None, data: dict[str, Any], version: int | None = None) -> Unit:
    """Adds a unit or changes one; when it moves in the tree, all below move with it.

    Raises:
        AccountError: the name is taken, the unit would be under itself, people or work would be left behind.
        StaleVersionError: another admin saved it in between.
    """
    one_at_a_time(RIGHTS)
    unit = Unit.objects.select_for_update().get(pk=pk) if pk else Unit()
    old_path, was_active, above = unit.path or "", unit.is_active, unit.parent_id
    fill(unit, data)
    hang(unit)
    if pk and was_active and not unit.is_active:
        check_unit_free(unit)
    if pk and unit.parent_id != above:
        check_in_reach(unit, old_path)
    store(unit, version, "name", "已有同名单位，请直接使用")
    if pk and unit.path != old_path:
        below = Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk)
        below.update(path=Concat(Value(unit.path), Substr("path", len(old_path) + 1)))
    return unit


def hang(unit: Unit) -> None:
    """Takes the unit above as it is stored now: where the form has it may have moved since.

    Raises:
        AccountError: the unit would be under itself.
    """
    above = dict(Unit.objects.order_by().values_list("pk", "parent"))
    unit.parent = Unit.objects.filter(pk=unit.parent_id).first() if unit.parent_id else None
    up, passed = unit.parent_id, set()
    while up and up not in passed:
        if up == unit.pk:
            raise AccountError("上级单位不能是自己或自己的下级", "parent")
        passed.add(up)
        up = above[up]


def fill(row: models.Model, data: dict[str, Any]) -> None:
    for name, value in data.items():
        setattr(row, name, value)


def store(row: models.Model, version: int | None, field: str, taken: str) -> None:
    try:
        with transaction.atomic():
            save_version(row, version) if row.pk else row.save()
    except IntegrityError as error:
        raise AccountError(taken, field) from error
