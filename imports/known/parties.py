"""涉案企业: the names in the cell of a case, each in the register or in words only."""

from typing import Any

from cases.models import LegalCase
from common.text import name_key
from enterprises.models import Enterprise
from imports.errors import Question, option
from imports.known.asking import Asking, answer
from imports.known.matching import LEAVE_UNLINKED, match, named
from imports.known.naming import SUED, joined, listed
from imports.known.register import Register

SPLIT, WHOLE = "split", "whole"


def match_parties(whole: str, row: Any, register: Register) -> tuple[list[Enterprise], list[str]]:
    """The enterprises of the register that a case names, and the names of those not in it; the row tells both.

    Raises:
        UnsureError: names that may mean several enterprises, or nearly mean one, or may be two; all of them at once.
    """
    found = register.enterprise(None, whole)
    if found or not whole:
        return ([found] if found else []), []
    enterprises: list[Enterprise] = []
    others: list[str] = []
    asking = Asking()
    for part in listed(whole):
        with asking:
            for name in divided(part, row, register):
                with asking:
                    one = match(register, row, "parties", name, otherwise=LEAVE_UNLINKED)
                    if one is None:
                        others.append(name)
                    elif one not in enterprises:
                        enterprises.append(one)
    asking.done()
    tell(enterprises, others, row)
    return enterprises, others


def tell(enterprises: list[Enterprise], others: list[str], row: Any) -> None:
    if enterprises:
        row.notes.append(f"关联企业：{'、'.join(str(enterprise) for enterprise in enterprises)}")
    if others:
        row.notes.append(f"不在企业名录里、只记名称：{'、'.join(others)[:200]}")


def divided(part: str, row: Any, register: Register) -> list[str]:
    """A party, or the two or more that a word joins: where each is in the register, or one sues the other.

    Raises:
        UnsureError: only one side is in the register, and nobody has said yet whether they are two.
    """
    whole = all_known(part, register)
    if whole:
        return whole
    for one, word, other in joined(part):
        if not (named(register, one) or named(register, other)):
            continue
        if SUED.fullmatch(word):
            return [*divided(one, row, register), *divided(other, row, register)]
        question = Question(
            field="parties",
            name=part,
            key=f"parties:{name_key(part)}"[:200],
            reason=f"“{part[:60]}”里只有一部分在企业名录里",
            options=(
                option(SPLIT, f"是两个：{one}、{other}", "在册的关联，其余只记名称"),
                option(WHOLE, "是一个名称", "不拆开，只记名称"),
            ),
            prompt="是一个还是两个？",
            done="就这样",
        )
        return [one, other] if answer(register, row, question) == SPLIT else [part]
    return [part]


def all_known(part: str, register: Register) -> list[str]:
    """The names that make up a cell, where each of them is in the register."""
    if register.by_name.get(name_key(part)):
        return [part]
    for one, _, other in joined(part):
        rest = all_known(other, register) if named(register, one) else []
        if rest:
            return [one, *rest]
    return []


def note_parties(stored: LegalCase, words: str, row: Any) -> None:
    """The parties of a case are links that people have made: an import doesn't change them, and says so."""
    known = [str(enterprise) for enterprise in stored.enterprises.all()]
    there = {name_key(name) for name in (*known, *listed(stored.party_names))}
    if not all(is_there(part, there) for part in listed(words)):
        shown = "、".join([*known, stored.party_names]).strip("、")
        row.notes.append(f"涉案企业与系统里的“{shown}”不同，未改动；请在案件页面修改")


def is_there(name: str, there: set[str]) -> bool:
    """Whether a party is among those of a case, under its own name or as the two that a word joins."""
    return name_key(name) in there or any(
        is_there(one, there) and is_there(other, there) for one, _, other in joined(name)
    )
