"""Which enterprise a name of the file means: one for sure, none, or a question to the admin."""

from difflib import SequenceMatcher
from typing import Any

from common.text import name_key
from enterprises.models import Enterprise
from enterprises.names import SHORTEST_TYPED, core_key, one_apart
from imports.errors import Question, RowError, UnsureError, option
from imports.known.asking import KEPT, answer
from imports.known.naming import (
    BODY,
    DIVIDING,
    is_ditto,
    joined,
    listed,
    looks_joined,
    run_on,
    why_no_name,
    without_note,
)
from imports.known.near import candidate, ranked
from imports.known.register import Register
from imports.tables.adjust import NEW

REGISTER_NEW = "登记为新企业"
LEAVE_UNLINKED = "都不是，只记名称"
BY_CODE = "code"


def match(register: Register, row: Any, field: str, name: str, *, otherwise: str) -> Enterprise | None:
    """The enterprise that a name without a credit code means; None where it is in nobody's name yet.

    A single one of exactly that name is it. Where there are several, or only some of nearly that name, or the cell
    lists several names, the choice made on the preview counts.

    Raises:
        UnsureError: no choice has been made.
        RowError: it is no name of an enterprise, and would be registered as one.
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
        row.choices = (*row.choices, told | {part: choice[part] for part in KEPT})
        return chosen
    if len(same) == 1:
        tell_former(register, row, name)
        return same[0]
    if not same:
        refuse_no_name(field, name, otherwise)
        ask_which(register, field, name, otherwise)
    near = [enterprise for enterprise in same or near_ones(register, name) if register.is_stored(enterprise)]
    if not near:
        return None
    reason = f"系统里有 {len(near)} 家同名企业" if same else f"系统里没有“{name[:60]}”，有 {len(near)} 家名称相近的"
    offered = otherwise if may_be_new(same, otherwise) else ""
    raise UnsureError([Question(field, name, key, reason, ranked(name, key, near), offered)])


def tell_former(register: Register, row: Any, words: str) -> None:
    """Says by which former name or code a firm was found."""
    found = register.once.get(name_key(words)) or register.once.get(words)
    if found and not any(f"“{words}”" in note for note in row.notes):
        row.notes.append(f"“{words}”是“{found.name}”以前的名称或信用代码，按“{found.name}”关联")


def as_it_is_now(values: dict[str, Any], row: Any, register: Register) -> None:
    """Of a row that writes what a firm is: its former name and code are not given back to it."""
    firm = register.once.get(values["uscc"] or "")
    if firm:
        tell_former(register, row, values["uscc"])
        values["uscc"] = firm.uscc
    key = name_key(values["name"] or "")
    firm = firm or register.by_code.get(values["uscc"] or "") or register.once.get(key)
    if firm and register.once.get(key) is firm:
        tell_former(register, row, values["name"])
        values["name"] = firm.name


def near_ones(register: Register, name: str) -> list[Enterprise]:
    """Those whose name it is with something added, in brackets or right after it, and those of nearly that name. What
    ends like a name of its own (a branch, a department) adds nothing to another's."""
    parts = listed(name)
    added = [without_note(name), *(one for one, rest in run_on(name) if not BODY.search(rest))]
    added = [*added, *parts] if len(parts) == 1 else [] if several(register, name) else added
    near = [one for part in added if part != name and (one := named(register, part))]
    return list({id(one): one for one in [*near, *register.near.get(name_key(name), [])]}.values())


def named(register: Register, name: str) -> Enterprise | None:
    """The one enterprise of exactly that name."""
    found = register.by_name.get(name_key(name), [])
    return found[0] if len(found) == 1 else None


def refuse_no_name(field: str, name: str, otherwise: str) -> None:
    """同前, 匿名 and numbers are not registered as enterprises; where words may stay words, only 同前 is refused."""
    reason = why_no_name(name)
    if reason and (otherwise != LEAVE_UNLINKED or is_ditto(name)):
        raise RowError(field, reason)


