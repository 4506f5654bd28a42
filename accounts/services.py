"""Who may sign in, with which role: the rules of the office's people and units."""

from collections.abc import Iterable
from typing import Any

from auditlog.models import LogEntry
from axes.utils import reset
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from accounts.leaving import open_work
from accounts.models import Unit, User
from accounts.passwords import initial_password, stored_initial
from accounts.permissions import Role
from common.closing import changed_words, look, settle_register
from common.conflicts import save_version
from common.text import clean, half_width

CITY_WIDE = (Role.COORDINATOR, Role.LEADER, Role.ADMIN)


class AccountError(Exception):
    """Something the admin can put right; `field` names the form field, `holder` whose open entries are in the way."""

    def __init__(self, message: str, field: str | None = None, holder: User | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.holder = holder


@transaction.atomic
def create_user(*, data: dict[str, Any]) -> tuple[User, str]:
    """Adds a person who can sign in at once, and gives back the initial password, which is kept nowhere.

    Raises:
        AccountError: the staff number is taken, role and unit or city-wide scope don't fit.
    """
    user = User(must_change_password=True)
    fill(user, data)
    check_person(user)
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
    seen = look(User(pk=pk))
    user, before = (User.objects.get(pk=pk) for _ in range(2))
    was_admin = user.role == Role.ADMIN
    fill(user, data)
    check_person(user)
    if was_admin and user.role != Role.ADMIN:
        keep_an_admin(user, "role")
    store(user, version, "username", "这个工号已有人使用，请核对")
    settle_register(seen, user, changed_words(before, user, only=("unit",)), by)
    return user


def check_person(user: User) -> None:
    user.username = half_width(clean(user.username))
    check_username(user.username)
    check_post(user)
    if User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists():
        raise AccountError("这个工号已有人使用，请核对", "username")


def check_username(username: str) -> None:
    """A staff number, typed or imported, can be signed in with.

    Raises:
        AccountError: it holds something that no staff number has.
    """
    try:
        User.username_validator(username)
    except ValidationError as error:
        raise AccountError("工号只能有字、字母、数字和 @ . + - _", "username") from error


def check_post(user: User) -> None:
    """Role, unit and scope fit, on the page and in the roster.

    Raises:
        AccountError: anyone but an auditor without a unit, a city-wide scope for a role that has none.
    """
    if user.role != Role.AUDITOR and user.unit is None:
        raise AccountError("请选择单位；只有审计员可以不属于单位", "unit")
    if user.city_wide and user.role not in CITY_WIDE:
        raise AccountError("全市范围只给领导、联络员和管理员", "city_wide")


def keep_an_admin(user: User, field: str | None = None) -> None:
    """Somebody must be able to let people in."""
    check_an_admin_stays(user, User.objects.filter(role=Role.ADMIN, is_active=True).select_for_update(), field)


def check_an_admin_stays(user: User, people: Iterable[User], field: str | None = None) -> None:
    """Whether the office has an admin in use without this one; `people` are those of whom one may be it.

    Raises:
        AccountError: nobody else is.
    """
    if user.is_active and not any(is_admin_in_use(other) for other in people if other.pk != user.pk):
        raise AccountError(f"{user.name} 是唯一在用的管理员，请先另设一位管理员", field)


def is_admin_in_use(user: User) -> bool:
    return user.role == Role.ADMIN and user.is_active


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Ends a person's access, at once and in every browser.

    Raises:
        AccountError: oneself, the last admin, or someone in whose name something is still open.
    """
    if user.pk == by.pk:
        raise AccountError("不能停用自己的账号，请由另一位管理员办理")
    if user.role == Role.ADMIN:
        keep_an_admin(user)
    waiting = open_work(user)
    if waiting:
        told = "、".join(f"{kind} {words}" for kind, words in waiting.items())
        raise AccountError(f"{user.name} 名下还有{told}，请先交接再停用", holder=user)
    user.is_active = False
    user.save(update_fields=["is_active"])


@transaction.atomic
def invite(*, user: User) -> str:
    """Lets a person in (again) with a new initial password, which is given back and kept nowhere.

    Raises:
        AccountError: role and unit don't fit, as for someone the roster named without a unit.
    """
    check_person(user)
    user.is_active = True
    return give_password(user)


@transaction.atomic
def invite_people(people: models.QuerySet) -> list[tuple[User, str]]:
    """Lets in those of the people who were never let in, and gives back whose initial password is which.

    Raises:
        AccountError: one of them cannot be let in, by name; then nobody is.
    """
    waiting = people.select_for_update(of=("self",)).filter(is_active=False, last_login__isnull=True)
    given = []
    for user in waiting.select_related("unit").order_by("unit__order", "username"):
        try:
            given.append((user, invite(user=user)))
        except AccountError as error:
            raise AccountError(f"{user.name}（{user.username}）：{error}") from error
    return given


@transaction.atomic
def reset_password(*, user: User) -> str:
    """A new initial password; whoever is signed in with the old one is signed out, a lock is lifted.

    Raises:
        AccountError: the account is not in use.
    """
    if not user.is_active:
        raise AccountError(f"{user.name} 的账号未启用，请用“启用并生成初始密码”")
    return give_password(user)


def set_reminders(*, user: User, email: str, wants_digest: bool, wants_figures: bool = False) -> None:
    """Where a person's e-mails go, and whether they want one a day, and one a week with the figures."""
    user.email, user.wants_digest, user.wants_figures = email, wants_digest, wants_figures
    user.save(update_fields=["email", "wants_digest", "wants_figures"])


def give_password(user: User) -> str:
    password = initial_password()
    user.password = stored_initial(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password", "is_active"])
    unlock(user=user)
    LogEntry.objects.log_create(user, action=LogEntry.Action.UPDATE, changes={"password": ["***", "已重置"]})
    return password


def unlock(*, user: User) -> int:
    """Lifts the lock that wrong passwords brought; gives back how many notes of wrong tries were dropped."""
    return reset(username=user.username)


@transaction.atomic
def save_unit(*, pk: int | None, data: dict[str, Any], version: int | None = None) -> Unit:
    """Adds a unit or changes one; when it moves in the tree, all below move with it.

    Raises:
        AccountError: the name is taken, the unit would be under itself, people of it can still sign in.
        StaleVersionError: another admin saved it in between.
    """
    unit = Unit.objects.get(pk=pk) if pk else Unit()
    old_path, was_active = unit.path, unit.is_active
    fill(unit, data)
    if pk and unit.parent and unit.parent.path.startswith(old_path):
        raise AccountError("上级单位不能是自己或自己的下级", "parent")
    people = User.objects.filter(unit_id=pk, is_active=True).count() if pk else 0
    if was_active and not unit.is_active and people:
        raise AccountError(f"还有 {people} 名在用人员属于这个单位，请先调整他们的单位", "is_active")
    store(unit, version, "name", "已有同名单位，请直接使用")
    if pk and unit.path != old_path:
        below = Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk)
        below.update(path=Concat(Value(unit.path), Substr("path", len(old_path) + 1)))
    return unit


def fill(row: models.Model, data: dict[str, Any]) -> None:
    for name, value in data.items():
        setattr(row, name, value)


def store(row: models.Model, version: int | None, field: str, taken: str) -> None:
    try:
        with transaction.atomic():
            save_version(row, version) if row.pk else row.save()
    except IntegrityError as error:
        raise AccountError(taken, field) from error
