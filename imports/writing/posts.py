"""The pages' rules about people's posts once more, while a roster is written and nobody else can change them."""

from collections.abc import Iterable

from accounts.models import User
from accounts.posts import AccountError
from accounts.rights.permissions import Role
from accounts.services import RIGHTS, leave_nothing
from common.rows.database import one_at_a_time
from imports.errors import StalePlanError
from imports.planned.plan import Change

POST = {"role", "unit"}


def of_posts(changes: Iterable[Change]) -> list[Change]:
    return [one for one in changes if isinstance(one.record, User) and one.fields.keys() & POST]


def hold_posts(changes: Iterable[Change]) -> None:
    """Waits for who is changing a post at this moment."""
    if of_posts(changes):
        one_at_a_time(RIGHTS)


def check_posts(changes: Iterable[Change]) -> None:
    """After the write.

    Raises:
        StalePlanError: the last admin would lose the role, or work that somebody was given meanwhile would be left.
    """
    moved = of_posts(changes)
    stepped_down = any(one.fields.get("role", ("",))[0] == Role.ADMIN for one in moved)
    if stepped_down and not User.objects.filter(role=Role.ADMIN, is_active=True).exists():
        raise StalePlanError("写入时另一位管理员刚被停用，导入后会没有在用的管理员，本次没有写入任何内容")
    for change in moved:
        try:
            leave_nothing(as_before(change), change.record)  # type: ignore[arg-type]  # people, by `of_posts`
        except AccountError as error:
            raise StalePlanError(f"{error}；本次没有写入任何内容") from error


def as_before(change: Change) -> User:
    """The person in the old post."""
    person: User = change.record  # type: ignore[assignment]  # as above
    old = {name: values[0] for name, values in change.fields.items() if name in POST}
    post = {"role": person.role, "unit": person.unit, **old}
    return User(pk=person.pk, name=person.name, is_active=person.is_active, **post)
