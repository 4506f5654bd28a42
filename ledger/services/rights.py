"""Who may change what was recorded, beside the ledger's own moves."""

from typing import Any

from accounts.models import Unit, User
from accounts.permissions import Role


def coordinates(user: User, unit: Unit | None) -> bool:
    """Whether a person clerks for a unit: its coordinator or one above it, the office's coordinators, an admin."""
    if user.role == Role.ADMIN:
        return True
    if user.role != Role.COORDINATOR or unit is None:
        return False
    return user.city_wide or (user.unit is not None and str(unit.path).startswith(str(user.unit.path)))


def may_change(record: Any, user: User) -> bool:
    """One's own records (made by, or done by, this person), and those of a unit one clerks for."""
    own = user.pk in {getattr(record, "officer_id", None), record.created_by_id}
    return own or coordinates(user, record.unit)
