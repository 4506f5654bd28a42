"""Which posts people can hold: what fits together, on the page, in the roster and in the maintenance door alike."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from common.text import clean, half_width

CITY_WIDE = (Role.COORDINATOR, Role.LEADER, Role.ADMIN)


class AccountError(Exception):
    """Something the admin can put right; `field` names the form field, `holder` whose open entries are in the way."""

    def __init__(self, message: str, field: str | None = None, holder: User | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.holder = holder


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


def check_unit_in_use(user: User) -> None:
    """Nobody is added to a unit that has just been switched off.

    Raises:
        AccountError: the unit as stored now is not in use.
    """
    if user.unit_id and not Unit.objects.filter(pk=user.unit_id, is_active=True).exists():
        raise AccountError(f"{user.unit}已不在用，请另选一个单位", "unit")


def check_an_admin_stays(user: User, people: Iterable[User], field: str | None = None) -> None:
    """Whether the office has an admin in use without this one; `people` are those of whom one may be it.

    Raises:
        AccountError: nobody else is.
    """
    if user.is_active and not any(is_admin_in_use(other) for other in people if other.pk != user.pk):
        raise AccountError(f"{user.name} 是唯一在用的管理员，请先另设一位管理员", field)


def is_admin_in_use(user: User) -> bool:
    return user.role == Role.ADMIN and user.is_active