def ask_which(register: Register, field: str, name: str, otherwise: str) -> None:
    """Where a record belongs to one enterprise and its cell lists several, a person says which it is.

    Raises:
        UnsureError: the cell lists several.
    """
    parts = several(register, name)
    if not parts or otherwise == LEAVE_UNLINKED:
        return
    known = [one for one in (named(register, part) for part in parts) if one and register.is_stored(one)]
    if not (known or otherwise):
        return
    reason = f"一格里像是写了 {len(parts)} 家：{'、'.join(parts)[:120]}；一行只能是一家，其余的请另写一行"
    key = name_key(name)
    offered = f"这是一家的名称，{otherwise}" if otherwise else ""
    asked = Question(field, name, key, reason, ranked(name, key, known), offered, prompt="这一行是哪一家？")
    raise UnsureError([asked])


def confirm_one(register: Register, row: Any, field: str, name: str) -> None:
    """A name with a credit code that nobody has yet is asked about only where it reads like several.

    Raises:
        UnsureError: it does, and nobody has said yet that it is one.
    """
    parts = several(register, name)
    if parts:
        reason = f"一格里像是写了 {len(parts)} 家：{'、'.join(parts)[:120]}；信用代码只有一个"
        options = (option("one", f"这是一家的名称，{REGISTER_NEW}", "如果不是，请改正这一格，其余的另写一行"),)
        key = f"one:{name_key(name)}"[:200]
        answer(register, row, Question(field, name, key, reason, options, prompt="是一家的名称吗？", done="是"))


def several(register: Register, name: str) -> list[str]:
    """The names in a cell that is no name of one enterprise; none where it may be one."""
    for one, other in run_on(name):
        if named(register, one) and named(register, other):
            return [one, other]
    if not DIVIDING.search(name):
        return []
    parts = listed(name)
    if len(parts) > 1:
        return parts
    for one, word, other in joined(name):
        if looks_joined(one, word, other) or (named(register, one) and named(register, other)):
            return [one, other]
    return []


def by_code(register: Register, row: Any, field: str, code: str, name: str) -> Enterprise | None:
    """The enterprise of a credit code, where the name beside it is no other's; None where nobody has it.

    A name that is in nobody's register may be the firm's new one: the code decides, and the row says both.

    Raises:
        UnsureError: the name is another's, and no choice has been made.
    """
    coded = register.by_code.get(code)
    if coded is None or not name or name_key(name) == coded.name_key:
        return coded
    other = [one for one in register.by_name.get(name_key(name), []) if register.is_stored(one)]
    if not other:
        told = f"信用代码是“{coded.name}”的，表里写的名称是“{name}”，按信用代码关联"
        doubt = "" if is_near(coded.name, name) else "；两个名称完全不同，如果不是同一家（改了名），请改正信用代码"
        row.notes.append(told + doubt)
        return coded
    key = f"owner:{code}:{name_key(name)}"[:200]
    reason = f"信用代码 {code} 是“{coded.name}”的，名称“{name[:60]}”是另一家的"
    close = SequenceMatcher(None, name_key(name), coded.name_key).ratio()
    options = [candidate(coded, "信用代码是它的", close) | {"pk": BY_CODE}]
    options += [candidate(one, "名称是它的", 1) for one in other]
    found = answer(register, row, Question(field, name, key, reason, tuple(options), alike="代码和名称相同的"))
    if found == BY_CODE:
        return coded
    row.notes.append(f"信用代码 {code} 是“{coded.name}”的，按名称关联，这一格的代码未采用")
    return register.by_pk[found]


def is_near(one: str, other: str) -> bool:
    """Two spellings of one name, by all appearances: the same core, one letter apart, or shortened."""
    a, b = sorted((core_key(one), core_key(other)), key=len)
    return a == b or one_apart(a, b) or (len(a) >= SHORTEST_TYPED and a in b)


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
