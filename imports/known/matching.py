"""Which enterprise a name of the file means: one for sure, none, or a question to the admin."""

from typing import Any

from common.text import name_key
from enterprises.models import Enterprise
from imports.errors import Question, UnsureError
from imports.known.near import ranked
from imports.known.register import Register
from imports.tables.adjust import NEW

REGISTER_NEW = "登记为新企业"
LEAVE_UNLINKED = "都不是，只记名称"


def match(register: Register, row: Any, field: str, name: str, *, otherwise: str) -> Enterprise | None:
    """The enterprise that a name without a credit code means; None where it is in nobody's name yet.

    A single one of exactly that name is it. Where there are several, or only some of nearly that name, the choice
    made on the preview counts.

    Raises:
        UnsureError: no choice has been made.
    """
    key = name_key(name)
    same = register.by_name.get(key, []) if key else []
    choice = register.choice(row.source, key)
    chosen = chosen_one(register, choice, key)
    if choice and (chosen or wants_new(choice, same, otherwise)):
        told = {
            "key": key,
            "name": name,
            "to": chosen.name if chosen else otherwise,
            "pk": chosen.pk if chosen and register.is_stored(chosen) else None,
        }
        row.choices = (*row.choices, told | {part: choice[part] for part in ("by", "at", "sheet", "row_no", "all")})
        return chosen
    if len(same) == 1:
        return same[0]
    near = [enterprise for enterprise in same or register.near.get(key, []) if register.is_stored(enterprise)]
    if not near:
        return None
    reason = f"系统里有 {len(near)} 家同名企业" if same else f"系统里没有“{name[:60]}”，有 {len(near)} 家名称相近的"
    offered = otherwise if may_be_new(same, otherwise) else ""
    raise UnsureError([Question(field, name, key, reason, ranked(name, key, near), offered)])


def chosen_one(register: Register, choice: dict[str, Any] | None, key: str) -> Enterprise | None:
    """The enterprise that was chosen; for “new” the one that an earlier row of the file has made so, if any, also where
    a later one has brought its code."""
    if choice is None:
        return None
    return register.bare.get(key) if choice["to"] == NEW else register.by_pk.get(choice["to"])


def wants_new(choice: dict[str, Any], same: list[Enterprise], otherwise: str) -> bool:
    """“New” was chosen, and it still can be: nobody has registered one of exactly that name since."""
    return choice["to"] == NEW and len(same) != 1 and may_be_new(same, otherwise)


def may_be_new(same: list[Enterprise], otherwise: str) -> bool:
    """Of one name there is at most one enterprise without a credit code."""
    return otherwise != REGISTER_NEW or all(enterprise.uscc for enterprise in same)
