"""Who may change what was recorded, beside the ledger's own moves."""

from typing import Any

from accounts.models import Unit, UnitKind, User
from accounts.rights.permissions import Role, can
from ledger.models import Recheck


def coordinates(user: User, unit: Unit | None) -> bool:
    """Whether a person clerks for a unit: its coordinator or one above it, the office's coordinators, an admin."""
    if user.role == Role.ADMIN:
        return True
    return (user.role == Role.COORDINATOR and user.city_wide and unit is not None) or clerks_for(user, unit)


def clerks_for(user: User, unit: Unit | None) -> bool:
    """Whether the unit is the coordinator's own or below it: what a unit without coordinator has to do is done by the
    nearest above, and a unit always means its whole tree."""
    if user.role != Role.COORDINATOR or unit is None or user.unit is None:
        return False
    return str(unit.path).startswith(str(user.unit.path))


def may_change(record: Any, user: User) -> bool:
    """One's own records (made by, or done by, this person), and those of a unit one clerks for."""
    own = user.pk in {getattr(record, "officer_id", None), record.created_by_id}
    return own or coordinates(user, record.unit)


def may_recheck(recheck: Recheck, user: User) -> bool:
    """Someone of the commission's office who neither set the entry aside nor works in the unit answerable for it.

    What the commission's own unit set aside is for whoever there had no hand in the entry.
    """
    if not (can(user, "recheck.judge") and user.sees_all) or recheck.event.actor_id == user.pk:
        return False
    entry, unit = recheck.entry, recheck.unit
    if unit.kind == UnitKind.COMMISSION:
        return user.pk not in {entry.registered_by_id, entry.handler_id, entry.claimed_by_id}
    return user.unit is None or not str(user.unit.path).startswith(str(unit.path))
